"""A batch, of clocks mostly, in which one may fail, without taking the others along."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import transaction

One = TypeVar("One")


def each(
    some: Sequence[One],
    do: Callable[[Sequence[One]], int],
    aside: Callable[[One, Exception], None],
) -> int:
    """Do it to all at once; where that fails, halve until the one that fails stands alone.

    `do` says to how many it was done, and may find each as a failed attempt has left it in
    memory. `aside` takes the one that stands alone, and why.
    """
    try:
        with transaction.atomic():
            return do(some)
    except Exception as error:  # noqa: BLE001 - whatever one raises, the others go on
        if len(some) == 1:
            aside(some[0], error)
            return 0
    middle = len(some) // 2
    return each(some[:middle], do, aside) + each(some[middle:], do, aside)
