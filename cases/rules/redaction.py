"""Take words out of a text: which, why, and what stands in their place."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cases.lifecycle.redactions import CODES, Ground
from files.rules.finding import SHORTEST, Folded, Pattern, Span, folded, matches, occurrences

# of one width, so that it does not tell how much it stands for
BAR = "█████"
# nobody works here who was born later than so many years ago: dates before may be of birth
YOUNGEST = 14
# a longer word of a name is looked for alone as well
SHORTEST_PART = 3
PATTERNS: dict[Pattern, str] = {
    Pattern.EMAIL: "E-mail addresses",
    Pattern.PHONE: "Phone numbers",
    Pattern.BIRTH: "Dates that may be of birth",
    Pattern.NUMBER: "Numbers of accounts and other long numbers",
}
_ENDS = re.compile(r"(?<=[.!?…])\s+|\n+")
_JOINS = re.compile(r"[\s,;]*")


class Removal(NamedTuple):
    """A part of a text that is taken out, and why."""

    start: int
    end: int
    ground: Ground


class Piece(NamedTuple):
    """A piece of a text as a copy shows it: words that stay, or a box with a code."""

    text: str
    code: str = ""
    # why, for those who may know
    ground: str = ""


class Suggestion(NamedTuple):
    """Words that may have to go: how often they stand there, and why one would take them out."""

    words: str
    times: int
    ground: Ground
    why: str


def sentences(text: str) -> list[Span]:
    """Return the sentences of a text, and lines where it has no full stops."""
    found: list[Span] = []
    start = 0
    for end, after in [*(one.span() for one in _ENDS.finditer(text)), (len(text), len(text))]:
        if text[start:end].strip():
            found.append(Span(start, end))
        start = after
    return found


def removals(
    text: str,
    *,
    parts: Mapping[int, Ground],
    words: Iterable[tuple[str, Ground]],
    patterns: Iterable[tuple[Pattern, Ground]],
    born_before: int,
) -> list[Removal]:
    """Return what is taken out of a text: whole sentences by their place, words, and forms.

    What overlaps or is parted by no word is one removal, with the ground that was named first.
    """
    plain = folded(text)
    spans = sentences(text)
    found = [Removal(*spans[n], ground) for n, ground in parts.items() if n < len(spans)]
    for one, ground in words:
        found += [Removal(*span, ground) for span in occurrences(plain, one)]
    for pattern, ground in patterns:
        born = matches(plain, pattern, born_before=born_before)
        found += [Removal(*span, ground) for span in born]
    return _joined(text, found)


def _joined(text: str, found: Iterable[Removal]) -> list[Removal]:
    """Return removals in their order, those that touch as one: two boxes would tell two words."""
    joined: list[Removal] = []
    for one in sorted(found, key=lambda some: (some.start, -some.end)):
        last = joined[-1] if joined else None
        if last is not None and (
            one.start <= last.end or _JOINS.fullmatch(text, last.end, one.start)
        ):
            joined[-1] = last._replace(end=max(last.end, one.end))
        else:
            joined.append(one)
    return joined


def pieces(text: str, taken: Sequence[Removal]) -> list[Piece]:
    """Return a text as a copy shows it; what cannot be seen is taken out of what stays."""
    shown: list[Piece] = []
    at = 0
    for one in taken:
        shown += [Piece(_seen(text[at : one.start])), Piece("", CODES[one.ground], one.ground)]
        at = one.end
    return [piece for piece in [*shown, Piece(_seen(text[at:]))] if piece.text or piece.code]


def _seen(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        sign for sign in lines if sign in "\n\t\u200c\u200d" or unicodedata.category(sign)[0] != "C"
    )


def written(shown: Iterable[Piece]) -> str:
    """Return a copy as plain text."""
    return "".join(f"[{BAR} {one.code}]" if one.code else one.text for one in shown)


def suggested(
    text: str, names: Iterable[tuple[str, Ground, str]], *, born_before: int
) -> list[Suggestion]:
    """Return what may have to go: names that stand in a text, and what has a telling form.

    A name is looked for whole, turned round, and by each of its parts.
    """
    plain = folded(text)
    found: dict[str, Suggestion] = {}
    for name, ground, why in names:
        for words in forms_of(name):
            key = folded(words).text
            if key not in found and (times := len(list(occurrences(plain, words)))):
                found[key] = Suggestion(words, times, ground, why)
    for words, pattern in _formed(text, plain, born_before):
        key = folded(words).text
        if key not in found:
            times = len(list(occurrences(plain, words)))
            found[key] = Suggestion(words, max(times, 1), Ground.PERSONAL, PATTERNS[pattern])
    return list(found.values())


def forms_of(name: str) -> list[str]:
    """Return in which forms a name may stand: whole, turned round, and its parts."""
    parts = name.split()
    turned = [" ".join([parts[-1], *parts[:-1]])] if len(parts) > 1 else []
    if turned:
        turned.append(f"{parts[-1]}, {' '.join(parts[:-1])}")
    alone = [one for one in parts if len(one.strip(".,")) >= SHORTEST_PART]
    return [one for one in dict.fromkeys([name, *turned, *alone]) if len(one) >= SHORTEST]


def _formed(text: str, plain: Folded, born_before: int) -> Iterator[tuple[str, Pattern]]:
    for pattern in Pattern:
        for start, end in matches(plain, pattern, born_before=born_before):
            yield text[start:end], pattern
