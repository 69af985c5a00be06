"""Who may hold, propose and approve; what is due; and what retention sees of a thing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404

from cases.lifecycle import CaseStatus, ConcernStatus, Finding
from cases.models import Case, Category, Concern, Member
from common import days
from people.models import Person
from people.rules import OFFICE, Role
from retention import rules
from retention.lifecycle import Outcome
from retention.models import Disposal, Hold
from retention.rules import Schedule, Term
from safes.models import Safe

ENDED_CONCERN = (ConcernStatus.WITHDRAWN,)

# the sealed words of a hold: why it has to be kept
REASON = "reason"


@dataclass(frozen=True)
class Kept:
    """A case with its concerns, or a concern that never became one, as retention sees it."""

    thing: Case | Concern

    @property
    def case(self) -> Case | None:
        """Return the case, if it is one."""
        return self.thing if isinstance(self.thing, Case) else None

    @property
    def concern(self) -> Concern | None:
        """Return the concern, if it is one."""
        return self.thing if isinstance(self.thing, Concern) else None

    @property
    def pk(self) -> UUID:
        """Return its id."""
        return self.thing.pk

    @property
    def ref(self) -> str:
        """Return its reference."""
        return self.thing.ref

    @property
    def safe(self) -> Safe:
        """Return the safe in which words about it are sealed."""
        return self.thing.safe

    @property
    def subject(self) -> str:
        """Return how the ledger names it."""
        return f"{'case' if self.case else 'concern'}:{self.pk}"

    @property
    def category(self) -> Category:
        """Return what it is about."""
        category = self.thing.category
        if category is None:
            raise AssertionError
        return category

    @property
    def outcome(self) -> Outcome | None:
        """Return how it ended, or None while it goes on."""
        if isinstance(self.thing, Concern):
            return Outcome.WITHDRAWN if self.thing.status in ENDED_CONCERN else None
        return rules.OUTCOMES.get(self.thing.finding)

    @property
    def ended_on(self) -> date | None:
        """Return the day of its end, or None while it goes on."""
        if self.outcome is None:
            return None
        if isinstance(self.thing, Concern):
            return self.thing.withdrawn_on or self.thing.touched_on
        return days.day_of(self.thing.closed_at) if self.thing.closed_at else None

    @property
    def columns(self) -> dict[str, Case | Concern]:
        """Return the columns of a row that hangs on it."""
        return {"case" if self.case else "concern": self.thing}

    def term(self, schedule: Schedule) -> Term | None:
        """Return for how long it is kept, or None while it goes on."""
        outcome = self.outcome
        return schedule.term(self.category.pk, outcome) if outcome else None

    def due_on(self, schedule: Schedule) -> date | None:
        """Return the day from which it may be erased, or None while it goes on."""
        term, ended = self.term(schedule), self.ended_on
        return rules.due_on(ended, term.months) if term and ended else None

    def holds(self) -> QuerySet[Hold]:
        """Return every hold on it, the newest first: a case's with those on its concerns."""
        on = Q(concern=self.pk) if self.concern else Q(case=self.pk) | Q(concern__case=self.pk)
        people = Hold.objects.filter(on).select_related("placed_by", "lifted_by", "concern")
        return people.order_by("-placed_at")

    def is_held(self) -> bool:
        """Return whether a hold stands."""
        if self.concern:
            return Hold.objects.around(cases=(), concerns=[self.pk])
        return Hold.objects.around(cases=[self.pk], concerns=())


def get_kept(person: Person, ref: str) -> Kept:
    """Return what this person may see by its reference; hidden and absent give the same answer."""
    case = Case.objects.visible_to(person).select_related("safe", "category").filter(ref=ref)
    concern = Concern.objects.visible_to(person).select_related("safe", "category", "case")
    for found in (case.first(), concern.filter(ref=ref).first()):
        if found is not None:
            return Kept(found)
    raise Http404


def kept_by(person: Person, refs: Sequence[str]) -> list[Kept]:
    """Return those of these that this person may see, in their order."""
    cases = Case.objects.visible_to(person).select_related("safe", "category")
    concerns = Concern.objects.visible_to(person).select_related("safe", "category")
    found: dict[str, Kept] = {one.ref: Kept(one) for one in cases.filter(ref__in=refs)}
    found |= {one.ref: Kept(one) for one in concerns.filter(ref__in=refs)}
    return [found[ref] for ref in refs if ref in found]


# -- what is due --------------------------------------------------------------------------------


def due_cases(person: Person, schedule: Schedule, *, now: datetime) -> QuerySet[Case]:
    """Return the cases whose time is over, that nothing holds and nobody proposed yet."""
    today = days.day_of(now)
    over = Q()
    for finding in Finding:
        outcome = rules.OUTCOMES[finding]
        over |= Q(finding=finding) & _over(schedule, outcome, today, "closed_at__lt")
    held = Hold.objects.standing().filter(Q(case=OuterRef("pk")) | Q(concern__case=OuterRef("pk")))
    return (
        Case.objects.visible_to(person)
        .filter(over, status=CaseStatus.CLOSED)
        .exclude(Exists(held))
        .exclude(Exists(Disposal.objects.open().filter(case=OuterRef("pk"))))
        .select_related("safe", "category")
        .order_by("closed_at", "ref")
    )


def due_concerns(person: Person, schedule: Schedule, *, now: datetime) -> QuerySet[Concern]:
    """Return the withdrawn concerns whose time is over, that nothing holds or is proposed."""
    over = _over(schedule, Outcome.WITHDRAWN, days.day_of(now), "ended__lt")
    return (
        Concern.objects.visible_to(person)
        .annotate(ended=Coalesce(F("withdrawn_on"), F("touched_on")))
        .filter(over, status__in=ENDED_CONCERN, case=None)
        .exclude(Exists(Hold.objects.standing().filter(concern=OuterRef("pk"))))
        .exclude(Exists(Disposal.objects.open().filter(concern=OuterRef("pk"))))
        .select_related("safe", "category")
        .order_by("ended", "ref")
    )


def _over(schedule: Schedule, outcome: Outcome, today: date, before: str) -> Q:
    """Return what ended so and long enough ago; `before` compares with the day after its end."""
    special = schedule.categories(outcome)
    over = Q()
    for code in ["", *special]:
        last = rules.ended_by(today, schedule.term(code, outcome).months)
        limit: date | datetime = last + rules.DAY
        if before.startswith("closed_at"):
            limit = days.midnight(limit)
        its = Q(category=code) if code else ~Q(category__in=special)
        over |= its & Q(**{before: limit})
    return over


# -- who may --------------------------------------------------------------------------------------


def may_propose(person: Person) -> bool:
    """Return whether somebody proposes what is to be erased."""
    return person.holds(Role.OFFICER, Role.HEAD)


def require_proposer(person: Person) -> None:
    """Refuse whoever does not propose what is to be erased."""
    if not may_propose(person):
        msg = "This is for ethics officers and the head of the office."
        raise PermissionDenied(msg)


def require_decider(person: Person) -> None:
    """Refuse whoever does not decide what is erased."""
    if not person.holds(*OFFICE):
        msg = "This is for the ethics office."
        raise PermissionDenied(msg)


def may_hold(person: Person, kept: Kept) -> bool:
    """Return whether somebody places and lifts holds: the head, or who leads it."""
    if person.holds(Role.HEAD):
        return True
    if isinstance(kept.thing, Concern):
        return person.pk in {kept.thing.owner_id, kept.thing.handed_to_id}
    leading = Member.objects.current().filter(case=kept.thing, person=person)
    return leading.filter(function=Member.Function.LEAD).exists()


def require_holder(person: Person, kept: Kept) -> None:
    """Refuse whoever places no holds."""
    if not may_hold(person, kept):
        msg = "This is for the head of the office and the lead."
        raise PermissionDenied(msg)


def may_lift(person: Person, kept: Kept) -> bool:
    """Return whether somebody may lift a hold that another placed: also a member of the team."""
    if kept.case and Member.objects.current().filter(case=kept.case, person=person).exists():
        return True
    return may_hold(person, kept)


def require_visible(person: Person, kept: Iterable[Kept]) -> None:
    """Refuse whoever may not see any of these; as if it were not there."""
    wanted = {one.ref for one in kept}
    if len(kept_by(person, sorted(wanted))) < len(wanted):
        raise Http404
