"""What deciding on what another person made asks for: who, and that they can read it first."""

from collections.abc import Iterable
from datetime import datetime

from cases import access
from cases.actions import identities
from cases.actions.places import give_place
from cases.lifecycle import Function
from cases.models import Case, Concern, Member
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import actions as safes


def let_decide(
    case: Case, concerns: Iterable[Concern], person: Person, *, by: Person, now: datetime
) -> None:
    """Let somebody read what they decide on; the independent come to approve, the head sees it."""
    if access.member_of(person, case) is not None:
        return
    if not safes.activate(case.safe, person):
        safes.miss(case.safe, [person], now=now)
    identities.keep_apart(concerns, [person])
    how = "decides"
    if not person.holds(Role.HEAD):
        how = "added"
        give_place(case, person, Function.APPROVER, now=now)
    ledger.record(Verb.CASE_ASSIGNED, by=by.actor, at=now, subject=f"case:{case.pk}", how=how)


def require_another(author: Person, by: Person, *, did: str, kept: str) -> None:
    """Refuse whoever decides on what they made themselves; `kept` says what was not done."""
    if author == by:
        msg = f"You {did}, so another person decides. {kept}"
        raise RuleError(msg)


def require_on_it(of: Case | Concern, author: Person, *, did: str, again: str, kept: str) -> None:
    """Refuse what somebody made who left the case, or the concern before it, since.

    Nothing goes on, and nobody is told anything, in the name of whoever is not on it any more.
    """
    case = of if isinstance(of, Case) else of.case
    if case is None:
        is_on_it = isinstance(of, Concern) and access.is_let_in(author, of)
    else:
        is_on_it = Member.objects.current().filter(case=case, person=author).exists()
    if not is_on_it:
        msg = (
            f"Whoever {did} does not work on it any more. Send it back, so that somebody else "
            f"{again}. {kept}"
        )
        raise RuleError(msg)
