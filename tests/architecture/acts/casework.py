"""Acts of cases upon their record and their end."""

from collections.abc import Callable

from cases import actions
from cases.lifecycle import (
    Bearing,
    CustodyAct,
    ExhibitKind,
    Finding,
    PartyRole,
    Shown,
    WhyReopened,
    WhyUnheard,
)
from cases.lifecycle.outcomes import ForOrganisation, ForSubject
from cases.models import (
    Allegation,
    Case,
    Closing,
    Exhibit,
    Found,
    Interview,
    Outcome,
    Party,
    Plan,
)
from common import days
from tests.architecture.acts.registry import act
from tests.world import World


def worked(w: World) -> Case:
    """Return a case of Olga's."""
    return w.triage(w.file()[0])


def alleged(w: World, case: Case) -> Allegation:
    """Write down an allegation."""
    return actions.add_allegation(
        case, by=w["olga"], category=w.category, text="The date was changed.", now=w.now
    )


def exhibited(w: World, case: Case) -> Exhibit:
    """Enter a piece of evidence."""
    piece = actions.Piece(ExhibitKind.DOCUMENT, "Visit log", days.day_of(w.now))
    return actions.add_exhibit(case, by=w["olga"], piece=piece, now=w.now)


def substantiated(w: World, allegation: Allegation, by: str = "olga") -> Found:
    """Find of an allegation that it is so, on a log."""
    piece = actions.Piece(ExhibitKind.DOCUMENT, "Log", days.day_of(w.now))
    bears = (allegation, Bearing.SUPPORTS)
    exhibit = actions.add_exhibit(allegation.case, by=w[by], piece=piece, bears=bears, now=w.now)
    return actions.sign_finding(
        allegation,
        by=w[by],
        finding=Finding.SUBSTANTIATED,
        reason="The log.",
        relied_on=[exhibit.pk],
        now=w.now,
    )


def follows(
    w: World,
    found: Found,
    *subject: ForSubject,
    by: str = "olga",
    departs: str = "",
    organisation: ForOrganisation = ForOrganisation.PROCESS,
) -> Outcome:
    """Sign what follows from a finding: a warning, unless another consequence is named."""
    return actions.sign_outcome(
        found,
        by=w[by],
        subject=subject or [ForSubject.WARNING],
        organisation=[organisation],
        because="He knew it.",
        departs=departs,
        now=w.now,
        opener=w.openers[by],
    )


def asked(w: World, case: Case) -> Closing:
    """Let Olga ask Hana to close a case."""
    return actions.ask_to_close(
        case,
        by=w["olga"],
        opener=w.openers["olga"],
        approver=w["hana"],
        finding=Finding.UNSUBSTANTIATED,
        reason="The log says otherwise.",
        message="We found nothing.",
        lessons="",
        now=w.now,
    )


def about(w: World, case: Case) -> Party:
    """Name whom a case is about."""
    return actions.add_party(case, by=w["olga"], role=PartyRole.SUBJECT, name="Rae", now=w.now)


@act("cases.actions.ask_response")
def _(w: World) -> Callable[[], object]:
    party = about(w, worked(w))
    return lambda: actions.ask_response(party, by=w["olga"], words="The date.", now=w.now)


@act("cases.actions.record_response")
def _(w: World) -> Callable[[], object]:
    party = about(w, worked(w))
    actions.ask_response(party, by=w["olga"], words="The date.", now=w.now)
    return lambda: actions.record_response(
        party, by=w["olga"], words="It was so.", given_on=days.day_of(w.now), now=w.now
    )


@act("cases.actions.waive_response")
def _(w: World) -> Callable[[], object]:
    party = about(w, worked(w))
    return lambda: actions.waive_response(
        party, by=w["olga"], why=WhyUnheard.NOT_YET, words="The police asks.", now=w.now
    )


def planned(w: World) -> Interview:
    """Plan an interview."""
    return actions.plan_interview(
        about(w, worked(w)), by=w["olga"], assignee=w["olga"], words="The date.", now=w.now
    )


def held(w: World, interview: Interview) -> Interview:
    """Hold it."""
    actions.hold_interview(
        interview, by=w["olga"], held_on=days.day_of(w.now), minutes="So.", now=w.now
    )
    return interview


def termed(w: World, case: Case) -> Plan:
    """Let Olga sign terms of reference, and ask Hana to approve them."""
    return actions.sign_terms(
        case,
        by=w["olga"],
        over=0,
        purpose="When was it dated?",
        scope="October.",
        outside="",
        limits="",
        questions={one.pk: "By whom?" for one in case.allegations.all()},
        change="",
        approver=w["hana"],
        now=w.now,
    )


@act("cases.actions.strike")
def _(w: World) -> Callable[[], object]:
    allegation = alleged(w, worked(w))
    return lambda: actions.strike(allegation, by=w["olga"], reason="Twice.", now=w.now)


@act("cases.actions.sign_outcome")
def _(w: World) -> Callable[[], object]:
    found = substantiated(w, alleged(w, worked(w)))
    return lambda: follows(w, found)


@act("cases.actions.sign_terms")
def _(w: World) -> Callable[[], object]:
    case = worked(w)
    alleged(w, case)
    return lambda: termed(w, case)


@act("cases.actions.approve_terms")
def _(w: World) -> Callable[[], object]:
    plan = termed(w, worked(w))
    return lambda: actions.approve_terms(plan, by=w["hana"], now=w.now, opener=w.openers["hana"])


@act("cases.actions.refuse_terms")
def _(w: World) -> Callable[[], object]:
    plan = termed(w, worked(w))
    return lambda: actions.refuse_terms(plan, by=w["hana"], reason="Too wide.", now=w.now)


@act("cases.actions.take_back_terms")
def _(w: World) -> Callable[[], object]:
    plan = termed(w, worked(w))
    return lambda: actions.take_back_terms(plan, by=w["olga"], now=w.now)


@act("cases.actions.sign_plan")
def _(w: World) -> Callable[[], object]:
    case = worked(w)
    return lambda: actions.sign_plan(
        case, by=w["olga"], over=0, sources="The log.", people="", change="", now=w.now
    )


@act("cases.actions.plan_interview")
def _(w: World) -> Callable[[], object]:
    party = about(w, worked(w))
    return lambda: actions.plan_interview(
        party, by=w["olga"], assignee=w["olga"], words="The date.", now=w.now
    )


@act("cases.actions.hold_interview")
def _(w: World) -> Callable[[], object]:
    interview = planned(w)
    return lambda: held(w, interview)


@act("cases.actions.amend_minutes")
def _(w: World) -> Callable[[], object]:
    interview = held(w, planned(w))
    return lambda: actions.amend_minutes(interview, by=w["olga"], minutes="No.", now=w.now)


@act("cases.actions.record_reply")
def _(w: World) -> Callable[[], object]:
    interview = held(w, planned(w))
    return lambda: actions.record_reply(
        interview,
        by=w["olga"],
        agrees=True,
        how=Shown.SIGNED,
        on=days.day_of(w.now),
        objections="",
        now=w.now,
    )


@act("cases.actions.call_off")
def _(w: World) -> Callable[[], object]:
    interview = planned(w)
    return lambda: actions.call_off(interview, by=w["olga"], reason="She left.", now=w.now)


@act("cases.actions.add_party")
def _(w: World) -> Callable[[], object]:
    case = worked(w)
    return lambda: actions.add_party(
        case, by=w["olga"], role=PartyRole.WITNESS, name="Rae", now=w.now
    )


@act("cases.actions.add_allegation")
def _(w: World) -> Callable[[], object]:
    case = worked(w)
    return lambda: alleged(w, case)


@act("cases.actions.sign_finding")
def _(w: World) -> Callable[[], object]:
    allegation = alleged(w, worked(w))
    return lambda: actions.sign_finding(
        allegation, by=w["olga"], finding=Finding.INSUFFICIENT, reason="Nobody saw.", now=w.now
    )


@act("cases.actions.add_exhibit")
def _(w: World) -> Callable[[], object]:
    case = worked(w)
    return lambda: exhibited(w, case)


@act("cases.actions.change_custody")
def _(w: World) -> Callable[[], object]:
    exhibit = exhibited(w, worked(w))
    return lambda: actions.change_custody(
        exhibit, by=w["olga"], act=CustodyAct.COPIED, place="Safe 2", now=w.now
    )


@act("cases.actions.weigh")
def _(w: World) -> Callable[[], object]:
    case = worked(w)
    exhibit, allegation = exhibited(w, case), alleged(w, case)
    return lambda: actions.weigh(
        exhibit, by=w["olga"], allegation=allegation, how=Bearing.SUPPORTS, now=w.now
    )


@act("cases.actions.ask_to_close")
def _(w: World) -> Callable[[], object]:
    case = worked(w)
    return lambda: asked(w, case)


@act("cases.actions.approve_closing")
def _(w: World) -> Callable[[], object]:
    closing = asked(w, worked(w))
    opener = w.openers["hana"]
    return lambda: actions.approve_closing(closing, by=w["hana"], opener=opener, now=w.now)


@act("cases.actions.refuse_closing")
def _(w: World) -> Callable[[], object]:
    closing = asked(w, worked(w))
    return lambda: actions.refuse_closing(closing, by=w["hana"], reason="Look again.", now=w.now)


@act("cases.actions.take_back_closing")
def _(w: World) -> Callable[[], object]:
    closing = asked(w, worked(w))
    return lambda: actions.take_back_closing(closing, by=w["olga"], now=w.now)


@act("cases.actions.reopen")
def _(w: World) -> Callable[[], object]:
    case = w.close(worked(w))
    return lambda: actions.reopen(
        case,
        by=w["olga"],
        why=WhyReopened.NEW,
        words="A witness came.",
        message="We look again.",
        opener=w.openers["olga"],
        now=w.now,
    )
