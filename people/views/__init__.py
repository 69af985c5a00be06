"""The doors of people: the second factor, one's own sign-in, single sign-on, invitations."""
