"""Acts by which people are told of a case at its milestones."""

from collections.abc import Callable

from cases import actions
from cases.lifecycle import Means, PartyRole, WhyUntold
from cases.models import Case, Party, Telling
from common import days
from people.middleware import act_as
from policies.models import Script
from tests.architecture.acts.registry import act
from tests.world import World

WORDS = "It was put right."


def affected(w: World, case: Case | None = None) -> Party:
    """Return somebody affected in a case that Olga leads."""
    case = case or w.triage(w.file()[0])
    act_as(w["olga"])
    return actions.add_party(
        case, by=w["olga"], role=PartyRole.AFFECTED, name="Rae", now=w.now,
        opener=w.openers["olga"],
    )  # fmt: skip


def waiting(w: World, party: Party) -> Telling:
    """Let Olga ask Hana to read what somebody affected is to be told."""
    return actions.tell(
        party,
        by=w["olga"],
        script=Script.objects.offered().get(code="affected-outcome-en"),
        text=WORDS,
        approver=w["hana"],
        opener=w.openers["olga"],
        now=w.now,
    )


@act("cases.actions.tell")
def _(w: World) -> Callable[[], object]:
    party = affected(w)
    return lambda: waiting(w, party)


@act("cases.actions.approve_telling")
def _(w: World) -> Callable[[], object]:
    asked = waiting(w, affected(w))
    opener = w.openers["hana"]
    return lambda: actions.approve_telling(asked, by=w["hana"], opener=opener, now=w.now)


@act("cases.actions.refuse_telling")
def _(w: World) -> Callable[[], object]:
    asked = waiting(w, affected(w))
    return lambda: actions.refuse_telling(asked, by=w["hana"], reason="No names.", now=w.now)


@act("cases.actions.take_back_telling")
def _(w: World) -> Callable[[], object]:
    asked = waiting(w, affected(w))
    return lambda: actions.take_back_telling(asked, by=w["olga"], now=w.now)


@act("cases.actions.record_told")
def _(w: World) -> Callable[[], object]:
    asked = waiting(w, affected(w))
    actions.approve_telling(asked, by=w["hana"], opener=w.openers["hana"], now=w.now)
    told = actions.ToldHow(Means.LETTER, days.day_of(w.now))
    return lambda: actions.record_told(asked, by=w["olga"], told=told, now=w.now)


@act("cases.actions.leave_untold")
def _(w: World) -> Callable[[], object]:
    party = affected(w)
    return lambda: actions.leave_untold(
        party, by=w["olga"], why=WhyUntold.DECLINED, words="So.", now=w.now
    )
