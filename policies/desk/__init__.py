"""Pages of policies for those who read them, ask for it, and keep the catalogue."""
