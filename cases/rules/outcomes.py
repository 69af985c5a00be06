"""Whether what follows from a finding is as it was in earlier cases of its kind."""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from cases.lifecycle.outcomes import GRAVITY, ForSubject, Lies

# below this many, nothing is called usual
FEWEST = 5
QUARTERS = 4


class Usual(NamedTuple):
    """What earlier cases came to: how many there are, and how often each consequence."""

    number: int
    # the mildest first; empty where they are too few to say
    counts: list[tuple[ForSubject, int]]
    low: int
    high: int


def usual_of(earlier: Iterable[Collection[str]]) -> Usual:
    """Return what followed for whom they were about in earlier cases; too few tell nothing.

    A case weighs as its gravest consequence. Usual is the middle half of these.
    """
    cases = list(earlier)
    number = len(cases)
    if number < FEWEST:
        return Usual(number, [], 0, 0)
    weights = sorted(map(gravest, cases))
    counted = Counter(one for some in cases for one in some)
    counts = [(one, counted[one]) for one in ForSubject if counted[one]]
    middle = (weights[number // QUARTERS], weights[(QUARTERS - 1) * number // QUARTERS])
    return Usual(number, counts, *middle)


def lies(proposed: Collection[str], usual: Usual) -> Lies:
    """Return how what is proposed lies among what is usual."""
    if not usual.counts:
        return Lies.TOO_FEW
    weight = gravest(proposed)
    if weight < usual.low:
        return Lies.MILDER
    return Lies.HARSHER if weight > usual.high else Lies.USUAL


def gravest(consequences: Collection[str]) -> int:
    """Return the weight of the gravest of these."""
    return max(GRAVITY[ForSubject(one)] for one in consequences)
