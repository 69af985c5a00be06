"""The figures leaders read, what they mean, and how they become documents."""
