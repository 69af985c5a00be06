"""Publish escalation paths."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from common.errors import RuleError
from escalation.models import Path, PathStep, PathVersion
from ledger import actions as ledger
from ledger.rules import Actor
from ledger.verbs import Verb


@transaction.atomic
def publish_path(
    *, code: str, name: str, steps: Sequence[PathStep], by: Actor, now: datetime
) -> PathVersion:
    """Publish a version of a path; its steps come unsaved, in their order."""
    if not steps:
        msg = "A path needs at least one step. Add whom to reach first."
        raise RuleError(msg)
    path, _ = Path.objects.get_or_create(code=code, defaults={"name": name})
    version = PathVersion.objects.create(path=path, n=path.versions.count() + 1)
    for n, step in enumerate(steps, start=1):
        step.version, step.n = version, n
    PathStep.objects.bulk_create(steps)
    ledger.record(Verb.PATH_PUBLISHED, by=by, at=now, subject=f"path:{code}", version=version.n)
    return version
