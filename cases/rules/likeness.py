"""How alike texts are: cosine of their weighted words, and the longest phrase in common. Pure.

The measure is TF-IDF with cosine (Salton and Buckley, 1988): a word counts the more, the fewer of
the texts it stands in.
"""

import re
from collections import Counter
from collections.abc import Hashable, Mapping
from math import log, sqrt
from typing import NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)

# words of fewer letters say nothing; of a text, no more words than this are compared
WORD = re.compile(r"\w{3,}")
MOST_WORDS = 4_000
# less alike than this is chance
ALIKE = 0.2
# so many words in a row are a phrase, and so long may one be shown
PHRASE, LONGEST_PHRASE = 3, 120


class Likeness(NamedTuple):
    """How alike a text is to another: from 0 to 1, and the longest phrase that stands in both."""

    share: float
    phrase: str

    @property
    def percent(self) -> int:
        """Return how alike they are, of a hundred."""
        return round(100 * self.share)


def alike(text: str, others: Mapping[Key, str]) -> dict[Key, Likeness]:
    """Return which of these texts are like one, the most alike first; in ties in their order."""
    words = _words(text)
    counted = {key: Counter(_words(other)) for key, other in others.items()}
    stands_in = Counter(word for of in [Counter(words), *counted.values()] for word in of)
    number = len(others) + 1
    weight = {word: 1 + log(number / found) for word, found in stands_in.items()}
    own = _weighed(Counter(words), weight)
    shares = {key: _cosine(own, _weighed(found, weight)) for key, found in counted.items()}
    near = sorted((key for key in shares if shares[key] >= ALIKE), key=lambda key: -shares[key])
    return {key: Likeness(shares[key], common_phrase(text, others[key])) for key in near}


def common_phrase(text: str, other: str) -> str:
    """Return the longest run of words of `other` that stands in `text` too, as it is written there.

    Nothing where fewer than three in a row are the same.
    """
    known = _words(text)
    runs = {tuple(known[at : at + PHRASE]) for at in range(len(known) - PHRASE + 1)}
    found = list(_spans(other))
    said = [word for word, _, _ in found]
    best, begin = (0, 0), None
    for at in range(len(said) - PHRASE + 1):
        if tuple(said[at : at + PHRASE]) not in runs:
            begin = None
            continue
        begin = at if begin is None else begin
        if at + PHRASE - begin > best[1] - best[0]:
            best = (begin, at + PHRASE)
    if best[1] == 0:
        return ""
    phrase = " ".join(other[found[best[0]][1] : found[best[1] - 1][2]].split())
    return phrase if len(phrase) <= LONGEST_PHRASE else phrase[:LONGEST_PHRASE].rstrip() + "…"


def _spans(text: str) -> list[tuple[str, int, int]]:
    found = WORD.finditer(text)
    return [
        (one.group().casefold(), *one.span())
        for one, _ in zip(found, range(MOST_WORDS), strict=False)
    ]


def _words(text: str) -> list[str]:
    return [word for word, _, _ in _spans(text)]


def _weighed(counted: Mapping[str, int], weight: Mapping[str, float]) -> dict[str, float]:
    return {word: (1 + log(number)) * weight[word] for word, number in counted.items()}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    if len(one) > len(other):
        one, other = other, one
    product = sum(value * other[word] for word, value in one.items() if word in other)
    lengths = sqrt(sum(v * v for v in one.values())) * sqrt(sum(v * v for v in other.values()))
    return product / lengths if lengths else 0.0
