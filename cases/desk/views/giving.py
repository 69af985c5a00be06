"""What is said once several concerns were given: who has what, and what was not given and why."""

from collections.abc import Iterable, Sequence

from cases.actions.assigning import Outcome
from people.models import Person

# the same of what is hidden, of what is triaged, and of what never was
GONE = "It does not wait for triage any more, or is not there."


def given(done: Iterable[Outcome], by: Person) -> list[str]:
    """Return, for each person who was given something, what they look after."""
    kept: dict[Person, list[str]] = {}
    for one in done:
        if one.to is not None:
            kept.setdefault(one.to, []).append(one.concern.ref)
    return [_said(to, refs, by) for to, refs in kept.items()]


def _said(to: Person, refs: Sequence[str], by: Person) -> str:
    who = "You look" if to == by else f"{to.name} looks"
    what = refs[0] if len(refs) == 1 else f"{len(refs)} concerns"
    return f"{who} after {what} now."


def refused(done: Sequence[Outcome], picked: Iterable[str]) -> dict[str, str]:
    """Return what was not given, by reference: one sentence with the reference and the reason."""
    why = {
        one.concern.ref: one.refused.removesuffix(" Nothing was changed.")
        for one in done
        if one.refused
    }
    known = {one.concern.ref for one in done}
    why |= {ref: GONE for ref in picked if ref not in known}
    return {ref: f"{ref} was not given. {said}" for ref, said in why.items()}
