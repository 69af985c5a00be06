"""Acts of cases by which the office takes something down, and joins it to a case."""

from collections.abc import Callable
from uuid import uuid4

from cases import access, actions
from cases.lifecycle import Channel, Level
from cases.models import Concern
from common import days
from people.middleware import act_as
from safes.rules import Receipt
from tests.architecture.acts.registry import act
from tests.world import World


def _take_down(w: World, receipt: Receipt) -> Concern:
    return actions.take_down(
        concern_id=uuid4(),
        receipt=receipt,
        filing=w.filing(),
        channel=Channel.PHONE,
        said_on=days.day_of(w.now),
        by=w["omar"],
        now=w.now,
    )


@act("cases.actions.take_down")
def _(w: World) -> Callable[[], object]:
    act_as(w["omar"])
    return lambda: _take_down(w, Receipt.new())


@act("cases.actions.agree_minutes")
def _(w: World) -> Callable[[], object]:
    act_as(w["omar"])
    receipt = Receipt.new()
    concern = _take_down(w, receipt)
    act_as(None)
    access.concern_of(receipt)
    own = Receipt.new()
    access.present_next(own)
    actions.change_receipt(concern, old=receipt, new=own, now=w.now)
    access.concern_of(own)
    return lambda: actions.agree_minutes(concern, now=w.now)


@act("cases.actions.join")
def _(w: World) -> Callable[[], object]:
    act_as(w["olga"])
    case = w.triage(w.file()[0])
    concern = w.file()[0]
    return lambda: actions.join(
        concern,
        into=case,
        by=w["olga"],
        opener=w.openers["olga"],
        urgency=Level.NORMAL,
        severity=Level.NORMAL,
        in_danger=False,
        reason="It is the same visit.",
        now=w.now,
    )
