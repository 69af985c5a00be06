"""What hangs on a concern or case, as pages show it: who filed, answers, files, holders of keys."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse

from cases.duties import address_of
from cases.forms.intake import labels
from cases.lifecycle import INVESTIGATED, FileState, Given, Mode, Phase
from cases.models import Attachment, Case, Concern, IdentityRequest, Task
from cases.rules import MORE, WHY_WORDS
from escalation.lifecycle import COUNTING, TICKING
from escalation.models import Clock, ClockQuerySet, Pause
from escalation.rules.kinds import is_promised
from files.rules.kinds import KINDS, Why
from people.models import Person
from questionnaires.models import FormVersion
from questionnaires.rules import in_words
from safes.access import Where
from safes.models import Grant, MissingGrant, Safe, State

# a clock with less than this share of its time left presses
SOON = 0.2


@dataclass(frozen=True)
class Source:
    """Who filed, as far as the desk may know."""

    mode: str
    label: str
    name: str = ""
    contact: str = ""
    # of a confidential one: where to ask for the name, and what this viewer asked already
    url: str = ""
    asked: IdentityRequest | None = None
    # of the concern
    ref: str = ""

    @property
    def known(self) -> str:
        """Return who knows who it is."""
        return {
            Mode.ANONYMOUS: "Nobody knows who it is.",
            Mode.CONFIDENTIAL: "Sealed under two keys.",
            Mode.NAMED: "Known to whoever can open this.",
        }[Mode(self.mode)]


def source_places(concern: Concern) -> list[Where]:
    """Return where the reporter's name is, if it is for the desk."""
    return [(concern.pk, "reporter")] if concern.mode == Mode.NAMED else []


def sources_of(
    concerns: Iterable[Concern], texts: Mapping[Where, str], viewer: Person
) -> list[Source]:
    """Return who filed these; only a reporter who wants to be known has a name here."""
    found = list(concerns)
    sealed = [concern for concern in found if concern.mode == Mode.CONFIDENTIAL]
    asked = {
        request.concern_id: request
        for request in (
            IdentityRequest.objects.pending().filter(concern__in=sealed, requested_by=viewer)
            if sealed
            else ()
        )
    }
    return [_source_of(concern, texts, asked.get(concern.pk)) for concern in found]


def _source_of(
    concern: Concern, texts: Mapping[Where, str], asked: IdentityRequest | None
) -> Source:
    label = Mode(concern.mode).label
    if concern.mode == Mode.CONFIDENTIAL:
        url = reverse("desk:identity", args=[concern.ref])
        return Source(concern.mode, label, url=url, asked=asked, ref=concern.ref)
    kept = json.loads(texts.get((concern.pk, "reporter"), "{}"))
    name, contact = str(kept.get("name", "")), str(kept.get("contact", ""))
    return Source(concern.mode, label, name, contact, ref=concern.ref)


def answers_in(
    kept: str | None, narrative: str | None, form: FormVersion | None = None
) -> list[tuple[str, str]]:
    """Return the questions and answers of a form, but those that the narrative tells already.

    What a questionnaire asked is called as in the version that was answered.
    """
    told: dict[str, Any] = json.loads(kept or "{}")
    if form is not None:
        more = told.pop(MORE, {})
        asked = [(one.label, said) for one, said in in_words(form.sheet.sections, more)]
        return [*answers_in(json.dumps(told), narrative), *asked]
    known = labels()
    asked = [
        (known.get(name, name.replace("_", " ").capitalize()), _in_words(name, said))
        for name, said in told.items()
    ]
    return [(question, said) for question, said in asked if said and said not in (narrative or "")]


def given_in(kept: str | None, concern: Concern) -> str:
    """Return why whoever looks after a concern got it out of turn; nothing where they did not."""
    told: dict[str, str] = json.loads(kept or "{}")
    if not told or told["to"] != str(concern.owner_id):
        return ""
    label, words = Given(told["why"]).label, told["words"]
    return f"{label}: {words}" if words else label


def _in_words(name: str, said: Any) -> str:
    if isinstance(said, bool):
        return "Yes" if said else "No"
    if isinstance(said, list):
        return ", ".join(_in_words(name, one) for one in said)
    words = "" if said is None else str(said)
    return _day(words) if name.endswith("_on") else words


def _day(known: str) -> str:
    """Return `14 October 2026`, `October 2026` or `2026` for an ISO date that may lack its end."""
    for shape, words in (("%Y-%m-%d", "%-d %B %Y"), ("%Y-%m", "%B %Y")):
        try:
            return datetime.strptime(known, shape).strftime(words)  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    return known


@dataclass(frozen=True)
class File:
    """A file of a concern or case; `name` is None where it cannot be opened."""

    name: str | None
    kind: str
    # of what it belongs to
    ref: str
    n: int
    # whether the office added it, and no reporter
    is_ours: bool
    state: FileState
    why: str
    is_scanned: bool
    # the clean copy, where there is one
    copy: str
    url: str


def files_of(files: Iterable[Attachment], texts: Mapping[Where, str]) -> list[File]:
    """Return files as pages show them."""
    return [
        File(
            name=texts.get((file.pk, "name")),
            kind=KINDS[file.media_type].extension.upper(),
            ref=file.about.ref,
            n=file.n,
            is_ours=isinstance(file.about, Case),
            state=FileState(file.state),
            why=WHY_WORDS[Why(file.why)] if file.why else "",
            is_scanned=file.is_scanned,
            copy=address_of(file, "download") if file.state == FileState.CLEANED else "",
            url=address_of(file),
        )
        for file in files
    ]


def file_places(files: Iterable[Attachment]) -> list[Where]:
    """Return where the names of these files are sealed."""
    return [(file.pk, "name") for file in files]


@dataclass(frozen=True)
class Holders:
    """Who can open a safe: now, only when it is escalated to them, or after a member's visit."""

    active: list[Person]
    dormant: list[Person]
    missing: list[Person]


def holders_of(safe: Safe) -> Holders:
    """Return the persons who hold a key to a safe, or will."""
    grants = (
        Grant.objects.filter(safe=safe, epoch=safe.epoch, person__isnull=False)
        .select_related("person")
        .order_by("person__name")
    )
    held = [(grant.state, grant.person) for grant in grants if grant.person is not None]
    missing = MissingGrant.objects.filter(safe=safe).select_related("person")
    return Holders(
        active=[person for state, person in held if state == State.ACTIVE],
        dormant=[person for state, person in held if state == State.DORMANT],
        missing=[row.person for row in missing.order_by("person__name")],
    )


def with_pauses(clocks: ClockQuerySet) -> ClockQuerySet:
    """Return clocks with their calendars, and with their pauses and who decided these."""
    pauses = Prefetch("pauses", Pause.objects.select_related("by", "ended_by").order_by("since"))
    return clocks.select_related("calendar").prefetch_related(pauses)


def with_paths(clocks: ClockQuerySet) -> ClockQuerySet:
    """Return clocks with their pauses, and with the paths on which they run, rung by rung."""
    return with_pauses(clocks).select_related("path__path").prefetch_related("path__steps")


def tasks_of(case: Case | None, concerns: Iterable[Concern | UUID]) -> list[Task]:
    """Return the tasks of a case and of concerns, with who does and did them."""
    found = Task.objects.of(case, concerns)
    people = ("assignee", "opened_by", "done_by", "cancelled_by")
    return list(found.select_related(*people, "safeguard", "check_in", "remedy"))


def strip_of(clocks: Iterable[Clock], of_tasks: Iterable[Clock]) -> list[Clock]:
    """Return the clocks to show: what runs, and what a policy promised, whatever became of it.

    The clocks of tasks stand with the tasks, but for those that rest.
    """
    own = [one for one in clocks if one.state in COUNTING or is_promised(one.kind)]
    return [*own, *(one for one in of_tasks if one.paused_until)]


class PhaseStep(NamedTuple):
    """A phase on the line of an investigation; its state is done, now or nothing."""

    label: str
    state: str


# what the buttons say that take an investigation on from a phase, and back
ON = {
    Phase.NONE: "Begin an investigation",
    Phase.PLANNING: "Go on to the evidence",
    Phase.GATHERING: "Go on to the findings",
    Phase.FINDINGS: "Go on to the outcome",
}
BACK = {
    Phase.PLANNING: "Give the investigation up",
    Phase.GATHERING: "Go back to planning",
    Phase.FINDINGS: "Go back to the evidence",
    Phase.OUTCOME: "Go back to the findings",
}


def phases_of(case: Case, clocks: Iterable[Clock]) -> dict[str, Any]:
    """Return where the investigation of a case is, its clock, and which way it can go."""
    at = Phase(case.phase)
    place = INVESTIGATED.index(at) if at in INVESTIGATED else -1
    states = ["done"] * place + ["done" if case.closed_at else "now"] + [""] * len(INVESTIGATED)
    steps = [
        PhaseStep(phase.label, state) for phase, state in zip(INVESTIGATED, states, strict=False)
    ]
    runs = (one for one in clocks if one.kind == at and one.state in COUNTING)
    return {
        "phase": at,
        "phase_steps": steps if at in INVESTIGATED else [],
        "phase_clock": next(runs, None),
        "phase_on": ON.get(at, ""),
        "phase_back": BACK.get(at, ""),
    }


def nearest_of(clocks: Iterable[Clock], *, now: datetime) -> dict[str, Any]:
    """Return the nearest clock that ticks, and whether it presses: under a fifth is left."""
    ticking = [clock for clock in clocks if clock.state in TICKING]
    nearest = min(ticking, key=lambda clock: clock.due_at, default=None)
    if nearest is None:
        return {"nearest": None, "presses": False}
    left, whole = nearest.due_at - now, nearest.due_at - nearest.started_at
    return {"nearest": nearest, "presses": left < whole * SOON}
