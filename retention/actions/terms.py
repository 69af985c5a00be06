"""Set for how long is kept; to keep for less long takes a second person."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from cases.models import Category
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people import access as people
from people.models import Person
from people.rules import Role
from retention.lifecycle import Outcome, RuleState
from retention.models import Rule
from retention.rules import MONTHS_MAX, Term


@transaction.atomic
def set_rule(
    *, category: Category | None, outcome: Outcome, months: int, law: str, by: Person, now: datetime
) -> Rule:
    """Set for how long what ended so is kept; what is shorter than today waits for another."""
    people.require(by, Role.ADMINISTRATOR)
    if not law.strip():
        msg = "Name the law or the reason. Nothing was changed; what you entered is kept."
        raise RuleError(msg)
    if not 1 <= months <= MONTHS_MAX:
        msg = f"Choose between 1 and {MONTHS_MAX} months. Nothing was changed."
        raise RuleError(msg)
    before = Rule.objects.schedule().term(category.pk if category else "", outcome)
    if before == Term(months, law.strip()):
        msg = "It is so already. Nothing was changed."
        raise RuleError(msg)
    shortens = months < before.months
    rule = Rule(
        id=uuid4(),
        category=category,
        outcome=outcome,
        months=months,
        law=law.strip(),
        state=RuleState.PROPOSED if shortens else RuleState.IN_FORCE,
        proposed_by=by,
        proposed_at=now,
        decided_at=None if shortens else now,
    )
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError:
        msg = "A shorter time waits for its second person already. Nothing was changed."
        raise RuleError(msg) from None
    _record(Verb.RETENTION_PROPOSED if shortens else Verb.RETENTION_SET, rule, by=by, now=now)
    return rule


@transaction.atomic
def confirm_rule(rule_id: UUID, *, by: Person, now: datetime) -> Rule:
    """Let a shorter time count, as a second person."""
    return _decide(rule_id, RuleState.IN_FORCE, Verb.RETENTION_SET, by=by, now=now)


@transaction.atomic
def refuse_rule(rule_id: UUID, *, by: Person, now: datetime) -> Rule:
    """Leave the time as it is, as a second person or as whoever proposed it."""
    return _decide(rule_id, RuleState.REFUSED, Verb.RETENTION_REFUSED, by=by, now=now)


def _decide(rule_id: UUID, state: RuleState, verb: Verb, *, by: Person, now: datetime) -> Rule:
    people.require(by, Role.ADMINISTRATOR, Role.HEAD)
    rule = Rule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None or rule.state != RuleState.PROPOSED:
        msg = "This was decided meanwhile. Nothing was changed."
        raise RuleError(msg)
    is_own = rule.proposed_by_id == by.pk
    if is_own and state == RuleState.IN_FORCE:
        msg = "You proposed it, so another person has to confirm it. Nothing was changed."
        raise RuleError(msg)
    rule.state, rule.decided_at = state, now
    rule.decided_by = None if is_own else by
    rule.save(update_fields=["state", "decided_by", "decided_at"])
    _record(verb, rule, by=by, now=now)
    return rule


def _record(verb: Verb, rule: Rule, *, by: Person, now: datetime) -> None:
    ledger.record(
        verb,
        by=by.actor,
        at=now,
        subject=f"retention:{rule.pk}",
        category=rule.category_id,
        outcome=rule.outcome,
        months=rule.months,
    )
