"""The reporter's door."""
