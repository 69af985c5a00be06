"""Set the office's standards: how long each kind of duty may take, and which path follows.

What makes nothing later counts at once. What may make something later (more time, or another path)
waits until a second person confirms it, as a version of a path does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from common.errors import RuleError
from common.levels import Level
from escalation import parts
from escalation.actions.paths import require_order
from escalation.models import (
    STANDARD,
    Calendar,
    Does,
    Path,
    PathVersion,
    Scope,
    Standard,
    StandardChange,
    set_for,
)
from escalation.parts import TASK
from escalation.rules import Limit, NoWorkingTimeError
from escalation.rules.kinds import ANY, GUIDANCE, KINDS, DutyKind
from escalation.rules.ladders import ends_well
from ledger import actions as ledger
from ledger.verbs import Verb
from people import access as people
from people.models import Person
from people.rules import Role


@transaction.atomic
def set_standard(
    *,
    kind: str,
    limit: Limit | None,
    path: Path,
    by: Person,
    now: datetime,
    level: int = ANY,
    filed_as: str = "",
) -> StandardChange | None:
    """Set how long a kind of duty may take from now on, and on which path it runs.

    Without a limit it is what a policy promises. A clock that runs keeps what it has. Return the
    change where it waits for a second person, None where it counts at once.
    """
    people.require(by, Role.ADMINISTRATOR)
    scope, path = Scope(level, filed_as), _path_held(path)
    _require_fit(kind, scope, limit, path, now=now)
    set_already = Standard.objects.filter(kind=kind, **scope._asdict())
    code = limit.code if limit else ""
    if set_already.filter(limit=code, path=path).exists():
        msg = "It is so already. Nothing was changed."
        raise RuleError(msg)
    waiting = StandardChange.objects.filter(state=StandardChange.State.PROPOSED)
    if waiting.filter(kind=kind, **scope._asdict()).exists():
        raise RuleError(WAITS)
    if not _may_be_later(kind, scope, limit, path, now=now):
        _put(kind, scope, limit, path, by=by, now=now)
        return None
    try:
        with transaction.atomic():
            change = StandardChange.objects.create(
                kind=kind,
                **scope._asdict(),
                limit=code,
                path=path,
                proposed_by=by,
                proposed_at=now,
            )
    except IntegrityError:
        raise RuleError(WAITS) from None
    _record(Verb.STANDARD_PROPOSED, change, by=by, now=now)
    return change


WAITS = (
    "Another change of this waits for a second person already. Let it be confirmed or dropped "
    "first. Nothing was changed."
)


@transaction.atomic
def confirm_standard(change: StandardChange, *, by: Person, now: datetime) -> Standard:
    """Let a change count that another person proposed."""
    people.require(by, Role.ADMINISTRATOR, Role.HEAD)
    change = _held(change)
    if by.pk == change.proposed_by_id:
        msg = (
            "You proposed this, so another administrator or the head of the office confirms it. "
            "Nothing was changed."
        )
        raise RuleError(msg)
    limit = Limit.read(change.limit) if change.limit else None
    path = _path_held(change.path)
    _require_fit(change.kind, change.scope, limit, path, now=now)
    _decide(change, StandardChange.State.CONFIRMED, by=by, now=now)
    return _put(change.kind, change.scope, limit, path, by=by, now=now)


@transaction.atomic
def drop_standard(change: StandardChange, *, by: Person, now: datetime) -> None:
    """Let a proposed change be: whoever proposed it, or whoever was to confirm it."""
    people.require(by, Role.ADMINISTRATOR, Role.HEAD)
    change = _held(change)
    _decide(change, StandardChange.State.DROPPED, by=by, now=now)
    _record(Verb.STANDARD_DROPPED, change, by=by, now=now)


def _path_held(path: Path) -> Path:
    """Return a path as it is now, which nobody retires until the commit.

    The standard path is held with it, whatever is set: so one standard is set after the other, also
    where none stands yet, and whether something may be later is asked of what stands at last.
    """
    usual = Path.objects.filter(code=STANDARD).values_list("pk", flat=True)
    return Path.objects.held([path.pk, *usual])[path.pk]


def _held(change: StandardChange) -> StandardChange:
    held = StandardChange.objects.select_for_update(of=("self",)).select_related("path")
    change = held.get(pk=change.pk)
    if change.state != StandardChange.State.PROPOSED:
        msg = f"This is {change.get_state_display().lower()} by now. Nothing was changed."
        raise RuleError(msg)
    return change


def _decide(
    change: StandardChange, state: StandardChange.State, *, by: Person, now: datetime
) -> None:
    change.state, change.decided_by, change.decided_at = state, by, now
    change.save(update_fields=["state", "decided_by", "decided_at"])


def _put(
    kind: str, scope: Scope, limit: Limit | None, path: Path, *, by: Person, now: datetime
) -> Standard:
    standard, _ = Standard.objects.update_or_create(
        kind=kind,
        **scope._asdict(),
        defaults={"limit": limit.code if limit else "", "path": path},
    )
    _record(Verb.STANDARD_SET, standard, by=by, now=now)
    return standard


def _record(verb: Verb, of: Standard | StandardChange, *, by: Person, now: datetime) -> None:
    ledger.record(
        verb,
        by=by.actor,
        at=now,
        subject=f"standard:{of.kind}",
        level=of.level,
        filed_as=of.filed_as or None,
        limit=of.limit or None,
        path=of.path.code,
    )


# -- what fits --------------------------------------------------------------------------------


def _may_be_later(
    kind: str, scope: Scope, limit: Limit | None, path: Path, *, now: datetime
) -> bool:
    """Return whether by this something may come later than as things are set now.

    More time may do so, and any other path; looked at for whatever the change holds for.
    """
    known = {(one.kind, one.scope): one for one in Standard.objects.filter(kind=kind)}
    own = Standard(
        kind=kind, level=scope.level, filed_as=scope.filed_as, path=path,
        limit=limit.code if limit else "",
    )  # fmt: skip
    changed = {**known, (kind, scope): own}
    usual = Path.objects.filter(code=STANDARD).values_list("pk", flat=True).first()
    promised = parts.promised(now).get(kind, [])
    scopes = [Scope(level, filed_as) for level in (ANY, *Level) for filed_as in ("", GUIDANCE)]
    return any(
        _is_later(KINDS[kind], set_for(known, kind, one), own, one, promised, usual)
        for one in scopes
        if set_for(changed, kind, one) is own
    )


def _is_later(
    kind: DutyKind,
    was: Standard | None,
    own: Standard,
    scope: Scope,
    promised: Sequence[Limit],
    usual: int | None,
) -> bool:
    """Return whether it may come later by a standard than by what held in its place."""
    # what is promised runs on the path of its policy
    path = was.path_id if was else None if kind.is_promised else usual
    if path != own.path_id:
        return True
    if kind.is_promised:
        pairs = [(own.within(one), was.within(one) if was else one) for one in promised]
        return not all(after.is_within(before) for after, before in pairs)
    before = Limit.read(was.limit) if was else kind.within(scope.level)
    return not Limit.read(own.limit).is_within(before)


def _require_fit(
    kind: str, scope: Scope, limit: Limit | None, path: Path, *, now: datetime
) -> None:
    """Refuse what no office can mean, and a path on which this could not run."""
    _require_own(kind, scope, limit)
    promised = parts.promised(now).get(kind, [])
    if limit is not None:
        _require_sensible(KINDS[kind], limit, promised, now=now)
    version = _version_of(path)
    _require_end(KINDS[kind], version)
    limits = [limit] if limit is not None else promised
    require_order(version, limits, now=now)


def _require_own(kind: str, scope: Scope, limit: Limit | None) -> None:
    """Refuse what there is no duty for, and scopes by which a kind is not set."""
    if kind not in KINDS:
        msg = "There is no such kind of duty. Nothing was changed."
        raise RuleError(msg)
    own = KINDS[kind]
    if scope.level != ANY and not own.has_levels:
        msg = "This kind takes the same time however grave it is. Leave it at any level."
        raise RuleError(msg)
    if scope.filed_as and (scope.filed_as != GUIDANCE or not own.is_told):
        msg = "Only what runs on what somebody told may be set for requests for guidance alone."
        raise RuleError(msg)
    if limit is None and not own.is_promised:
        msg = "Say how long it may take: no policy promises it. Nothing was changed."
        raise RuleError(msg)


def _require_sensible(
    kind: DutyKind, limit: Limit, promised: Sequence[Limit], *, now: datetime
) -> None:
    if limit == Limit():
        msg = "This would be over as soon as it begins. Give it some time. Nothing was changed."
        raise RuleError(msg)
    if kind.is_told:
        require_day(limit)
    too_long = next((one for one in promised if not limit.is_within(one)), None)
    if too_long is not None:
        msg = (
            f"The policy promises this within {too_long}, and {limit} may be longer. Set less, "
            "counted in the same way, or leave it empty to keep what is promised. Nothing was "
            "changed."
        )
        raise RuleError(msg)
    longest, why = kind.longest
    hours = Calendar.objects.of(None).hours
    try:
        is_longer = limit.end(now, hours) > longest.end(now, hours)
    except (NoWorkingTimeError, OverflowError):
        is_longer = True
    if is_longer:
        msg = f"Give this {longest} at the most: {why}. Nothing was changed."
        raise RuleError(msg)


def require_day(limit: Limit) -> None:
    """Refuse for what somebody told a limit that could be over before the day of its filing is.

    What is anonymous begins with its day, since no time of it is kept.
    """
    if limit.at_least < timedelta(days=1):
        msg = (
            "What an anonymous reporter tells counts from the beginning of its day, so this could "
            "be over before it is told. Give it a day, or two working days, at the least. Nothing "
            "was changed."
        )
        raise RuleError(msg)


def _version_of(path: Path) -> PathVersion:
    if path.retired_at is not None:
        msg = f"The path “{path}” was retired. Choose another. Nothing was changed."
        raise RuleError(msg)
    version = PathVersion.objects.newest_of([path.pk]).get(path.pk)
    if version is None:
        msg = "This path has no published version, so nobody would be reached. Choose another."
        raise RuleError(msg)
    return version


def _require_end(kind: DutyKind, version: PathVersion) -> None:
    """Refuse a path that comes back to itself, or on which what was told falls silent."""
    if kind.code == TASK and any(step.does == Does.TASK for step in version.steps.all()):
        msg = (
            "This path opens a task when a task is late, and again when that one is late. Choose a "
            "path that opens none. Nothing was changed."
        )
        raise RuleError(msg)
    if not kind.is_gentle and not ends_well(version.ladder):
        msg = (
            "This path does not end with the independent person, so what somebody told could fall "
            "silent on it. Choose another. Nothing was changed."
        )
        raise RuleError(msg)
