"""Acts by which those are watched over who may be made to pay for what was told."""

from collections.abc import Callable
from datetime import timedelta

from cases import access, actions
from cases.lifecycle.protection import Answer, Asking, Point, RemedyKind, RiskLevel
from cases.models import CheckIn, Concern, Remedy
from common import days
from people.middleware import act_as
from safes.rules import Receipt
from tests.architecture.acts.registry import act, as_owner
from tests.world import World


def weighed(w: World) -> Concern:
    """Return a concern on a case of Olga's, whose reporter is asked in a month."""
    case = w.triage(w.file()[0])
    act_as(w["olga"])
    concern = case.concerns.get()
    actions.assess_risk(
        concern, by=w["olga"], point=Point.REPORT, signs=[], level=RiskLevel.LOW,
        asking=Asking.HERE, agreed="", now=w.now,
    )  # fmt: skip
    return concern


def promised(w: World) -> Remedy:
    """Return what Olga promised on a case of hers."""
    case = w.triage(w.file()[0])
    act_as(w["olga"])
    return actions.promise_remedy(
        case, by=w["olga"], kind=RemedyKind.PAY, owner=w["olga"], words="To her.",
        due_on=days.day_of(w.now) + timedelta(days=9), now=w.now,
    )  # fmt: skip


@act("cases.actions.assess_risk")
def _(w: World) -> Callable[[], object]:
    concern = weighed(w)
    return lambda: actions.assess_risk(
        concern, by=w["olga"], point=Point.DURING, signs=[], level=RiskLevel.HIGH,
        asking=Asking.HERE, agreed="", now=w.now,
    )  # fmt: skip


@act("cases.actions.check_in")
def _(w: World) -> Callable[[], object]:
    concern = weighed(w)
    return lambda: actions.check_in(
        concern, by=w["olga"], answer=Answer.YES, asking=Asking.HERE, on=days.day_of(w.now),
        words="He shouts.", now=w.now, opener=w.openers["olga"],
    )  # fmt: skip


@act("cases.actions.read_check_in")
def _(w: World) -> Callable[[], object]:
    concern = weighed(w)
    with as_owner():
        row = CheckIn.objects.get(concern=concern)
        CheckIn.objects.update(answer=Answer.NO, answered_on=row.due_on)
    return lambda: actions.read_check_in(row, by=w["olga"], now=w.now)


@act("cases.actions.promise_remedy")
def _(w: World) -> Callable[[], object]:
    promised(w)
    case = Remedy.objects.get().case
    return lambda: actions.promise_remedy(
        case, by=w["olga"], kind=RemedyKind.APOLOGY, owner=w["olga"], words="To her.",
        due_on=days.day_of(w.now) + timedelta(days=9), now=w.now,
    )  # fmt: skip


@act("cases.actions.keep_remedy")
def _(w: World) -> Callable[[], object]:
    row = promised(w)
    on = days.day_of(w.now)
    return lambda: actions.keep_remedy(row, by=w["olga"], on=on, words="", now=w.now)


def at_the_door(w: World) -> tuple[Concern, Receipt]:
    """Return what somebody filed, and their receipt, as it lies before them."""
    concern, receipt = w.file()
    act_as(None)
    access.present(receipt)
    return concern, receipt


@act("cases.actions.say_unharmed")
def _(w: World) -> Callable[[], object]:
    concern = weighed(w)
    with as_owner():
        CheckIn.objects.update(due_on=days.day_of(w.now))
    return lambda: actions.say_unharmed(concern, now=w.now)


@act("cases.actions.tell_sign")
def _(w: World) -> Callable[[], object]:
    concern, receipt = at_the_door(w)
    return lambda: actions.tell_sign(
        concern, receipt=receipt, n=1, text="He shouts.", in_danger=False, now=w.now
    )
