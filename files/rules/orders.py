"""What is ordered of the cleaner: which words, forms, pages and areas it takes out of a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from files.rules.finding import Pattern

# places on a page are told in hundredths of it
WHOLE = 100.0


class Area(NamedTuple):
    """A part of a page in hundredths of its width and height, from its left upper corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    code: str


@dataclass(frozen=True)
class Order:
    """What is taken out of a file, each with the code that its box shows."""

    words: Sequence[tuple[str, str]] = ()
    patterns: Sequence[tuple[Pattern, str]] = ()
    pages: Sequence[tuple[int, str]] = ()
    areas: Sequence[Area] = ()
    # a box as wide as the page, which tells nothing of how long the words were
    whole_lines: bool = False
    born_before: int = 0

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Order":
        """Return an order as it came over."""
        return cls(
            words=[(str(words), str(code)) for words, code in told["words"]],
            patterns=[(Pattern(name), str(code)) for name, code in told["patterns"]],
            pages=[(int(page), str(code)) for page, code in told["pages"]],
            areas=[_area(*one) for one in told["areas"]],
            whole_lines=bool(told["whole_lines"]),
            born_before=int(told["born_before"]),
        )

    def told(self) -> dict[str, Any]:
        """Return it as it goes over."""
        return {
            "words": list(self.words),
            "patterns": list(self.patterns),
            "pages": list(self.pages),
            "areas": list(self.areas),
            "whole_lines": self.whole_lines,
            "born_before": self.born_before,
        }


def _area(page: Any, left: Any, top: Any, right: Any, bottom: Any, code: Any) -> Area:
    return Area(int(page), float(left), float(top), float(right), float(bottom), str(code))
