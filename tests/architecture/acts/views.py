"""Acts upon the views of the queue that somebody keeps."""

from collections.abc import Callable

from cases import actions
from cases.models import SavedView, Show
from people.middleware import act_as
from tests.architecture.acts.registry import act
from tests.world import World


def mine(w: World) -> SavedView:
    """Return what olga could keep."""
    act_as(w["olga"])
    return SavedView(person=w["olga"], show=Show.MINE)


@act("cases.actions.keep_view")
def _(w: World) -> Callable[[], object]:
    view = mine(w)
    return lambda: actions.keep_view(view, is_shared=True, now=w.now)


@act("cases.actions.drop_view")
def _(w: World) -> Callable[[], object]:
    view = actions.keep_view(mine(w), is_shared=False, now=w.now)
    return lambda: actions.drop_view(view, by=w["olga"], now=w.now)
