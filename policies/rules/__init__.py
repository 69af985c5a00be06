"""What texts and scripts are made of, what is told of readers, what signs propose. Pure."""

from policies.rules.coverage import Coverage, Line, protected, released
from policies.rules.indicators import Remedy
from policies.rules.texts import Block, blocks

__all__ = ["Block", "Coverage", "Line", "Remedy", "blocks", "protected", "released"]
