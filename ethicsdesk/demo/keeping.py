"""Play what the office does about what it has kept for long: terms, a hold, disposals, erasures."""

from datetime import datetime, timedelta

from ethicsdesk.demo.organisation import Organisation
from people.models import Person
from retention import access, actions
from retention.access import Kept
from retention.lifecycle import Ground, HoldGround, Outcome
from retention.models import Disposal, Rule

ADMINISTRATOR, HEAD, INDEPENDENT = "marek.kowalczyk", "amara.okafor", "henrik.dahl"
SHORTER = (Outcome.NOT_UPHELD, 21, "Unfounded: no longer than necessary (EU 2019/1937 art. 18)")
LONGER = (Outcome.UPHELD, 60, "D.Lgs. 24/2023 art. 14: 5 years after the final outcome")
BEYOND = (Outcome.OUT_OF_SCOPE, 20, "Advice: two reviews of the policy, then no longer")
WANTED = (Outcome.WITHDRAWN, 6, "GDPR art. 5(1)(c): nothing of it is needed")
# how many of what is due are erased, approved, proposed and held; the others are due
ERASED, APPROVED, PROPOSED, HELD = 2, 1, 2, 1


def play(made: Organisation, *, now: datetime) -> None:
    """Set terms, then propose, approve and hold some of what is due, and approve two erasures."""
    people, ago = made.people, now - timedelta(days=40)
    _set_terms(people, now=ago)
    due = _due(people[HEAD], now=now - timedelta(days=20))
    erased, rest = due[:ERASED], due[ERASED:]
    approved, rest = rest[:APPROVED], rest[APPROVED:]
    proposed, rest = rest[:PROPOSED], rest[PROPOSED:]
    _decide(people, erased, now=now - timedelta(days=20))
    _decide(people, approved, now=now - timedelta(days=2))
    actions.propose(proposed, ground=Ground.TIME_OVER, by=people[HEAD], now=now - timedelta(days=1))
    for kept in rest[:HELD]:
        actions.place_hold(
            kept,
            ground=HoldGround.LITIGATION,
            reason="The client's lawyer wrote. Keep everything until the court has spoken.",
            by=people[HEAD],
            now=now - timedelta(days=9),
        )


def _set_terms(people: dict[str, Person], *, now: datetime) -> None:
    for outcome, months, law in (SHORTER, LONGER, BEYOND, WANTED):
        rule = actions.set_rule(
            category=None,
            outcome=outcome,
            months=months,
            law=law,
            by=people[ADMINISTRATOR],
            now=now,
        )
        if (outcome, months, law) == SHORTER:
            actions.confirm_rule(rule.pk, by=people[HEAD], now=now + timedelta(hours=3))


def _due(head: Person, *, now: datetime) -> list[Kept]:
    """Return the cases that are due, those first that have been so for longest."""
    schedule = Rule.objects.schedule()
    return [Kept(case) for case in access.due_cases(head, schedule, now=now)]


def _decide(people: dict[str, Person], things: list[Kept], *, now: datetime) -> list[Disposal]:
    if not things:
        return []
    rows = actions.propose(things, ground=Ground.TIME_OVER, by=people[HEAD], now=now)
    ids = [row.pk for row in rows]
    return actions.approve(ids, by=people[INDEPENDENT], now=now + timedelta(hours=5))
