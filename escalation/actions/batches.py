"""A batch of clocks in which one may fail, without taking the others along."""

from collections.abc import Callable, Sequence

from django.db import transaction

from escalation.models import Clock


def each(
    clocks: Sequence[Clock],
    do: Callable[[Sequence[Clock]], int],
    aside: Callable[[Clock, Exception], None],
) -> int:
    """Do it to all at once; where that fails, halve until the clock that fails stands alone.

    `do` says to how many it was done, and may find a clock as a failed attempt has left it in
    memory. `aside` takes the clock that stands alone, and why.
    """
    try:
        with transaction.atomic():
            return do(clocks)
    except Exception as error:  # noqa: BLE001 - whatever one clock raises, the others go on
        if len(clocks) == 1:
            aside(clocks[0], error)
            return 0
    middle = len(clocks) // 2
    return each(clocks[:middle], do, aside) + each(clocks[middle:], do, aside)
