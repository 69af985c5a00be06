"""What docs/security says, held to the code and to a running house."""
