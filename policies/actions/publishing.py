"""Publish policy versions with the promises they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from common import days
from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Calendar, Path, PathVersion, Standard
from escalation.rules import Limit
from escalation.rules.ladders import ends_well
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from policies.models import CLOCKS_OF, HANDLING, REVIEW, Kind, Policy, PolicyVersion, Promise


@dataclass(frozen=True)
class Text:
    """What a version says."""

    title: str
    summary: str
    text: str


@transaction.atomic
def publish(
    *,
    code: str,
    text: Text,
    owner: Person,
    in_force_from: date,
    now: datetime,
    promises: Sequence[tuple[Kind, Limit, Path]] = (),
) -> PolicyVersion:
    """Publish the next version of a policy; the handling policy has to make every promise."""
    missing = set(Kind) - {kind for kind, _, _ in promises}
    if code == HANDLING and missing:
        msg = "The policy on speaking up has to promise all of: " + ", ".join(sorted(Kind)) + "."
        raise RuleError(msg)
    # as they are now, and nobody retires one meanwhile
    held = Path.objects.held(path.pk for _, _, path in promises)
    promises = [(kind, limit, held[path.pk]) for kind, limit, path in promises]
    _refuse_unfit(list(held.values()))
    _refuse_too_early(promises, now=now)
    policy, _ = Policy.objects.get_or_create(code=code, defaults={"owner": owner})
    version = PolicyVersion.objects.create(
        policy=policy,
        n=policy.versions.count() + 1,
        title=text.title,
        summary=text.summary,
        text=text.text,
        in_force_from=in_force_from,
    )
    Promise.objects.bulk_create(
        Promise(
            version=version,
            kind=kind,
            months=limit.months,
            days=limit.days,
            working_days=limit.working_days,
            path=path,
        )
        for kind, limit, path in promises
    )
    _review_again(policy, in_force_from, now=now)
    ledger.record(
        Verb.POLICY_PUBLISHED, by=owner.actor, at=now, subject=f"policy:{code}", version=version.n
    )
    return version


def _refuse_unfit(paths: Sequence[Path]) -> None:
    """Refuse to promise something on a path by which no clock could start, or that falls silent."""
    known = PathVersion.objects.newest_of(path.pk for path in paths)
    missing = sorted({str(path) for path in paths if path.pk not in known})
    if missing:
        msg = (
            f"The path {', '.join(missing)} has no published version. Publish one first. Nothing "
            "was published."
        )
        raise RuleError(msg)
    retired = sorted(str(path) for path in paths if path.retired_at is not None)
    if retired:
        msg = f"The path {', '.join(retired)} was retired. Choose another. Nothing was published."
        raise RuleError(msg)
    if not all(ends_well(version.ladder) for version in known.values()):
        msg = (
            "A promise runs on a path that does not end with the independent person. Choose "
            "another. Nothing was published."
        )
        raise RuleError(msg)


def _refuse_too_early(promises: Sequence[tuple[Kind, Limit, Path]], *, now: datetime) -> None:
    """Refuse a time that may be over before its day is, or in which a rung precedes the start."""
    newest = PathVersion.objects.newest_of(path.pk for _, _, path in promises)
    for _, limit, path in promises:
        escalation.require_day(limit)
        escalation.require_order(newest[path.pk], [limit], now=now)


def _review_again(policy: Policy, in_force_from: date, *, now: datetime) -> None:
    """Meet the review that was due, and count the next from when the version is in force."""
    escalation.meet(subject_kind=CLOCKS_OF, subject_id=policy.key, kind=REVIEW, now=now)
    escalation.start(
        subject_kind=CLOCKS_OF,
        subject_id=policy.key,
        start=max(days.midnight(in_force_from), now),
        promises=Standard.objects.timed(REVIEW),
        calendar=Calendar.objects.of(policy.owner.unit),
        owner=policy.owner,
    )
