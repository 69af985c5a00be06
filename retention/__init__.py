"""How long what was told is kept, who holds it longer, and how it is erased for good."""
