"""The tests: sentences about behaviour, through doors and actions."""
