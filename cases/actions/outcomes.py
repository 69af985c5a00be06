"""Sign what follows from what was found, beside what followed earlier: a person decides."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from cases import access
from cases.actions.held import KEPT, held_open, seal
from cases.lifecycle.outcomes import DEPARTS, HAS_CONSEQUENCES, ForOrganisation, ForSubject
from cases.models import Case, Found, Outcome
from cases.rules.outcomes import lies
from common.errors import RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes.rules import Opener

# the sealed words: why it follows, and why it departs from what is usual
BECAUSE, DEPARTURE = "because", "departs"


@transaction.atomic
def sign_outcome(  # noqa: PLR0913 - an outcome is what it is
    found: Found,
    *,
    by: Person,
    subject: Collection[ForSubject],
    organisation: Collection[ForOrganisation],
    because: str,
    departs: str,
    now: datetime,
    opener: Opener | None = None,
) -> Outcome:
    """Sign what follows from a finding, for whom it is about and for the organisation.

    Where that is milder or harsher than usual for its category and severity, among the earlier
    cases that `by` may see, `departs` says why. It is kept as well where it need not be
    said, so that words there tell nobody how many cases whoever signed could see. It counts once
    the case is closed, by two.
    """
    case = held_open(found.case, by)
    latest = case.findings.filter(allegation=found.allegation_id).latest("n")
    if latest.pk != found.pk:
        msg = f"Something else was found of it since. Look at it again. {KEPT}"
        raise RuleError(msg)
    if found.finding not in HAS_CONSEQUENCES:
        msg = f"Nothing was found of it from which something follows. {KEPT}"
        raise RuleError(msg)
    _require_whole(subject, organisation, because)
    category = found.allegation.category_id
    usual = access.usual_for(by, case, [category])[category]
    where = lies(sorted(subject), usual)
    if where in DEPARTS and not departs.strip():
        msg = f"This is {where.label.lower()}. Say why it differs from earlier cases. {KEPT}"
        raise RuleError(msg)
    last = Outcome.objects.filter(found=found).aggregate(last=Max("n"))["last"] or 0
    outcome = Outcome(
        id=uuid4(),
        case=case,
        found=found,
        n=last + 1,
        category_id=category,
        subject=[one.value for one in ForSubject if one in subject],
        organisation=[one.value for one in ForOrganisation if one in organisation],
        lies=where,
        among=usual.number,
        by=by,
        at=now,
    )
    outcome.save(force_insert=True)
    words = {BECAUSE: because, DEPARTURE: departs}
    seal(case, outcome.pk, words, opener=opener)
    ledger.record(
        Verb.OUTCOME_SIGNED, by=by.actor, at=now, subject=f"case:{case.pk}", lies=where.value
    )
    return outcome


def code_consequences(case: Case, *, by: Person, now: datetime) -> None:
    """Code what follows from a case, a fact a consequence, inside the act that closes it."""
    for outcome in case.outcomes.counting().order_by("found__allegation__n"):
        follows = [("subject", one) for one in outcome.subject]
        follows += [("organisation", one) for one in outcome.organisation]
        for whom, what in follows:
            ledger.record(
                Verb.CONSEQUENCE_CODED,
                by=by.actor,
                at=now,
                subject=f"case:{case.pk}",
                whom=whom,
                consequence=what,
            )


def _require_whole(
    subject: Collection[ForSubject], organisation: Collection[ForOrganisation], because: str
) -> None:
    if not subject or not organisation:
        msg = f"Say what follows for both, or that nothing does. {KEPT}"
        raise RuleError(msg)
    is_torn = (ForSubject.NONE in subject and len(subject) > 1) or (
        ForOrganisation.NONE in organisation and len(organisation) > 1
    )
    if is_torn:
        msg = f"Choose “Nothing” by itself, or what follows. {KEPT}"
        raise RuleError(msg)
    if not because.strip():
        msg = f"Say why this follows. {KEPT}"
        raise RuleError(msg)
