"""What is entered: answers to a version, and what the office changes about one."""
