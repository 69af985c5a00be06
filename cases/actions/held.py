"""What the acts on a case begin and end with: it is held, and words are sealed to it."""

from collections.abc import Mapping
from uuid import UUID

from cases import access, rules
from cases.lifecycle import Area, CaseStatus
from cases.models import Case
from common.errors import KEPT, RuleError
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.models import Safe
from safes.rules import Opener

__all__ = ["KEPT", "held_open", "seal", "seal_in"]


def held_open(case: Case, by: Person, *, area: Area = Area.CORE) -> Case:
    """Return a case that is worked on, held until the commit, or refuse whoever is not on it."""
    case = Case.objects.locked(case.pk)
    access.require(by, case, area)
    if case.status == CaseStatus.CLOSED:
        msg = f"This case is closed. Reopen it first, under “Closing”. {KEPT}"
        raise RuleError(msg)
    return case


def seal(
    case: Case,
    row: UUID,
    words: Mapping[str, str],
    *,
    opener: Opener | None,
    area: Area = Area.CORE,
) -> None:
    """Seal what somebody wrote to a case; what is empty is left out."""
    seal_in(access.safe_of(case, area), row, words, opener=opener)


def seal_in(safe: Safe, row: UUID, words: Mapping[str, str], *, opener: Opener | None) -> None:
    """Seal what somebody wrote to a safe, of a case or of a concern before it."""
    written = {field: text.strip() for field, text in words.items() if text.strip()}
    if any(len(text) > rules.NARRATIVE_MAX for text in written.values()):
        msg = f"This is longer than {rules.NARRATIVE_MAX} characters. {KEPT}"
        raise RuleError(msg)
    items = {field: text.encode() for field, text in written.items()}
    safes.add(safe, row=row, items=items, key=opening.key_of(opener, safe))
