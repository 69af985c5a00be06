"""What other packages hang on a case: each registers one `Part` here, in its `apps.py`."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple, Protocol

from django.db.models import Max, Q

from cases.lifecycle import (
    DECIDED_ELSEWHERE,
    OUTLIVES_THE_CASE,
    Kind,
    PartyRole,
    StatementState,
    TaskKind,
    TellingState,
)
from cases.lifecycle.outcomes import HAS_CONSEQUENCES
from cases.lifecycle.plans import PlanState
from cases.lifecycle.risks import Answer
from cases.models import Case, Category, Safeguard, Task, Telling
from people.models import Person
from policies.rules.scripts import Milestone
from questionnaires.lifecycle import BY_NAME
from questionnaires.parts import Offer
from safes.rules import Opener


class Part(Protocol):
    """What closing, the case page, the bundle, erasure and merging need to know of a package."""

    label: str
    # the template that shows the part on the case page
    panel: str

    def shown(self, case: Case) -> Mapping[str, object]:
        """Return what the panel shows, under the name `part`."""

    def blocks_closing(self, case: Case) -> list[str]:
        """Return sentences that say why the case cannot be closed yet."""

    def export(self, case: Case) -> Iterator[dict[str, object]]:
        """Yield the part's records for the bundle."""

    def erase(self, case: Case) -> None:
        """Erase the part's records."""

    def move(self, case: Case, to: Case) -> None:
        """Hang the part's records on another case."""

    def share(self, case: Case, fresh: Case, *, by: Person, opener: Opener, now: datetime) -> None:
        """Let what binds a case bind what was taken out of it as well."""


# by the app label of the package that points at cases
REGISTRY: dict[str, Part] = {}


def register(app_label: str, part: Part) -> None:
    """Let a package say what it hangs on a case."""
    REGISTRY[app_label] = part


class Waits(NamedTuple):
    """Something that waits for somebody's decision: what, and where it is decided."""

    label: str
    url: str
    number: int = 1


# what waits for somebody in other packages, for the page of today; each asks at most once
WAITING: list[Callable[[Person], Iterable[Waits]]] = []


def waits_for(person: Person) -> list[Waits]:
    """Return what waits for somebody in other packages."""
    return [one for ask in WAITING for one in ask(person)]


# who takes note that a closed case is worked on again, by whom and when, or refuses it
REOPENED: list[Callable[[Case, Person, datetime], None]] = []


# who else knows a subject by the ledger's name for it (`case:…`, `concern:…`), and must forget it
FORGETTERS: list[Callable[[Collection[str]], None]] = []


def erase(case: Case) -> None:
    """Let every part erase its records of a case."""
    for part in REGISTRY.values():
        part.erase(case)


def forget(subjects: Collection[str]) -> None:
    """Let everybody forget what was erased."""
    for forgetter in FORGETTERS:
        forgetter(subjects)


# what is said of somebody whom a case is about, by where their right to respond is
UNHEARD = {
    "": "Party {}, whom it is about, was not asked to answer. Ask them, or say why not, under "
    "“Interviews”.",
    StatementState.ASKED: "Party {}, whom it is about, was asked and did not answer yet. Record "
    "the answer, or why there is none, under “Interviews”.",
}


# what somebody is who has to be told what came of it
UNTOLD = {
    PartyRole.AFFECTED: "who is affected",
    PartyRole.SUBJECT: "whom it is about",
}


def _open_tasks(case: Case) -> list[str]:
    open_tasks = Task.objects.open().of(case, case.concerns.all())
    count = open_tasks.exclude(kind__in=OUTLIVES_THE_CASE | DECIDED_ELSEWHERE).count()
    match count:
        case 0:
            return []
        case 1:
            return ["A task is still open. Mark it as done, or cancel it with a reason."]
    return [f"{count} tasks are still open. Mark them as done, or cancel them with a reason."]


def _unanswered(case: Case) -> list[str]:
    if not case.authorisations.filter(answer=Answer.WAITS).exists():
        return []
    msg = "Whether the work may go on is not answered yet. Write down the answer, or take the "
    return [msg + "question back, under “Safeguards”."]


def _nobodys(case: Case) -> list[str]:
    """Return which tasks that outlive the case nobody does."""
    left = Task.objects.open().of(case, case.concerns.all())
    # a safeguard without an owner is told of below, with its own way to mend it
    nobodys = left.filter(kind__in=OUTLIVES_THE_CASE, assignee=None, safeguard=None)
    kinds = nobodys.order_by("kind").values_list("kind", flat=True).distinct()
    return [
        f"{TaskKind(kind).label}: nobody does it, and it goes on after closing. Give it to "
        "somebody, under “Tasks”."
        for kind in kinds
    ]


def unfound(case: Case) -> list[str]:
    """Return of which allegations of a case nothing was found yet."""
    left = case.allegations.standing().filter(findings=None).order_by("n")
    return [
        f"Nothing is found of allegation {n} yet. Sign a finding, under “Allegations”."
        for n in left.values_list("n", flat=True)
    ]


def unsaid(case: Case) -> list[str]:
    """Return of which findings it is not said what follows from them."""
    latest = case.findings.order_by("allegation", "-n").distinct("allegation")
    rows = latest.values_list("pk", "finding", "allegation__n")
    found = {pk: n for pk, finding, n in rows if finding in HAS_CONSEQUENCES}
    said = set(case.outcomes.values_list("found", flat=True)) if found else set()
    return [
        f"What follows from allegation {n} is not said yet. Sign it, under “Allegations”."
        for pk, n in sorted(found.items(), key=itemgetter(1))
        if pk not in said
    ]


def unheard(case: Case) -> list[str]:
    """Return whom of those a case is about nobody asked to answer, and whose answer is awaited.

    By their number among its parties: what they are called is sealed.
    """
    parties = case.parties.order_by("added_at", "pk").values_list("pk", "role", "struck_at")
    subjects = {
        pk: n
        for n, (pk, role, struck_at) in enumerate(parties, 1)
        if role == PartyRole.SUBJECT and struck_at is None
    }
    if not subjects:
        return []
    latest = case.statements.order_by("party", "-n").distinct("party")
    states = dict(latest.values_list("party", "state"))
    return [
        sentence.format(n)
        for pk, n in subjects.items()
        if (sentence := UNHEARD.get(states.get(pk, "")))
    ]


def untold(case: Case) -> list[str]:
    """Return which parties were not told what came of it since that was found, or signed.

    Whoever is affected, and whoever was asked to answer, since they know of it. Its reporters are
    told with the closing. A case that is reopened asks anew.
    """
    parties = case.parties.order_by("added_at", "pk").values_list("pk", "role", "struck_at")
    numbers = {
        pk: (n, role)
        for n, (pk, role, struck_at) in enumerate(parties, 1)
        if role in UNTOLD and struck_at is None
    }
    if not numbers:
        return []
    since = _came_of_it(case)
    told = set(
        case.tellings.filter(
            milestone=Milestone.OUTCOME,
            state__in=[TellingState.TOLD, TellingState.WAIVED],
            made_at__gte=since,
        ).values_list("party", flat=True)
    )
    asked = set(case.statements.exclude(task=None).values_list("party", flat=True))
    return [
        f"Party {n}, {UNTOLD[PartyRole(role)]}, was not told what came of it. Tell them, or say "
        "why not, under “Telling”."
        for pk, (n, role) in numbers.items()
        if pk not in told and (role == PartyRole.AFFECTED or pk in asked)
    ]


def _came_of_it(case: Case) -> datetime:
    """Return since when it is as it is what came of a case: what was told before is not that."""
    last: dict[str, datetime | None] = Case.objects.filter(pk=case.pk).aggregate(
        reopened=Max("reopenings__at"), found=Max("findings__at"), signed=Max("outcomes__at")
    )
    return max([case.opened_at, *filter(None, last.values())])


def _texts_that_wait(case: Case) -> list[str]:
    about = Q(case=case) | Q(concern__case=case)
    if not Telling.objects.open().filter(about).exists():
        return []
    msg = "Something is written and nobody is told it yet. Decide on it, tell them, or take it "
    return [msg + "back, under “Telling”."]


def _interviews_to_hold(case: Case) -> list[str]:
    return [
        f"Interview {n} is planned. Sign its minutes, or call it off, under “Interviews”."
        for n in case.interviews.filter(held_on=None, called_off_at=None)
        .order_by("n")
        .values_list("n", flat=True)
    ]


def _terms_to_decide(case: Case) -> list[str]:
    return [
        f"Version {n} of the terms of reference waits for another person. It is decided on or "
        "taken back under “Terms and plan”."
        for n in case.plans.filter(state=PlanState.ASKED).values_list("n", flat=True)
    ]


def _safeguards_nobody_looks_at(case: Case) -> list[str]:
    if not Safeguard.objects.filter(case=case).without_owner().exists():
        return []
    msg = "Nobody looks again at a safeguard that is in force. Give it an owner, or end it, under "
    return [msg + "“Safeguards”."]


# what of our own stands against closing a case, each a sentence with the way to mend it
STANDS_AGAINST: tuple[Callable[[Case], Iterable[str]], ...] = (
    unfound,
    unsaid,
    unheard,
    _interviews_to_hold,
    _terms_to_decide,
    _open_tasks,
    _unanswered,
    _nobodys,
    _safeguards_nobody_looks_at,
    untold,
    _texts_that_wait,
)


def blocks_closing(case: Case) -> list[str]:
    """Return every reason why a case cannot be closed yet."""
    own = [reason for ask in STANDS_AGAINST for reason in ask(case)]
    return own + [reason for part in REGISTRY.values() for reason in part.blocks_closing(case)]


# -- of what a questionnaire can be asked


def offered() -> Offer:
    """Return the kinds of concerns, and the site's categories, for the pages of questionnaires."""
    active = Category.objects.filter(is_active=True).order_by("position", "label")
    named = (BY_NAME, "Only where an entrance for outsiders names it")
    return Offer([*Kind.choices, named], list(active.values_list("code", "label")))
