"""What a policy's text is made of: headings, paragraphs, lists. Pure.

The text is plain, with three marks of Markdown: `#` and `##` begin a heading, `-` and `1.` an
item. Nothing of it is ever read as HTML.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEADING = re.compile(r"(#{1,3})\s+(.+)")
ITEM = re.compile(r"(?:[-*]|(?P<n>\d{1,3})[.)])\s+(.+)")


@dataclass(frozen=True)
class Block:
    """A piece of a text: its kind (h2, h3, p, ul or ol) and its lines: one, or one an item."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """Return the pieces of a text, in their order."""
    return [
        block for lump in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) for block in _of(lump)
    ]


def _of(lump: str) -> Iterator[Block]:
    """Yield the pieces between two empty lines: a line that goes on belongs to the one before."""
    kind, lines = "p", list[str]()
    for line in (raw.strip() for raw in lump.splitlines() if raw.strip()):
        heading, item = HEADING.fullmatch(line), ITEM.fullmatch(line)
        begun = "ol" if item and item["n"] else "ul" if item else kind
        if lines and (heading or begun != kind):
            yield Block(kind, tuple(lines))
            lines = []
        if heading:
            yield Block("h2" if len(heading[1]) == 1 else "h3", (heading[2],))
            kind = "p"
        elif item:
            kind = begun
            lines.append(item[2])
        elif lines:
            lines[-1] += f" {line}"
        else:
            lines = [line]
    if lines:
        yield Block(kind, tuple(lines))
