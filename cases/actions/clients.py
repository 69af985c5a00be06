"""Name the client that a concern is about, and keep a red flag on one."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from cases import access, duties, rules
from cases.actions.tasks import TODO
from cases.lifecycle import WORKED_ON, Area, CaseStatus, TaskKind
from cases.models import Case, ClientLink, Concern, RedFlag
from common import days
from common.errors import RuleError
from escalation.rules import Limit
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from safes import access as opening
from safes import actions as safes
from safes.rules import Opener

# the sealed name of a client, and why a flag is kept
CLIENT, WHY = "client", "flag"
LONGEST_NAME = 120
# how often a red flag is reviewed
EVERY = Limit(months=6)


@transaction.atomic
def name_client(
    concern: Concern, *, by: Person, name: str, now: datetime, opener: Opener | None = None
) -> ClientLink:
    """Say which client a concern is about, by name or number; it is sealed to the concern."""
    concern = _held(concern, by)
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        msg = f"This is longer than {LONGEST_NAME} characters. Nothing was changed."
        raise RuleError(msg)
    if not any(sign.isalnum() for sign in name):
        msg = "Write the client's name or number. Nothing was changed."
        raise RuleError(msg)
    blind = rules.client_index(name)
    if concern.clients.filter(blind=blind, taken_back_at=None).exists():
        msg = "This client is named here already. Nothing was changed."
        raise RuleError(msg)
    link = ClientLink(
        id=uuid4(),
        concern=concern,
        blind=blind,
        filed_on=concern.filed_on or days.day_of(now),
        by=by,
        at=now,
    )
    link.save(force_insert=True)
    key = opening.key_of(opener, concern.safe)
    safes.add(concern.safe, row=link.pk, items={CLIENT: name.encode()}, key=key)
    ledger.record(Verb.CLIENT_NAMED, by=by.actor, at=now, subject=concern.subject)
    return link


@transaction.atomic
def take_client_back(link: ClientLink, *, by: Person, now: datetime) -> ClientLink:
    """Take back that a concern is about a client: it was a slip."""
    concern = _held(link.concern, by)
    link = ClientLink.objects.select_for_update().get(pk=link.pk)
    if link.taken_back_at is not None:
        msg = "This was taken back already. Nothing was changed."
        raise RuleError(msg)
    named = ClientLink.objects.filter(concern__case=concern.case_id, blind=link.blind)
    flags = RedFlag.objects.filter(case=concern.case_id, blind=link.blind, lifted_at=None)
    is_last = not named.filter(taken_back_at=None).exclude(pk=link.pk).exists()
    if concern.case_id is not None and is_last and flags.exists():
        msg = "A red flag is kept on this client. Lift it first, under “Clients” of the case. "
        raise RuleError(msg + "Nothing was changed.")
    link.taken_back_at = now
    link.save(update_fields=["taken_back_at"])
    ledger.record(Verb.CLIENT_TAKEN_BACK, by=by.actor, at=now, subject=concern.subject)
    return link


@transaction.atomic
def keep_flag(
    case: Case,
    link: ClientLink,
    *,
    by: Person,
    words: str,
    now: datetime,
    opener: Opener | None = None,
) -> RedFlag:
    """Keep a red flag on a client of a case; its lead reviews it every six months.

    It is lifted by cancelling the review, with the reason.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, case, Area.CORE)
    if case.status == CaseStatus.CLOSED:
        msg = "This case is closed, so nothing new is opened on it. Nothing was changed."
        raise RuleError(msg)
    if link.taken_back_at is not None or link.concern.case_id != case.pk:
        msg = "This client is not named in this case any more. Nothing was changed."
        raise RuleError(msg)
    if not words.strip():
        msg = "Write what the red flag is kept for. Nothing was changed."
        raise RuleError(msg)
    if len(words) > rules.NARRATIVE_MAX:
        msg = f"This is longer than {rules.NARRATIVE_MAX} characters. Nothing was changed."
        raise RuleError(msg)
    if case.red_flags.filter(blind=link.blind, lifted_at=None).exists():
        msg = "A red flag is kept on this client here already. Nothing was changed."
        raise RuleError(msg)
    review = duties.open_task(
        case,
        kind=TaskKind.FLAG_REVIEW,
        assignee=case.lead,
        by=by,
        limit=EVERY,
        every=EVERY,
        now=now,
    )
    flag = RedFlag(id=uuid4(), case=case, blind=link.blind, review=review, by=by, at=now)
    flag.save(force_insert=True)
    safe = access.safe_of(case, Area.CORE)
    key = opening.key_of(opener, safe)
    safes.add(safe, row=flag.pk, items={WHY: words.encode()}, key=key)
    where = (link.pk, CLIENT)
    name = opening.open_texts(opener, [where]).get(where, "a client whose name is sealed")
    todo = f"Is the red flag still needed: {name}? Cancelling this lifts it."
    safes.add(review.safe, row=review.pk, items={TODO: todo.encode()}, key=key)
    ledger.record(Verb.FLAG_KEPT, by=by.actor, at=now, subject=f"case:{case.pk}")
    return flag


def _held(concern: Concern, by: Person) -> Concern:
    """Return a concern, held after its case, on which somebody works; or refuse."""
    access.require_visible(by, concern)
    access.require_can_answer(by, concern)
    held = Concern.objects.locked_after_its_case(concern.pk)
    if held.status not in WORKED_ON:
        msg = "This concern is closed, so it stays as it is. Nothing was changed."
        raise RuleError(msg)
    return held
