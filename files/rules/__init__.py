"""What a file is, what it may hold, and how its traces are taken out: bytes in, bytes out."""
