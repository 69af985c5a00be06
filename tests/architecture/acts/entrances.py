"""Acts on the entrances that are given to people outside."""

from collections.abc import Callable

from cases import actions as cases
from cases.actions import Words
from cases.models import Entrance
from tests.architecture.acts.registry import act
from tests.world import World

WORDS = Words("For our clients", "Write to us.")


def opened(w: World) -> Entrance:
    """Return an entrance that adam opened."""
    return cases.open_entrance(words=WORDS, by=w["adam"], now=w.now)


@act("cases.actions.open_entrance")
def _(w: World) -> Callable[[], object]:
    return lambda: cases.open_entrance(words=WORDS, by=w["adam"], now=w.now)


@act("cases.actions.change_entrance")
def _(w: World) -> Callable[[], object]:
    entrance = opened(w)
    words = Words("For families")
    return lambda: cases.change_entrance(entrance, words=words, by=w["adam"], now=w.now)


@act("cases.actions.close_entrance")
def _(w: World) -> Callable[[], object]:
    entrance = opened(w)
    return lambda: cases.close_entrance(entrance, by=w["adam"], now=w.now)


@act("cases.actions.open_again")
def _(w: World) -> Callable[[], object]:
    entrance = opened(w)
    cases.close_entrance(entrance, by=w["adam"], now=w.now)
    return lambda: cases.open_again(entrance, by=w["adam"], now=w.now)
