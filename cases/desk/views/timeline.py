"""The one timeline of a concern or case: what was filed, decided and written, and what time did."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Min

from cases.lifecycle import Channel, Finding, Kind, Level, Mode, Phase, WhyBack
from cases.models import Case, Concern, Message, Note, PhaseChange, Triage
from common import days
from escalation.models import Clock, Does, Given, Outcome, PathStep, StepTaken
from escalation.rules.kinds import is_promised
from escalation.rules.pauses import Reason
from ledger.models import Entry
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes.access import Where

REPORTER = "Reporter"
# Told from the ledger alone; notes, messages, filing and triage have words of their own.
TOLD = {
    Verb.CONCERN_ASSIGNED: "decided who looks after the concern",
    Verb.CONCERN_WITHDRAWN: "took the concern back",
    Verb.CASE_ASSIGNED: "brought somebody onto the team",
    Verb.CASE_PASSED: "decided who leads the case from then on",
    Verb.STOOD_IN: "let in whoever stands in for somebody who is away",
    Verb.WORK_LEFT: "took it from somebody who has left",
    Verb.URGENCY_RAISED: "made it more urgent, since it waits",
    Verb.CASE_VIEW_GRANTED: "let an auditor see that the case is there",
    Verb.PARTY_NAMED: "named whom it is about: a wall stands around them",
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
    Verb.CASE_CLOSED: "closed the case",
}
# time makes it more urgent; that somebody may be in danger, only a person says
SEEN_DANGER = "saw that somebody may be in danger"
FILED = {
    Kind.GUIDANCE: "asked for guidance",
    Kind.REPORT: "filed a report",
    Kind.EXCEPTION: "asked for an exception",
}
READINGS = {
    Verb.CONCERN_READ: "read the concern",
    Verb.CONCERN_SEEN: "opened the concern without its words",
    Verb.CASE_READ: "read the case",
    Verb.CASE_SEEN: "opened the case without its words",
    Verb.FILE_READ: "downloaded a file",
    Verb.WORDS_FOUND: "found words of it in a search",
}
# what the timeline can be narrowed to, as it stands in the address
KINDS = {"": "Everything", "notes": "Notes", "messages": "Messages", "decisions": "Decisions"}
ONLY = {
    "notes": frozenset(Note.Kind.values),
    "messages": frozenset({"filed", "message", "reply"}),
    "decisions": frozenset({"decision"}),
}


@dataclass(frozen=True)
class Item:
    """One entry of the timeline.

    It is sorted by `moment`; `shown` is as precise as may be kept: of what an anonymous reporter
    does, the day alone. Its words are sealed at `place`, and stand in `text` once opened.
    """

    moment: datetime
    shown: date
    who: str
    did: str
    mark: str = ""
    note: str = ""
    lead: str = ""
    place: Where | None = None
    text: str | None = None
    foot: Sequence[str] = ()
    is_signed: bool = False

    @property
    def is_timed(self) -> bool:
        """Return whether the time of the day may be shown."""
        return isinstance(self.shown, datetime)


def places(items: Iterable[Item]) -> list[Where]:
    """Return where the words of these items are sealed."""
    return [item.place for item in items if item.place is not None]


def opened(items: Iterable[Item], texts: Mapping[Where, str]) -> list[Item]:
    """Return the items with what could be opened of their words, the newest first."""
    read = [replace(item, text=texts.get(item.place)) if item.place else item for item in items]
    return sorted(read, key=lambda item: item.moment, reverse=True)


def only(items: Iterable[Item], kind: str) -> list[Item]:
    """Return the items of one kind of `KINDS`; of any other word, all."""
    marks = ONLY.get(kind)
    return [item for item in items if marks is None or item.note in marks]


def of_concern(concern: Concern, clocks: Sequence[Clock], viewer: Person) -> list[Item]:
    """Return what happened to a concern since it was filed."""
    return [*_talk(concern, viewer), *_times(clocks, viewer), *_told([concern.subject], viewer)]


class Told(NamedTuple):
    """What a case's timeline is made from, as far as the viewer may see it."""

    case: Case
    triages: Sequence[Triage]
    concerns: Sequence[Concern]
    clocks: Sequence[Clock]


def of_case(told: Told, viewer: Person) -> list[Item]:
    """Return what happened to a case and to those of its concerns that the viewer may see."""
    case = told.case
    subjects = [f"case:{case.pk}", *(f"concern:{one.concern_id}" for one in told.triages)]
    items = [_triaged(record, viewer) for record in told.triages]
    items += [_noted(note, viewer) for note in case.notes.select_related("author")]
    items += [_moved(change, viewer) for change in case.phase_changes.select_related("by")]
    for concern in told.concerns:
        items += [_filed(concern), *_talk(concern, viewer)]
    items += _times(told.clocks, viewer)
    items += [_with_outcome(item, case) for item in _told(subjects, viewer)]
    return items


def _name(person: Person | None, viewer: Person) -> str:
    if person is None:
        return REPORTER
    return "You" if person == viewer else person.name


def _mark(person: Person, viewer: Person) -> str:
    return "you" if person == viewer else ""


# -- what people wrote -----------------------------------------------------------------------


def _began(concern: Concern) -> datetime:
    if concern.filed_on is None:
        raise AssertionError
    return concern.filed_at or days.midnight(concern.filed_on)


def _filed(concern: Concern) -> Item:
    files = len(concern.attachments.all())
    foot = [f"{Channel(concern.channel).label}, {Mode(concern.mode).label.lower()}"]
    if files:
        foot.append(f"{files} file{'s' if files > 1 else ''}")
    return Item(
        moment=_began(concern),
        shown=concern.filed_at or concern.filed_on or _began(concern),
        who=REPORTER,
        did=FILED[Kind(concern.kind)],
        mark="reporter",
        note="filed",
        place=(concern.pk, "narrative"),
        foot=foot,
    )


def _talk(concern: Concern, viewer: Person) -> Iterator[Item]:
    """Yield the messages; one without a time stands after the one before it."""
    moment = _began(concern)
    for message in sorted(concern.messages.all(), key=lambda message: message.n):
        written = message.at or days.midnight(message.on)
        moment = max(moment + timedelta(microseconds=1), written)
        yield _said(message, moment, viewer)


def _said(message: Message, moment: datetime, viewer: Person) -> Item:
    author = message.author
    foot = ["Read by the reporter" if message.is_seen else "Not read yet"] if author else []
    return Item(
        moment=moment,
        shown=message.at or message.on,
        who=_name(author, viewer),
        did="wrote to the reporter" if author else "wrote to the team",
        mark=_mark(author, viewer) if author else "reporter",
        note="message" if author else "reply",
        place=(message.pk, "body"),
        foot=foot,
    )


def _triaged(record: Triage, viewer: Person) -> Item:
    foot = [f"Severity: {Level(record.severity).label.lower()}"]
    foot.append("Someone may be in danger" if record.in_danger else "No one is in danger")
    if record.is_investigated is not None:
        foot.append("Investigated" if record.is_investigated else "Without an investigation")
    return Item(
        moment=record.at,
        shown=record.at,
        who=_name(record.by, viewer),
        did="decided the triage",
        mark="decision",
        note="decision",
        lead=f"{Level(record.urgency).label}, {record.category}.",
        place=(record.pk, "reason"),
        foot=foot,
        is_signed=True,
    )


WENT_ON = {
    Phase.PLANNING: "began an investigation with its planning",
    Phase.GATHERING: "went on from planning to the evidence",
    Phase.FINDINGS: "went on from the evidence to the findings",
    Phase.OUTCOME: "went on from the findings to the outcome",
}
WENT_BACK = {
    Phase.NONE: "gave the investigation up",
    Phase.PLANNING: "went back to planning",
    Phase.GATHERING: "went back to the evidence",
    Phase.FINDINGS: "went back to the findings",
}


def _moved(change: PhaseChange, viewer: Person) -> Item:
    """Return that an investigation went on, or back with the reason and its words."""
    phase = Phase(change.phase)
    is_back = bool(change.why)
    return Item(
        moment=change.at,
        shown=change.at,
        who=_name(change.by, viewer),
        did=WENT_BACK[phase] if is_back else WENT_ON[phase],
        mark="decision" if is_back else _mark(change.by, viewer),
        note="decision" if is_back else "",
        lead=f"{WhyBack(change.why).label}." if is_back else "",
        place=(change.pk, "reason") if is_back else None,
        is_signed=is_back,
    )


def _noted(note: Note, viewer: Person) -> Item:
    is_decision = note.kind == Note.Kind.DECISION
    return Item(
        moment=note.at,
        shown=note.at,
        who=_name(note.author, viewer),
        did=Note.Kind(note.kind).label.lower(),
        mark="decision" if is_decision else _mark(note.author, viewer),
        note=note.kind,
        place=(note.pk, "body"),
        is_signed=True,
    )


# -- what time did ---------------------------------------------------------------------------


# what a step did, by what its path says; a later step says whom it reached instead
DONE = {
    Does.REMIND: "Reminded whoever looks after it",
    Does.NOTIFY: "Told the {role}",
    Does.REASSIGN: "Given to the next {role} in turn",
    Does.ADD: "Brought in the {role} beside whoever looks after it",
    Does.HAND_OVER: "Handed over to the {role}",
    Does.RAISE: "Made it more urgent",
    Does.TASK: "Opened a task for the {role}",
}


def _times(clocks: Sequence[Clock], viewer: Person) -> Iterator[Item]:
    """Yield what each clock did: that it was met, that it ran out, and each step it took."""
    by_id = {clock.pk: clock for clock in clocks}
    taken_by_them = list(StepTaken.objects.filter(clock__in=by_id))
    # a clock that was moved to another version has steps of the one before
    paths = {clock.path_id for clock in clocks} | {one.version_id for one in taken_by_them}
    steps = {(step.version_id, step.n): step for step in PathStep.objects.filter(version__in=paths)}
    for clock in clocks:
        if clock.breached_at is not None:
            yield _tick(clock.breached_at, f"“{_promised(clock)}” ran out of time.")
        yield from _rested(clock, viewer)
        is_late = clock.met_at is not None and clock.met_at > clock.due_at
        if clock.met_at is not None and (is_late or is_promised(clock.kind)):
            late = ", late" if is_late else ""
            yield _tick(clock.met_at, f"“{_promised(clock)}” was kept{late}.")
    for taken in taken_by_them:
        clock = by_id[taken.clock_id]
        step = steps[taken.version_id or clock.path_id, taken.n]
        yield _tick(taken.at, _stepped(step, clock, taken))


def _rested(clock: Clock, viewer: Person) -> Iterator[Item]:
    """Yield each pause of a clock, and how it ended."""
    for pause in clock.pauses.all():
        until, label = days.day_of(pause.until), Reason(pause.reason).label
        why = label[0].lower() + label[1:]
        yield Item(
            moment=pause.since,
            shown=pause.since,
            who=_name(pause.by, viewer),
            did=f"paused “{_promised(clock)}” until {until.day} {until:%B %Y}: {why}",
            mark=_mark(pause.by, viewer),
        )
        if pause.ended_at is None or clock.met_at == pause.ended_at:
            continue
        if pause.ended_by is None:
            yield _tick(pause.ended_at, f"“{_promised(clock)}” runs again, as planned.")
        else:
            yield Item(
                moment=pause.ended_at,
                shown=pause.ended_at,
                who=_name(pause.ended_by, viewer),
                did=f"let “{_promised(clock)}” run again",
                mark=_mark(pause.ended_by, viewer),
            )


def _tick(at: datetime, did: str) -> Item:
    return Item(moment=at, shown=at, who="Clock", did=did, mark="clock")


def _promised(clock: Clock) -> str:
    return clock.name


def _stepped(step: PathStep, clock: Clock, taken: StepTaken) -> str:
    begun = f"“{_promised(clock)}”, step {step.n}."
    if taken.outcome == Outcome.NOT_NEEDED:
        why = "It is as urgent as time makes it"
        if step.given != Given.ALWAYS:
            why = f"It is taken only {step.get_given_display()}"
        return f"{begun} Nothing was needed. {why}."
    role = Role(step.role).label.lower() if step.role else ""
    nobody = "" if taken.outcome == Outcome.DONE else " Nobody could be reached."
    return f"{begun} {DONE[Does(step.does)].format(role=role)}.{nobody}"


# -- what the ledger tells -------------------------------------------------------------------


def _told(subjects: Sequence[str], viewer: Person) -> Iterator[Item]:
    entries = list(Entry.objects.filter(subject__in=subjects, verb__in=TOLD))
    persons = actors(entry.actor for entry in entries)
    for entry in entries:
        person = persons.get(entry.actor)
        yield Item(
            moment=entry.at or days.midnight(entry.on),
            shown=entry.at or entry.on,
            who=_name(person, viewer) if person else entry.actor.capitalize(),
            did=SEEN_DANGER if _is_seen_danger(entry) else TOLD[Verb(entry.verb)],
            mark=_mark(person, viewer) if person else "reporter",
            note="closed" if entry.verb == Verb.CASE_CLOSED else "",
        )


def _is_seen_danger(entry: Entry) -> bool:
    return entry.verb == Verb.URGENCY_RAISED and entry.actor.startswith("person:")


def _with_outcome(item: Item, case: Case) -> Item:
    """Return the closing with its finding and what it rests on; anything else as it is."""
    if item.note != "closed":
        return item
    lead = f"{Finding(case.finding).label}."
    place = (case.pk, "outcome")
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
