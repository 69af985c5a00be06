"""What texts are made of, and what may be told of who has read them. Pure."""

from policies.rules.coverage import Coverage, Line, protected, released
from policies.rules.texts import Block, blocks

__all__ = ["Block", "Coverage", "Line", "blocks", "protected", "released"]
