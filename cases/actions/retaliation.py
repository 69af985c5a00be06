"""A sign of retaliation opens a case of its own at once, linked to the one that it pays for."""

from datetime import datetime

from cases import access, notices
from cases.actions.compartments import keep_to
from cases.actions.links import tie
from cases.actions.notes import sign_note
from cases.actions.splitting import copy_party, open_beside
from cases.lifecycle import Level, PartyRole
from cases.lifecycle.links import LinkKind
from cases.lifecycle.tracks import Track
from cases.models import Case, Category, Concern, Member, Note, Party
from cases.rules import summary_of
from common import days
from ledger import actions as ledger
from people.models import Person
from people.rules import Role
from safes import access as opening
from safes.rules import Opener

# what a site calls this, where it has it among its categories
CATEGORY = "retaliation"
WHY = "Somebody who is protected there said that something has happened to them since."


def category_of_signs(otherwise: Category) -> Category:
    """Return the site's category for retaliation, or that of the matter where it has none."""
    return Category.objects.filter(code=CATEGORY, is_active=True).first() or otherwise


def open_linked(
    case: Case,
    of: Concern | Party,
    *,
    by: Person,
    words: str,
    in_danger: bool,
    now: datetime,
    opener: Opener | None = None,
) -> Case:
    """Open the linked case, inside the act that records the sign; its clocks run from now.

    The same walls stand around it, so whoever is kept from the first never comes near it. Whom the
    first is about, it is about as well; a party who was made to pay is affected in it. A reporter
    keeps the one receipt, and is not written down by name.
    """
    walls = list(case.walls.all())
    first = of if isinstance(of, Concern) else None
    fresh = open_beside(
        case, walls, category_of_signs(case.category), summary_of(words),
        by=by, lead=_lead(case, by, now), now=now, of=first,
        as_if=Case(
            urgency=Level.DANGER if in_danger else max(case.urgency, Level.HIGH),
            severity=max(case.severity, Level.HIGH),
            track=Track.INVESTIGATION,
        ),
    )  # fmt: skip
    sign_note(fresh, by=by, kind=Note.Kind.NOTE, text=words, now=now, opener=opener)
    _copy_parties(case, of, fresh, by=by, opener=opener, now=now)
    if opener is not None and fresh.lead != by:
        # what is filed of it later is not for whoever sees a part of the first alone
        place = Member.objects.current().get(case=fresh, person=by)
        keep_to(fresh, [], by, place.areas, opener=opener, now=now)
    tie(fresh, case, kind=LinkKind.RETALIATION, by=by, reason=WHY, now=now, opener=opener)
    if fresh.lead != by:
        ledger.post(notices.handed_over(fresh.ref, fresh.lead, now=now))
    return fresh


def _lead(case: Case, by: Person, now: datetime) -> Person:
    """Return who leads it: whoever leads the first, or who recorded the sign where they are away.

    Nobody's absence stands against opening it.
    """
    able = Person.objects.holding(Role.OFFICER, Role.INDEPENDENT)
    likely = [one for one in (case.lead, by) if one in set(able)]
    return next(iter([*access.here(likely, days.day_of(now)), *likely]), case.lead)


def _copy_parties(
    case: Case,
    of: Concern | Party,
    fresh: Case,
    *,
    by: Person,
    opener: Opener | None,
    now: datetime,
) -> None:
    """Write down whom it is about, and who was made to pay, as far as their names open."""
    parties = list(case.parties.standing().filter(role=PartyRole.SUBJECT))
    if isinstance(of, Party):
        parties.append(of)
    names = opening.open_texts(opener, [(one.pk, "name") for one in parties])
    for party in parties:
        if (party.pk, "name") in names and opener is not None:
            role = PartyRole.AFFECTED if party == of else PartyRole.SUBJECT
            copy_party(party, fresh, by=by, opener=opener, now=now, role=role)
