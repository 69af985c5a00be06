"""The pages of time: what is due, and what administrators set."""
