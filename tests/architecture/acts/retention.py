"""Acts of retention: terms, holds, disposal."""

from collections.abc import Callable
from uuid import UUID

from people.middleware import act_as
from retention import actions as retention
from retention.lifecycle import Ground, HoldGround, Outcome
from retention.models import Rule
from safes.models import Erasure
from tests.architecture.acts.registry import act
from tests.retention.conftest import long_ago
from tests.world import World


@act("retention.actions.set_rule")
def _(w: World) -> Callable[[], object]:
    return lambda: retention.set_rule(
        category=None, outcome=Outcome.UPHELD, months=60, law="D.Lgs. 24", by=w["adam"], now=w.now
    )


def _shorter(w: World) -> Rule:
    return retention.set_rule(
        category=None, outcome=Outcome.UPHELD, months=6, law="Less", by=w["adam"], now=w.now
    )


@act("retention.actions.confirm_rule")
def _(w: World) -> Callable[[], object]:
    rule = _shorter(w)
    return lambda: retention.confirm_rule(rule.pk, by=w["hana"], now=w.now)


@act("retention.actions.refuse_rule")
def _(w: World) -> Callable[[], object]:
    rule = _shorter(w)
    return lambda: retention.refuse_rule(rule.pk, by=w["hana"], now=w.now)


@act("retention.actions.place_hold")
def _(w: World) -> Callable[[], object]:
    kept = long_ago(w).kept
    return lambda: retention.place_hold(
        kept, ground=HoldGround.AUDIT, reason="An audit.", by=w["olga"], now=w.now
    )


@act("retention.actions.lift_hold")
def _(w: World) -> Callable[[], object]:
    kept = long_ago(w).kept
    act_as(w["hana"])
    hold = retention.place_hold(
        kept, ground=HoldGround.AUDIT, reason="An audit.", by=w["hana"], now=w.now
    )
    act_as(w["olga"])
    return lambda: retention.lift_hold(kept, hold.pk, reason="Over.", by=w["olga"], now=w.now)


@act("retention.actions.propose")
def _(w: World) -> Callable[[], object]:
    kept = long_ago(w).kept
    return lambda: retention.propose([kept], ground=Ground.TIME_OVER, by=w["olga"], now=w.now)


def _proposed(w: World) -> list[UUID]:
    kept = long_ago(w).kept
    rows = retention.propose([kept], ground=Ground.TIME_OVER, by=w["olga"], now=w.now)
    act_as(w["hana"])
    return [row.pk for row in rows]


@act("retention.actions.approve")
def _(w: World) -> Callable[[], object]:
    ids = _proposed(w)
    return lambda: retention.approve(ids, by=w["hana"], now=w.now)


@act("retention.actions.refuse")
def _(w: World) -> Callable[[], object]:
    ids = _proposed(w)
    return lambda: retention.refuse(ids, reason="Not yet.", by=w["hana"], now=w.now)


@act("retention.actions.stop")
def _(w: World) -> Callable[[], object]:
    ids = _proposed(w)
    return lambda: retention.stop(ids, reason="Not yet.", by=w["hana"], now=w.now)


@act("retention.actions.replay")
def _(w: World) -> Callable[[], object]:
    w.file()
    gone = Erasure(on=w.now.date(), ground="drafts", subjects=[], safes=[])
    return lambda: retention.replay(now=w.now, more=[gone])
