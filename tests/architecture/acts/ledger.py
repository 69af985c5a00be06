"""Acts of the ledger: letters that did not go."""

from collections.abc import Callable

from ledger import actions as ledger
from ledger import notices
from ledger.actions import Notice
from ledger.models import Outbox
from ledger.notices import Stuck
from ledger.rules import SYSTEM
from people.middleware import act_as
from tests.architecture.acts.registry import act, as_owner
from tests.world import World


def stuck(w: World) -> Stuck:
    """Let a letter be given up; return its line."""
    to = w["olga"].pk
    ledger.post([Notice("stuck", "mail", f"person:{to}", "concern_filed", w.now, {})])
    with as_owner():
        Outbox.objects.update(dead_at=w.now, problem="TimeoutError", tries=ledger.MAX_TRIES)
    act_as(w["adam"])
    return Stuck("mail", to, "TimeoutError")


@act("ledger.actions.retry")
def _(w: World) -> Callable[[], object]:
    line = stuck(w)
    return lambda: ledger.retry(line, by=SYSTEM, now=w.now)


@act("ledger.actions.drop")
def _(w: World) -> Callable[[], object]:
    line = stuck(w)
    return lambda: ledger.drop(line, why=notices.Why.TOLD, by=SYSTEM, now=w.now)
