"""The doors of people: sign-in and its factors, ties and stand-ins, single sign-on, invitations."""
