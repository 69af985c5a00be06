"""What the history of clocks tells: trials of a path, and calendars of what is due."""
