"""What is entered about time: paths, standards, calendars, what is chosen in lists."""
