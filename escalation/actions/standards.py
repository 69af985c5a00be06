"""Set the office's standards: how long each kind of duty may take, and which path follows."""

from datetime import datetime

from django.db import transaction

from common.errors import RuleError
from escalation.models import Does, Path, PathVersion, Standard
from escalation.parts import TASK
from escalation.rules import Limit
from escalation.rules.kinds import ANY, KINDS
from escalation.rules.ladders import ends_well
from ledger import actions as ledger
from ledger.verbs import Verb
from people import access as people
from people.models import Person
from people.rules import Role


@transaction.atomic
def set_standard(
    *, kind: str, limit: Limit, path: Path, by: Person, now: datetime, level: int = ANY
) -> Standard:
    """Set how long a kind of duty may take from now on; a clock that runs keeps what it has."""
    people.require(by, Role.ADMINISTRATOR)
    _require_own(kind, level)
    if limit == Limit():
        msg = "This would be over as soon as it begins. Give it some time. Nothing was changed."
        raise RuleError(msg)
    version = PathVersion.objects.newest_of([path.pk]).get(path.pk)
    if version is None:
        msg = "This path has no published version, so nobody would be reached. Choose another."
        raise RuleError(msg)
    if kind == TASK and any(step.does == Does.TASK for step in version.steps.all()):
        msg = (
            "This path opens a task when a task is late, and again when that one is late. Choose a "
            "path that opens none. Nothing was changed."
        )
        raise RuleError(msg)
    if not KINDS[kind].is_gentle and not ends_well(version.ladder):
        msg = (
            "This path does not end with the independent person, so what somebody told could fall "
            "silent on it. Choose another. Nothing was changed."
        )
        raise RuleError(msg)
    known = Standard.objects.select_for_update().filter(kind=kind, level=level).first()
    if known is not None and (known.limit, known.path_id) == (limit.code, path.pk):
        msg = "It is so already. Nothing was changed."
        raise RuleError(msg)
    standard, _ = Standard.objects.update_or_create(
        kind=kind, level=level, defaults={"limit": limit.code, "path": path}
    )
    ledger.record(
        Verb.STANDARD_SET,
        by=by.actor,
        at=now,
        subject=f"standard:{kind}",
        level=level,
        limit=limit.code,
        path=path.code,
    )
    return standard


def _require_own(kind: str, level: int) -> None:
    """Refuse what a policy promises, and levels by which a kind is not timed."""
    if kind not in KINDS:
        msg = "There is no such kind of duty. Nothing was changed."
        raise RuleError(msg)
    if KINDS[kind].is_promised:
        msg = (
            "The policy on speaking up promises this, so only its next version changes it. No page "
            "publishes one yet: ask whoever set this house up. Nothing was changed."
        )
        raise RuleError(msg)
    if level != ANY and level not in KINDS[kind].by_level:
        msg = "This kind takes the same time however grave it is. Leave it at any level."
        raise RuleError(msg)
