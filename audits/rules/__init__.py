"""The arithmetic of released figures: periods and when they are released, and protection. Pure."""
