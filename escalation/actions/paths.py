"""Draft, propose and publish versions of escalation paths: one person makes, another publishes."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from common.errors import KEPT, RuleError
from escalation import lifecycle, parts
from escalation.lifecycle import VersionMove, VersionState
from escalation.models import (
    STANDARD,
    Calendar,
    Does,
    Path,
    PathStep,
    PathVersion,
    SentBack,
    StandardChange,
)
from escalation.rules import Limit
from escalation.rules.ladders import (
    STEPS_MAX,
    TRIED,
    Flaw,
    Step,
    cycle,
    flaws,
    flaws_of_time,
    numbered,
    place,
)
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import Actor, Fact
from ledger.verbs import Verb
from people import access
from people.models import Person
from people.rules import Role


@transaction.atomic
def publish_path(
    *, code: str, name: str, steps: Sequence[PathStep], by: Actor, now: datetime
) -> PathVersion:
    """Publish a version of a path while a house is founded; its steps come unsaved, in their order.

    Nobody made it, so no second person has to agree. Once a person has published one, people do.
    """
    if not steps:
        msg = "A path needs at least one step. Add whom to reach first."
        raise RuleError(msg)
    path, _ = Path.objects.get_or_create(code=code, defaults={"name": name})
    if path.versions.filter(made_by__isnull=False).exists():
        msg = f"People keep the path “{code}”: draft a version, and let a second person publish it."
        raise RuleError(msg)
    version = PathVersion.objects.create(path=path, n=_next(path), state=VersionState.DRAFT)
    for n, step in enumerate(steps, start=1):
        step.version, step.n = version, n
    PathStep.objects.bulk_create(steps)
    version.state, version.published_at = VersionState.PUBLISHED, now
    version.save(update_fields=["state", "published_at"])
    ledger.record(Verb.PATH_PUBLISHED, by=by, at=now, subject=f"path:{code}", version=version.n)
    return version


@transaction.atomic
def make_path(*, code: str, name: str, by: Person, now: datetime) -> PathVersion:
    """Make a path that nothing runs on yet, with an empty draft."""
    access.require(by, Role.ADMINISTRATOR)
    if not name.strip():
        msg = f"Give the path a name. {KEPT}"
        raise RuleError(msg)
    path, is_new = Path.objects.get_or_create(code=code, defaults={"name": name.strip()})
    if not is_new:
        msg = f"There is a path “{code}” already: {path.name}. {KEPT}"
        raise RuleError(msg)
    return _drafted(path, [], by=by, now=now)


@transaction.atomic
def retire_path(path: Path, *, by: Person, now: datetime) -> None:
    """Let nothing begin on a path any more; clocks that run keep their version."""
    access.require(by, Role.ADMINISTRATOR)
    path = Path.objects.select_for_update().get(pk=path.pk)
    _require_in_use(path)
    if path.code == STANDARD:
        msg = "Whatever is set nowhere runs on this path, so it stays. Nothing was changed."
        raise RuleError(msg)
    uses = parts.uses(now).get(path.code, [])
    waiting = path.changes.filter(state=StandardChange.State.PROPOSED)
    if uses or path.standards.exists() or waiting.exists():
        what = f" for {uses[0].what.lower()}" if uses else ""
        msg = (
            f"The standards or a policy use this path{what}, so it stays. Set another path for "
            "all that runs on it first. Nothing was changed."
        )
        raise RuleError(msg)
    if path.versions.filter(state__in=lifecycle.OPEN).exists():
        msg = "A version is drafted or proposed. Discard it first. Nothing was changed."
        raise RuleError(msg)
    path.retired_at, path.retired_by = now, by
    path.save(update_fields=["retired_at", "retired_by"])
    last = path.versions.aggregate(last=Max("n"))["last"]
    ledger.record(Verb.PATH_RETIRED, by=by.actor, at=now, subject=f"path:{path.code}", version=last)


def _require_in_use(path: Path) -> None:
    if path.retired_at is not None:
        msg = f"The path “{path}” was retired, so nothing of it changes. Nothing was changed."
        raise RuleError(msg)


@transaction.atomic
def start_draft(path: Path, *, by: Person, now: datetime) -> PathVersion:
    """Begin the next version of a path, with the steps of the newest that was published."""
    access.require(by, Role.ADMINISTRATOR)
    path = Path.objects.select_for_update().get(pk=path.pk)
    _require_in_use(path)
    newest = PathVersion.objects.newest_of([path.pk]).get(path.pk)
    return _drafted(path, newest.ladder if newest else [], by=by, now=now)


def _drafted(path: Path, steps: Sequence[Step], *, by: Person, now: datetime) -> PathVersion:
    version = PathVersion(path=path, n=_next(path), made_by=by, made_at=now)
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError:
        msg = "There is a draft already. Go on with that one, or discard it. Nothing was changed."
        raise RuleError(msg) from None
    PathStep.objects.bulk_create(PathStep.of(version, step) for step in steps)
    _record(Verb.PATH_DRAFTED, version, by=by, now=now)
    return version


# -- the steps of a draft --------------------------------------------------------------


@transaction.atomic
def add_step(version: PathVersion, *, step: Step, by: Person, now: datetime, seen: str = "") -> int:
    """Add a step where its time belongs; return its number.

    `seen` is the mark of the steps that whoever changes them saw (`PathVersion.mark`), here and
    below: what somebody else wrote meanwhile is not written over. Nothing is whatever they are.
    """
    version = _editable(version, by, seen)
    steps = version.ladder
    if len(steps) >= STEPS_MAX:
        msg = f"A path has {STEPS_MAX} rungs at the most. Remove one first. {KEPT}"
        raise RuleError(msg)
    uses = parts.uses(now).get(version.path.code)
    limit = uses[0].limit if uses else TRIED
    hours = Calendar.objects.of(None).hours
    at = place(steps, step, limit=limit, by=hours, at=now) if steps else 0
    _write(version, [*steps[:at], step, *steps[at:]])
    _record(Verb.PATH_CHANGED, version, by=by, now=now, step=at + 1, what="added")
    return at + 1


@transaction.atomic
def change_step(
    version: PathVersion, *, n: int, step: Step, by: Person, now: datetime, seen: str = ""
) -> None:
    """Change a step; it stays in its place."""
    version = _editable(version, by, seen)
    steps = _with(version, n)
    _write(version, [*steps[: n - 1], step, *steps[n:]])
    _record(Verb.PATH_CHANGED, version, by=by, now=now, step=n, what="changed")


@transaction.atomic
def move_step(
    version: PathVersion, *, n: int, to: int, by: Person, now: datetime, seen: str = ""
) -> int:
    """Move a step to another place, or as far as there are places; return its new number."""
    version = _editable(version, by, seen)
    steps = _with(version, n)
    to = min(max(to, 1), len(steps))
    step = steps.pop(n - 1)
    _write(version, [*steps[: to - 1], step, *steps[to - 1 :]])
    _record(Verb.PATH_CHANGED, version, by=by, now=now, step=to, what="moved")
    return to


@transaction.atomic
def remove_step(version: PathVersion, *, n: int, by: Person, now: datetime, seen: str = "") -> None:
    """Remove a step; those below it move up."""
    version = _editable(version, by, seen)
    steps = _with(version, n)
    _write(version, [*steps[: n - 1], *steps[n:]])
    _record(Verb.PATH_CHANGED, version, by=by, now=now, step=n, what="removed")


def _editable(version: PathVersion, by: Person, seen: str) -> PathVersion:
    access.require(by, Role.ADMINISTRATOR)
    version = _held(version)
    if not version.is_editable:
        msg = (
            f"Version {version.n} is {version.get_state_display().lower()}, so its rungs stay as "
            f"they are. Draft a new one, or send it back first. {KEPT}"
        )
        raise RuleError(msg)
    if seen and seen != version.mark:
        msg = (
            f"Somebody else changed this draft while you worked on it. {KEPT} Read the ladder as "
            "it is now, then send yours again if it still fits."
        )
        raise RuleError(msg)
    return version


def _with(version: PathVersion, n: int) -> list[Step]:
    """Return the steps of a version that has one with this number."""
    steps = version.ladder
    if not 1 <= n <= len(steps):
        msg = f"There is no rung {n} any more. {KEPT} Load the page again."
        raise RuleError(msg)
    return steps


def _write(version: PathVersion, steps: Sequence[Step]) -> None:
    version.steps.all().delete()
    PathStep.objects.bulk_create(PathStep.of(version, step) for step in numbered(steps))


# -- from one person to another ---------------------------------------------------------


@transaction.atomic
def propose_version(version: PathVersion, *, by: Person, now: datetime) -> None:
    """Lay a draft before a second person; nothing may be wrong with it."""
    access.require(by, Role.ADMINISTRATOR)
    version = _held(version)
    version.state = lifecycle.version_after(version.state, VersionMove.PROPOSE)
    _refuse_flaws(version, now=now)
    version.proposed_by, version.proposed_at = by, now
    version.sent_back, version.sent_back_by = "", None
    version.save()
    _record(Verb.PATH_PROPOSED, version, by=by, now=now)


@transaction.atomic
def publish_version(
    version: PathVersion, *, seen: datetime | None, by: Person, now: datetime
) -> None:
    """Publish what another person made and proposed: clocks that start from now on follow it.

    `seen` is when it was proposed, as whoever publishes read it.
    """
    access.require(by, Role.ADMINISTRATOR, Role.HEAD)
    version = _held(version)
    state = lifecycle.version_after(version.state, VersionMove.PUBLISH)
    if by.pk in {version.made_by_id, version.proposed_by_id}:
        did = "made" if by.pk == version.made_by_id else "proposed"
        msg = (
            f"You {did} this version, so another administrator or the head of the office publishes "
            "it. Nothing was changed."
        )
        raise RuleError(msg)
    if version.proposed_at != seen:
        msg = "It was changed and proposed again meanwhile. Nothing was changed; read it again."
        raise RuleError(msg)
    _refuse_flaws(version, now=now)
    version.state, version.published_by, version.published_at = state, by, now
    version.save()
    _record(Verb.PATH_PUBLISHED, version, by=by, now=now)


@transaction.atomic
def send_back_version(version: PathVersion, *, reason: SentBack, by: Person, now: datetime) -> None:
    """Give a proposal back to whoever made it, with a reason."""
    access.require(by, Role.ADMINISTRATOR, Role.HEAD)
    version = _held(version)
    version.state = lifecycle.version_after(version.state, VersionMove.SEND_BACK)
    version.sent_back, version.sent_back_by = reason, by
    version.save()
    _record(Verb.PATH_SENT_BACK, version, by=by, now=now, reason=reason)


@transaction.atomic
def discard_version(version: PathVersion, *, by: Person, now: datetime) -> None:
    """Withdraw what was not published; what it said stays on record."""
    access.require(by, Role.ADMINISTRATOR)
    version = _held(version)
    version.state = lifecycle.version_after(version.state, VersionMove.WITHDRAW)
    version.save()
    _record(Verb.PATH_WITHDRAWN, version, by=by, now=now)


def flaws_of(version: PathVersion, *, now: datetime) -> list[Flaw]:
    """Return all that is wrong with a version, as things are now; the first rung first."""
    steps = version.ladder
    held = {
        role for roles in Person.objects.trusted().values_list("roles", flat=True) for role in roles
    }
    uses = parts.uses(now).get(version.path.code, [])
    is_gentle = bool(uses) and all(use.is_gentle for use in uses)
    found = flaws(steps, held=held, is_gentle=is_gentle)
    limits = list(dict.fromkeys(use.limit for use in uses))
    found += flaws_of_time(steps, limits=limits, by=Calendar.objects.of(None).hours, at=now)
    way = cycle(version.path.code, _starts(version, steps))
    if way:
        by_task = [step.n for step in steps if step.does == Does.TASK]
        named = " and ".join(f"rung {n}" for n in by_task)
        found.append(
            Flaw(
                by_task[0],
                f"The task of {named} would run on a path that opens it again: "
                f"{', then '.join(way)}. Tell somebody instead of opening a task.",
            )
        )
    return sorted(found, key=lambda flaw: flaw.n or 0)


def require_order(version: PathVersion, limits: Sequence[Limit], *, now: datetime) -> None:
    """Refuse to let a duty with these limits run on a path of which a rung would come too early.

    Before the start, or before the rung above it: asked by whoever sets or promises a limit.
    """
    hours = Calendar.objects.of(None).hours
    found = flaws_of_time(version.ladder, limits=limits, by=hours, at=now)
    if found:
        msg = (
            f"The path “{version.path}” does not fit: {found[0].says} Give it another limit, or "
            "choose another path. Nothing was changed."
        )
        raise RuleError(msg)


def _starts(version: PathVersion, steps: Sequence[Step]) -> dict[str, set[str]]:
    """Return, by path, which paths its steps start, with a version in the place of its path's."""
    opened = parts.started_by_tasks()
    if not any(step.does == Does.TASK for step in steps):
        return {}
    others = PathVersion.objects.newest().filter(steps__does=Does.TASK).exclude(path=version.path)
    return dict.fromkeys([version.path.code, *(one.path.code for one in others)], opened)


def _refuse_flaws(version: PathVersion, *, now: datetime) -> None:
    found = flaws_of(version, now=now)
    if found:
        more = f" {len(found) - 1} more stand beside the ladder." if len(found) > 1 else ""
        msg = f"{found[0].says}{more} Nothing was changed."
        raise RuleError(msg)


def _held(version: PathVersion) -> PathVersion:
    held = PathVersion.objects.select_for_update(of=("self",)).select_related("path")
    return held.prefetch_related("steps").get(pk=version.pk)


def _next(path: Path) -> int:
    last: int | None = path.versions.aggregate(last=Max("n"))["last"]
    return (last or 0) + 1


def _record(verb: Verb, version: PathVersion, *, by: Person, now: datetime, **facts: Fact) -> None:
    subject = f"path:{version.path.code}"
    act = Act(verb, by.actor, now, subject, facts={"version": version.n, **facts})
    ledger.record_all([act])
