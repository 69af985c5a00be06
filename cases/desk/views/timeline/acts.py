"""What the ledger tells: acts, as entries of a timeline, and who read what."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, DateTimeField, Func, Max, Min, Q, Subquery
from django.db.models.functions import Coalesce

from cases.desk.views.timeline.items import (
    BEGINNING,
    EVERYTHING,
    PAGE,
    Item,
    Part,
    mark_of,
    name_of,
)
from cases.lifecycle import Area, Finding, WhyReopened
from cases.models import Case
from common import days
from ledger.models import Entry
from ledger.verbs import Verb
from people.models import Person
from safes.access import Where

# Told from the ledger alone; notes, messages, filing and triage have words of their own.
TOLD = {
    Verb.CONCERN_ASSIGNED: "decided who looks after the concern",
    Verb.MINUTES_AGREED: "agreed with what was taken down",
    Verb.CONCERN_WITHDRAWN: "took the concern back",
    Verb.CONCERN_JOINED: "joined another concern to the case",
    Verb.CASE_TAKEN_IN: "merged another case into it",
    Verb.CASE_MERGED: "merged what was a case of its own into this one",
    Verb.CASE_SPLIT: "took something out into a case of its own",
    Verb.CASE_ASSIGNED: "let somebody in, to work on it or to decide",
    Verb.FUNCTION_CHANGED: "put somebody into another function",
    Verb.GUEST_EXTENDED: "let a guest stay longer",
    Verb.PLACE_ENDED: "ended somebody's place on the case",
    Verb.CASE_PASSED: "decided who leads the case from then on",
    Verb.STOOD_IN: "let in whoever stands in for somebody who is away",
    Verb.WORK_LEFT: "took it from somebody who has left",
    Verb.URGENCY_RAISED: "made it more urgent, since it waits",
    Verb.CASE_VIEW_GRANTED: "let an auditor see that the case is there",
    Verb.PARTY_NAMED: "named somebody whom it concerns: a wall stands before them",
    Verb.READERS_EXCLUDED: "asked that somebody here does not read it: a wall keeps them away",
    Verb.IDENTITY_ASKED: "asked to open the reporter's identity",
    Verb.IDENTITY_GRANTED: "agreed that the reporter's identity is opened",
    Verb.IDENTITY_REFUSED: "kept the reporter's identity sealed",
    Verb.IDENTITY_WITHDRAWN: "took back the request for the reporter's identity",
    Verb.IDENTITY_OPENED: "opened the reporter's identity",
    Verb.IDENTITY_SHUT: "sealed the reporter's identity again",
    Verb.RECUSED: "stepped off for good",
    Verb.WALL_ENFORCED: "took keys from somebody who came behind a wall",
    Verb.TASK_OPENED: "opened a task",
    Verb.TASK_DONE: "did a task",
    Verb.TASK_CANCELLED: "cancelled a task",
    Verb.TASK_GIVEN: "gave a task to somebody else",
    Verb.NOTE_AMENDED: "amended a note",
    Verb.SAFEGUARD_PLACED: "put a safeguard in place",
    Verb.SAFEGUARD_ENDED: "ended a safeguard",
    Verb.AUTHORISATION_ASKED: "asked whether the work may go on",
    Verb.AUTHORISATION_ANSWERED: "answered whether the work may go on",
    Verb.CASE_CLOSED: "closed the case",
    Verb.CLIENT_NAMED: "said which client it is about",
    Verb.CLIENT_TAKEN_BACK: "took back which client it is about",
    Verb.FLAG_KEPT: "kept a red flag on a client",
    Verb.EVIDENCE_WEIGHED: "said how evidence bears on an allegation",
    Verb.PARTY_ADDED: "added a party",
    Verb.ALLEGATION_ADDED: "wrote down an allegation",
    Verb.FINDING_MADE: "signed what was found of an allegation",
    Verb.SLIP_STRUCK: "struck what was entered by mistake",
    Verb.OUTCOME_SIGNED: "signed what follows from a finding",
    Verb.EXHIBIT_ADDED: "entered a piece of evidence",
    Verb.CUSTODY_CHANGED: "recorded what was done with a piece of evidence",
    Verb.CLOSING_ASKED: "asked to close the case",
    Verb.CLOSING_REFUSED: "sent the closing back",
    Verb.CLOSING_WITHDRAWN: "took the closing back",
    Verb.CASE_REOPENED: "reopened the case",
    Verb.TERMS_SIGNED: "signed terms of reference",
    Verb.TERMS_APPROVED: "approved terms of reference",
    Verb.TERMS_REFUSED: "sent terms of reference back",
    Verb.TERMS_WITHDRAWN: "took terms of reference back",
    Verb.PLAN_SIGNED: "signed the plan of the investigation",
    Verb.INTERVIEW_HELD: "signed the minutes of an interview",
    Verb.MINUTES_AMENDED: "amended the minutes of an interview",
    Verb.MINUTES_ANSWERED: "recorded what was said to the minutes of an interview",
    Verb.INTERVIEW_CALLED_OFF: "called an interview off",
    Verb.BUNDLE_MADE: "made a bundle of it",
    Verb.RESPONSE_ASKED: "asked whom it is about to answer",
    Verb.RESPONSE_GIVEN: "recorded the answer of whom it is about",
    Verb.TELLING_ASKED: "asked that somebody reads what is to be told",
    Verb.TELLING_APPROVED: "approved what is to be told",
    Verb.TELLING_REFUSED: "sent back what was to be told",
    Verb.TELLING_WITHDRAWN: "took back what was to be told",
    Verb.TOLD: "told somebody concerned, as it stands under “Telling”",
    Verb.LEFT_UNTOLD: "said why somebody is not told what came of it",
    Verb.RISK_ASSESSED: "weighed the risk that somebody is made to pay for it",
    Verb.CHECKED_IN: "recorded how somebody is whom the case protects",
    Verb.REMEDY_PROMISED: "promised what makes good what was done to somebody",
    Verb.REMEDY_DONE: "recorded that what was done to somebody is made good",
    Verb.RESPONSE_WAIVED: "said why somebody whom it is about was not heard",
    Verb.REDACTION_ORDERED: "asked for a redacted copy",
    Verb.REDACTION_MADE: "made a redacted copy",
    Verb.REDACTION_FAILED: "could not make a redacted copy",
    Verb.REDACTION_REVIEWED: "looked a redacted copy over, as a second person",
    Verb.REDACTION_HANDED_OUT: "handed a redacted copy out",
}
# of which the words are those of a closing or a reopening
CLOSED, REFUSED, REOPENED = "closed", "refused", "reopened"
ENDS = {
    Verb.CASE_CLOSED: CLOSED,
    Verb.CLOSING_REFUSED: REFUSED,
    Verb.CASE_REOPENED: REOPENED,
}
# what reporters add to a concern stands with what they filed
TOLD_OF_CASES = {Verb.FILE_ADDED: "added a file"}
# what was done in an area that not everybody on a case may see
OF_AREA: dict[Area, frozenset[Verb]] = {
    Area.CONCERNS: frozenset(
        {
            Verb.CONCERN_JOINED,
            Verb.IDENTITY_ASKED,
            Verb.IDENTITY_GRANTED,
            Verb.IDENTITY_REFUSED,
            Verb.IDENTITY_WITHDRAWN,
            Verb.IDENTITY_OPENED,
            Verb.IDENTITY_SHUT,
            Verb.READERS_EXCLUDED,
            Verb.CLIENT_NAMED,
            Verb.CLIENT_TAKEN_BACK,
            Verb.FLAG_KEPT,
        }
    ),
    Area.EVIDENCE: frozenset(
        {
            Verb.EXHIBIT_ADDED,
            Verb.CUSTODY_CHANGED,
            Verb.EVIDENCE_WEIGHED,
            Verb.FILE_ADDED,
            Verb.INTERVIEW_HELD,
            Verb.INTERVIEW_CALLED_OFF,
            Verb.MINUTES_AMENDED,
            Verb.MINUTES_ANSWERED,
            Verb.RESPONSE_ASKED,
            Verb.RESPONSE_GIVEN,
            Verb.RESPONSE_WAIVED,
            Verb.REDACTION_ORDERED,
            Verb.REDACTION_MADE,
            Verb.REDACTION_FAILED,
            Verb.REDACTION_REVIEWED,
            Verb.REDACTION_HANDED_OUT,
        }
    ),
    Area.SUPPORT: frozenset(
        {
            Verb.SAFEGUARD_PLACED,
            Verb.SAFEGUARD_ENDED,
            Verb.AUTHORISATION_ASKED,
            Verb.AUTHORISATION_ANSWERED,
            Verb.RISK_ASSESSED,
            Verb.CHECKED_IN,
            Verb.CHECK_IN_ANSWERED,
            Verb.REMEDY_PROMISED,
            Verb.REMEDY_DONE,
        }
    ),
}
# time makes it more urgent; that somebody may be in danger, only a person says
SEEN_DANGER = "saw that somebody may be in danger"
READINGS = {
    Verb.CONCERN_READ: "read the concern",
    Verb.CONCERN_SEEN: "opened the concern without its words",
    Verb.CASE_READ: "read the case",
    Verb.CASE_SEEN: "opened the case without its words",
    Verb.FILE_READ: "downloaded a file",
    Verb.BUNDLE_READ: "downloaded a bundle",
    Verb.REDACTION_READ: "downloaded a redacted copy",
    Verb.WORDS_FOUND: "found words of it in a search",
}


class _Midnight(Func):
    """The moment at which a day begins at the office."""

    template = "(CAST(%(expressions)s AS timestamp) AT TIME ZONE %(zone)s)"
    output_field = DateTimeField()

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        """Return the SQL, for the office's zone."""
        return super().as_sql(*args, **kwargs, zone=f"'{days.zone().key}'")


def of_subjects(
    subjects: Sequence[str],
    viewer: Person,
    part: Part = EVERYTHING,
    areas: Collection[str] = Area.values,
) -> Iterator[Item]:
    """Yield what the ledger alone tells of these subjects, on one page, and the next one if any.

    What was done in an area that the viewer may not see is not there.
    """
    hidden = {verb for area, verbs in OF_AREA.items() if area not in areas for verb in verbs}
    about = Q(verb__in=TOLD.keys() - hidden)
    about |= Q(verb__in=TOLD_OF_CASES.keys() - hidden, subject__startswith="case:")
    if part.marks is not None:
        about = Q(verb__in=ENDS) if part.wants("decision") else Q(pk=None)
    found = Entry.objects.filter(about, subject__in=subjects)
    timed = found.annotate(moment=Coalesce("at", _Midnight("on"))).order_by("-moment")
    if part.before is not None:
        timed = timed.filter(moment__lte=part.before.moment)
    last = Subquery(timed.values("moment")[PAGE : PAGE + 1])
    entries = list(timed.filter(moment__gte=Coalesce(last, BEGINNING)))
    persons = actors(entry.actor for entry in entries)
    for entry in entries:
        person = persons.get(entry.actor)
        yield Item(
            moment=entry.at or days.midnight(entry.on),
            key=str(entry.pk),
            shown=entry.at or entry.on,
            who=name_of(person, viewer) if person else entry.actor.capitalize(),
            did=SEEN_DANGER if _is_seen_danger(entry) else (TOLD | TOLD_OF_CASES)[Verb(entry.verb)],
            mark=mark_of(person, viewer) if person else "reporter",
            note=ENDS.get(Verb(entry.verb), ""),
        )


def _is_seen_danger(entry: Entry) -> bool:
    return entry.verb == Verb.URGENCY_RAISED and entry.actor.startswith("person:")


def with_outcomes(items: Iterable[Item], case: Case) -> Iterator[Item]:
    """Yield each end of a case and each new beginning with its words; anything else as it is."""
    told = list(items)
    if not any(item.note in ENDS.values() for item in told):
        yield from told
        return
    ends = {one.decided_at: one for one in case.closings.all()}
    again = {one.at: one for one in case.reopenings.all()}
    for item in told:
        if item.note == REOPENED and item.moment in again:
            reopening = again[item.moment]
            lead = f"{WhyReopened(reopening.why).label}."
            yield _decision(item, lead, (reopening.pk, "reason"))
        elif item.note in ENDS.values() and item.moment in ends:
            closing = ends[item.moment]
            lead = f"{Finding(closing.finding).label}."
            field = "refused" if item.note == REFUSED else "outcome"
            yield _decision(item, lead, (closing.pk, field))
        elif item.note == CLOSED:
            # when one person was enough for it
            later = (at for at in sorted(again) if at > item.moment)
            finding = next((again[at].was for at in later), case.finding)
            lead = f"{Finding(finding).label}." if finding else ""
            yield _decision(item, lead, (case.pk, "outcome"))
        else:
            yield item


def _decision(item: Item, lead: str, place: Where) -> Item:
    return replace(item, mark="decision", note="decision", lead=lead, place=place, is_signed=True)


def actors(refs: Iterable[str]) -> dict[str, Person]:
    """Return the persons behind actors of the ledger; reporters and machines are not there."""
    wanted = {UUID(ref.removeprefix("person:")) for ref in refs if ref.startswith("person:")}
    return {f"person:{pk}": one for pk, one in Person.objects.in_bulk(wanted).items()}


@dataclass(frozen=True)
class Reading:
    """That somebody read something: how often, and when last."""

    person: Person | None
    did: str
    first: datetime
    last: datetime
    times: int


def before_a_wall(readings: Iterable[Reading], behind: Collection[UUID]) -> list[Reading]:
    """Return what those had read who stand behind a wall now."""
    return [one for one in readings if one.person is not None and one.person.pk in behind]


def readings(subjects: Sequence[str]) -> list[Reading]:
    """Return who read what hangs on these subjects, the latest first."""
    found = list(
        Entry.objects.filter(subject__in=subjects, verb__in=READINGS, at__isnull=False)
        .values_list("actor", "verb")
        .annotate(first=Min("at"), last=Max("at"), times=Count("pk"))
        .order_by("-last")
    )
    persons = actors(actor for actor, *_ in found)
    return [
        Reading(persons.get(actor), READINGS[Verb(verb)], first, last, times)
        for actor, verb, first, last, times in found
    ]
