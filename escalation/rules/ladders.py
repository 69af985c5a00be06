"""What a path may say: its vocabulary, what is wrong with its rungs, what changed. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import chain, pairwise
from typing import NamedTuple

from django.db.models import TextChoices

from escalation.rules.calendars import NoWorkingTimeError, WorkingTime, moment_of
from escalation.rules.kinds import LONGEST_OF_ALL
from escalation.rules.limits import Limit
from escalation.rules.schedules import Anchor, Rung, schedule
from people.rules import OFFICE, Role

# more would be read by nobody
STEPS_MAX = 30
# what a path is tried with that runs for nothing yet
TRIED = Limit(months=3)
# behind a limit nobody waits longer for the next rung
YEAR = Limit(months=12)
# an order may hold on a Monday and not over a weekend
DAYS_TRIED = 7


class Does(TextChoices):
    """What a step does."""

    REMIND = "remind", "remind the owner"
    NOTIFY = "notify", "tell"
    REASSIGN = "reassign", "give it to the next in rotation among"
    ADD = "add", "bring in, beside the owner,"
    HAND_OVER = "hand_over", "hand over to"
    RAISE = "raise", "make it more urgent"
    TASK = "task", "open a task for"


# what reaches the owner, or nobody: it names no role
UNNAMED = (Does.REMIND, Does.RAISE)
# what brings somebody near what was told
BRINGS_IN = (Does.REASSIGN, Does.ADD, Does.HAND_OVER, Does.TASK)
TITLES = {
    Does.REMIND: "Remind the owner",
    Does.NOTIFY: "Tell the {role}",
    Does.REASSIGN: "Give it to the next {role} in rotation",
    Does.ADD: "Bring in the {role}, beside the owner",
    Does.HAND_OVER: "Hand over to the {role}",
    Does.RAISE: "Make it more urgent",
    Does.TASK: "Open a task for the {role}",
}


class Given(TextChoices):
    """What has to hold at its time for a step to be taken; that the clock still runs, always."""

    ALWAYS = "always", "in any case"
    UNOPENED = "unopened", "if nobody has opened it"
    UNASSIGNED = "unassigned", "if nobody looks after it"
    UNANSWERED = "unanswered", "if the reporter has had no personal answer"
    AWAY = "away", "if whoever looks after it is away"
    URGENT = "urgent", "if it is urgent"


# combinations in which nobody is there whom the step could mean
SENSELESS = {
    (Given.UNASSIGNED, Does.REMIND): "nobody looks after it then, so there is no owner to remind. "
    "Tell the ethics officers, or give it to the next of them",
    (Given.UNASSIGNED, Does.ADD): "nobody looks after it then, so there is no owner to stand "
    "beside. Give it to the next in rotation, or hand it over",
    (Given.AWAY, Does.REMIND): "the owner is away then and would not read it. Tell somebody else, "
    "or give it to the next in rotation",
}


@dataclass(frozen=True)
class Step:
    """One rung of a ladder: when, on what condition, doing what, reaching whom."""

    rung: Rung
    does: str
    role: str = ""
    given: str = Given.ALWAYS
    n: int = 0

    @property
    def same(self) -> tuple[object, ...]:
        """Return all of it but its place."""
        return (self.rung, self.given, self.does, self.role)

    @property
    def title(self) -> str:
        """Return what it does, as a heading."""
        role = dict(Role.choices).get(self.role, self.role).lower()
        # all of them are told, and one is given it
        several = self.does == Does.NOTIFY and self.role == Role.OFFICER
        return TITLES[Does(self.does)].format(role=f"{role}s" if several else role)

    @property
    def span(self) -> str:
        """Return how long from its anchor it comes: `at the limit`, `2 days`."""
        anchor, limit = self.rung
        return str(limit) if limit != Limit() else f"at {anchor.label.split(maxsplit=1)[1]}"

    @property
    def since(self) -> str:
        """Return from where that is counted; nothing where it comes at once."""
        anchor, limit = self.rung
        return anchor.label if limit != Limit() else ""

    @property
    def when(self) -> str:
        """Return when it comes, in words: `2 days after the limit`."""
        return f"{self.span} {self.since}".strip()

    @property
    def given_words(self) -> str:
        """Return on what condition it comes: `in any case`."""
        return str(Given(self.given).label)

    @property
    def condition(self) -> str:
        """Return on what condition it comes, as a sentence; nothing where it comes in any case."""
        label = Given(self.given).label
        return "" if self.given == Given.ALWAYS else f"{label[0].upper()}{label[1:]}. "


class Flaw(NamedTuple):
    """What is wrong with a ladder: at which rung, or with all of it, and what to do."""

    n: int | None
    says: str


def numbered(steps: Sequence[Step]) -> list[Step]:
    """Return steps numbered from 1 in the order in which they stand."""
    return [replace(step, n=n) for n, step in enumerate(steps, start=1)]


def flaws(steps: Sequence[Step], *, held: Collection[str], is_gentle: bool = False) -> list[Flaw]:
    """Return what is wrong with these steps by themselves; `held` are the roles that somebody has.

    A step that finds nobody at its time goes to the independent person, so the last has to, unless
    all that runs on the path is gentle.
    """
    if not steps:
        return [Flaw(None, "There is no rung yet. Add whom to reach first.")]
    return [
        *_numbers(steps),
        *(flaw for step in steps for flaw in _of_one(step, held)),
        *_twice(steps),
        *_end(steps[-1], is_gentle=is_gentle),
    ]


def _numbers(steps: Sequence[Step]) -> Iterator[Flaw]:
    for place, step in enumerate(steps, start=1):
        if step.n != place:
            yield Flaw(
                place,
                f"Rung {place} is missing: after {place - 1} comes {step.n}. Number them without a "
                "hole.",
            )
            return
    if len(steps) > STEPS_MAX:
        yield Flaw(None, f"A path has {STEPS_MAX} rungs at the most. Remove some.")


def _of_one(step: Step, held: Collection[str]) -> Iterator[Flaw]:
    if step.does in UNNAMED:
        if step.role:
            yield Flaw(step.n, f"Rung {step.n} reaches the owner alone. Name no part for it.")
    elif not step.role:
        yield Flaw(step.n, f"Rung {step.n} reaches nobody. Choose whom.")
    elif step.role not in Role:
        yield Flaw(
            step.n,
            f"Rung {step.n} names the part “{step.role}”, which there is no more. Choose another.",
        )
    else:
        yield from _of_role(step, Role(step.role), held)
    if step.rung.anchor == Anchor.AFTER and step.rung.limit.at_least > YEAR.at_least:
        yield Flaw(
            step.n,
            f"Rung {step.n} comes {step.when}: by then nobody waits for it. Let it come within a "
            "year.",
        )
    why = SENSELESS.get((Given(step.given), Does(step.does)))
    if why:
        yield Flaw(step.n, f"Rung {step.n} cannot work: {why}.")


def _of_role(step: Step, role: Role, held: Collection[str]) -> Iterator[Flaw]:
    if step.does in BRINGS_IN and role not in OFFICE:
        yield Flaw(
            step.n,
            f"Rung {step.n} would bring in somebody who works on no concern: {role.label.lower()}. "
            "Choose an ethics officer, the head of the office or the independent person.",
        )
    elif role not in held:
        yield Flaw(
            step.n,
            f"Rung {step.n} reaches nobody today: nobody is {role.label.lower()}. Give somebody "
            "that part, or choose another.",
        )


def _twice(steps: Sequence[Step]) -> Iterator[Flaw]:
    seen: dict[tuple[object, ...], int] = {}
    for step in steps:
        if step.same in seen:
            yield Flaw(
                step.n, f"Rung {step.n} is the same as rung {seen[step.same]}. Remove one of them."
            )
        seen.setdefault(step.same, step.n)


def ends_well(steps: Sequence[Step]) -> bool:
    """Return whether the last of these steps brings in the independent person."""
    return steps[-1].does in {Does.HAND_OVER, Does.ADD} and steps[-1].role == Role.INDEPENDENT


def _end(last: Step, *, is_gentle: bool) -> Iterator[Flaw]:
    if not is_gentle and not ends_well([last]):
        yield Flaw(
            last.n,
            f"Rung {last.n} is the last, and behind it comes nobody. Let the last rung hand over "
            "to the independent person, or bring them in.",
        )
    elif last.given != Given.ALWAYS:
        yield Flaw(
            last.n,
            f"Rung {last.n} is the last and comes only {Given(last.given).label}. Let it come in "
            "any case.",
        )


def flaws_of_time(
    steps: Sequence[Step], *, limits: Collection[Limit], by: WorkingTime, at: datetime
) -> list[Flaw]:
    """Return which steps would come before the start, or before the one above them.

    Tried with each limit for which the path runs, from `at` on seven days in a row.
    """
    found: dict[tuple[int, str], Flaw] = {}
    for day in range(DAYS_TRIED):
        start = at + timedelta(days=day)
        # what somebody tells without a name begins with its day
        midnight = moment_of(by.local_day(start), time(), by.zone)
        try:
            # on what nothing is known to run, nothing comes before the start of the longest duty
            early = [_too_early(steps, one, midnight, by) for one in limits or [LONGEST_OF_ALL]]
            order = [_out_of_order(steps, one, start, by) for one in limits or [TRIED]]
            tried = [*chain(*early), *chain(*order)]
        except NoWorkingTimeError:
            return [Flaw(None, "By this calendar nobody ever works, so no rung would come.")]
        for kind, flaw in tried:
            found.setdefault((flaw.n or 0, kind), flaw)
    return [found[key] for key in sorted(found)]


def _too_early(
    steps: Sequence[Step], limit: Limit, start: datetime, by: WorkingTime
) -> Iterator[tuple[str, Flaw]]:
    due = limit.deadline(start, by)
    for step in steps:
        anchor, span = step.rung
        if anchor == Anchor.BEFORE and span.before(due, by) < start:
            yield (
                "start",
                Flaw(
                    step.n,
                    f"Rung {step.n} would come before the start: it comes {span} before a limit of "
                    f"{limit}. Let it come later.",
                ),
            )


def _out_of_order(
    steps: Sequence[Step], limit: Limit, start: datetime, by: WorkingTime
) -> Iterator[tuple[str, Flaw]]:
    times = schedule(limit, [step.rung for step in steps], start, by)
    pairs = zip(pairwise(steps), pairwise(times.steps), strict=True)
    for (above, step), (before, after) in pairs:
        if after < before:
            example = f"{start.astimezone(by.zone):%A}"
            yield (
                "order",
                Flaw(
                    step.n,
                    f"Rung {step.n} would come before rung {above.n}: with a limit of {limit} that "
                    f"begins on a {example}, it is due first. Move it up, or let it come later.",
                ),
            )


def cycle(code: str, starts: Mapping[str, Collection[str]]) -> list[str]:
    """Return a way by which a path would start itself again, by their codes; empty where none is.

    `starts` has, by path, the paths of what its steps begin: a task that is opened has a clock, and
    its clock a path.
    """
    ways = [[code]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for one in sorted(starts.get(way[-1], ())):
            if one == code:
                return [*way, one]
            if one not in seen:
                seen.add(one)
                ways.append([*way, one])
    return []


def place(steps: Sequence[Step], step: Step, *, limit: Limit, by: WorkingTime, at: datetime) -> int:
    """Return how many of the steps come no later than one that is to be added."""
    rungs = [*(one.rung for one in steps), step.rung]
    *times, own = schedule(limit, rungs, at, by).steps
    return sum(time <= own for time in times) if times == sorted(times) else len(steps)


class Change(NamedTuple):
    """What became of a rung from one version to the next; a rung is None where it is not."""

    kind: str
    before: Step | None
    after: Step | None


def compare(before: Sequence[Step], after: Sequence[Step]) -> list[Change]:
    """Return what was added, removed and changed, in the order of the later version.

    A rung that does the same for the same people is the same rung at another time.
    """
    left = list(before)
    pairs: dict[int, Step] = {}
    for alike in (lambda one: one.same, lambda one: (one.does, one.role)):
        for step in after:
            known = next((old for old in left if alike(old) == alike(step)), None)
            if step.n not in pairs and known is not None:
                pairs[step.n] = known
                left.remove(known)
    changes = [_change(pairs.get(step.n), step) for step in after]
    changes += [Change("removed", step, None) for step in left]
    return [change for change in changes if change.kind != "same"]


def _change(before: Step | None, after: Step) -> Change:
    if before is None:
        return Change("added", None, after)
    return Change("same" if before.same == after.same else "changed", before, after)
