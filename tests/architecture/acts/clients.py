"""Acts of cases upon the organisation's clients."""

from collections.abc import Callable

from cases import actions
from cases.models import Case, ClientLink
from people.middleware import act_as
from tests.architecture.acts.registry import act
from tests.world import World


def named(w: World) -> tuple[Case, ClientLink]:
    """Return a case of olga's and the client that it names."""
    concern, _ = w.file()
    case = w.triage(concern)
    concern.refresh_from_db()
    act_as(w["olga"])
    return case, actions.name_client(concern, by=w["olga"], name="Bellwether 44", now=w.now)


@act("cases.actions.name_client")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    act_as(w["olga"])
    return lambda: actions.name_client(concern, by=w["olga"], name="Bellwether 44", now=w.now)


@act("cases.actions.take_client_back")
def _(w: World) -> Callable[[], object]:
    _, link = named(w)
    return lambda: actions.take_client_back(link, by=w["olga"], now=w.now)


@act("cases.actions.keep_flag")
def _(w: World) -> Callable[[], object]:
    case, link = named(w)
    return lambda: actions.keep_flag(case, link, by=w["olga"], words="He threatens.", now=w.now)
