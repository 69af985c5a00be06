"""What we stand for, in which version, with which promises."""
