"""How a file lies sealed, piece by piece, and how a copy is made that tells nobody's name."""
