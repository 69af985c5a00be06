"""Who reads what is to be told before it goes, and whom a text names who must not be named."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied

from cases import rules
from cases.access.areas import require_deed
from cases.access.closing import may_decide, may_end
from cases.access.gate import can_answer, require_can_answer, require_visible
from cases.access.names import called
from cases.access.persons import may_do
from cases.access.readers import readers_of
from cases.lifecycle import APPROVALS, Area, Deed, Mode, TaskKind
from cases.models import Case, Concern, Party, Task
from common.errors import RuleError
from people.models import Person
from safes import access as opening
from safes.rules import Opener


class NamedOne(NamedTuple):
    """Somebody whom a text names: by which key they are known, and how the question says it."""

    key: UUID
    label: str


class NamesOthersError(RuleError):
    """A text names somebody whom it may be wrong to name: whoever tells it is asked first."""

    def __init__(self, named: Sequence[NamedOne]) -> None:
        """Say whom it names."""
        told = ", ".join(one.label for one in named)
        msg = (
            f"The text names {told}. Nothing was sent. Take the name out, or tick below that they "
            "may know it."
        )
        super().__init__(msg)
        self.named = list(named)


def require_telling(person: Person, of: Case | Concern) -> None:
    """Refuse whoever may not tell anybody anything of a case, or of a concern before it."""
    if isinstance(of, Case):
        require_deed(person, of, Deed.TELL)
    elif of.case is not None:
        require_deed(person, of.case, Deed.TELL)
    else:
        require_visible(person, of)
        require_can_answer(person, of)


def may_read_before(of: Case | Concern, asker: Person | None) -> list[Person]:
    """Return who could read what is to be told: as for a closing; before a case who reads it."""
    if isinstance(of, Case):
        return may_decide(of, asker)
    if of.case is not None:
        return may_decide(of.case, asker)
    try:
        found = readers_of(of).active
    except RuleError:
        return []
    return [one for one in found if one != asker and one.may_sign_in and can_answer(one, of)]


# tasks of which whoever does them has to see more than the case itself
AREAS = {TaskKind.CHECK_IN: Area.SUPPORT, TaskKind.TELL: Area.CONCERNS}


def may_take(task: Task) -> list[Person]:
    """Return to whom a task can be handed: to decide on something, to another than who asked."""
    if task.kind in APPROVALS:
        return may_read_before(task.about, task.opened_by)
    return may_do(task.about, AREAS.get(TaskKind(task.kind)))


def require_reading_before(person: Person, of: Case | Concern) -> None:
    """Refuse whoever may not decide on what is to be told."""
    case = of if isinstance(of, Case) else of.case
    if case is None and isinstance(of, Concern):
        require_visible(person, of)
        require_can_answer(person, of)
    elif case is None or not may_end(person, case):
        msg = "This is for the team of the case, and for the head."
        raise PermissionDenied(msg)


def named_beside(text: str, party: Party, script: str, opener: Opener | None) -> list[NamedOne]:
    """Return whom a text to a party names: other parties, reporters, colleagues not on the case.

    Of parties and reporters a word of their name is enough that is written like one and does not
    stand in the script; of everybody who works here the full name. It opens what the parties and
    reporters are called, and refuses where it cannot.
    """
    case = party.case
    others = [one for one in case.parties.order_by("added_at", "pk") if one.pk != party.pk]
    reporters = list(case.concerns.filter(mode=Mode.NAMED).order_by("filed_on", "ref"))
    places = [(one.pk, "name") for one in others] + [(one.pk, "reporter") for one in reporters]
    names = opening.open_texts(opener, places)
    if len(names) < len(places):
        msg = (
            "The names of the others in this case do not open for you now, so nobody can look "
            "whether the text names one of them. Nothing was sent; what you entered is kept."
        )
        raise RuleError(msg)
    numbers = {pk: n for n, pk in enumerate(_in_order(case), 1)}
    words = set(rules.like_names([text])) - set(rules.like_names([script]))
    told = [
        (one.pk, f"party {numbers[one.pk]} of this case", names[one.pk, "name"]) for one in others
    ]
    told += [
        (one.pk, "whoever told it", str(json.loads(names[one.pk, "reporter"])["name"]))
        for one in reporters
    ]
    found = [NamedOne(pk, label) for pk, label, name in told if _is_named(name, words)]
    team = set(case.members.filter(left_at=None).values_list("person", flat=True))
    staff = (one for one in called(text) if one.pk not in team)
    return [*found, *(NamedOne(one.pk, one.name) for one in staff)]


def _in_order(case: Case) -> Iterable[UUID]:
    return case.parties.order_by("added_at", "pk").values_list("pk", flat=True)


def _is_named(name: str, words: set[str]) -> bool:
    return not words.isdisjoint(rules.like_names([name]))
