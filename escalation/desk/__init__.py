"""The pages of time: what is due, what administrators set, and which letters did not go."""
