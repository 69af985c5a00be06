"""Keep the catalogue of scripts: one person proposes a version, another publishes it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from common.errors import KEPT, RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from policies import access
from policies.models import Script
from policies.models.scripts import TEXT_MAX
from policies.rules.scripts import BY_TWO, Approval, Audience, Milestone, flaws


@dataclass(frozen=True)
class Wording:
    """What a version of a script says, at which milestone, to whom, and who approves it."""

    audience: Audience
    milestone: Milestone
    text: str
    approval: Approval
    language: str = "en"
    is_offered: bool = True

    @property
    def code(self) -> str:
        """Return by which address it is known."""
        return f"{self.audience}-{self.milestone}-{self.language}".lower()


@transaction.atomic
def propose_script(*, wording: Wording, by: Person, now: datetime) -> Script:
    """Propose a version of a script; until it is published nothing changes.

    One that is not to be offered any more is proposed as a version that says so.
    """
    access.require_keeping(by)
    text = "\n".join(wording.text.split("\r\n")).strip()
    if not text or len(text) > TEXT_MAX:
        msg = f"Write the text, in no more than {TEXT_MAX} characters. {KEPT}"
        raise RuleError(msg)
    if wrong := list(flaws(text, wording.audience)):
        raise RuleError(" ".join([*wrong, KEPT]))
    if wording.milestone in BY_TWO and wording.approval != Approval.ALWAYS:
        msg = f"What came of it is always read by another person before it goes. {KEPT}"
        raise RuleError(msg)
    versions = Script.objects.filter(code=wording.code)
    newest = Script.objects.newest().filter(code=wording.code).first()
    said = (text, wording.approval.value, wording.is_offered)
    if newest is not None and (newest.text, newest.approval, newest.is_offered) == said:
        msg = "It says so already. Nothing was changed."
        raise RuleError(msg)
    draft = Script(
        code=wording.code,
        n=(versions.aggregate(last=Max("n"))["last"] or 0) + 1,
        audience=wording.audience,
        milestone=wording.milestone,
        language=wording.language,
        position=list(Milestone).index(wording.milestone),
        text=text,
        approval=wording.approval,
        is_offered=wording.is_offered,
        made_by=by,
        made_at=now,
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        msg = f"A version of this waits for a second person. Let it be decided first. {KEPT}"
        raise RuleError(msg) from None
    _record(Verb.SCRIPT_PROPOSED, draft, by=by, now=now)
    return draft


@transaction.atomic
def publish_script(draft: Script, *, by: Person, now: datetime) -> Script:
    """Let a version count that another person proposed."""
    draft = _held(draft, by)
    if draft.made_by_id == by.pk:
        msg = "You proposed this, so somebody else publishes it. Nothing was changed."
        raise RuleError(msg)
    return _decide(draft, Script.State.PUBLISHED, Verb.SCRIPT_PUBLISHED, by=by, now=now)


@transaction.atomic
def drop_script(draft: Script, *, by: Person, now: datetime) -> Script:
    """Let a proposed version be: whoever proposed it, or whoever was to publish it."""
    draft = _held(draft, by)
    return _decide(draft, Script.State.DROPPED, Verb.SCRIPT_DROPPED, by=by, now=now)


def _held(draft: Script, by: Person) -> Script:
    access.require_keeping(by)
    draft = Script.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.state != Script.State.PROPOSED:
        msg = f"This is {draft.get_state_display().lower()} by now. Nothing was changed."
        raise RuleError(msg)
    return draft


def _decide(draft: Script, state: Script.State, verb: Verb, *, by: Person, now: datetime) -> Script:
    draft.state, draft.decided_by, draft.decided_at = state, by, now
    draft.save(update_fields=["state", "decided_by", "decided_at"])
    _record(verb, draft, by=by, now=now)
    return draft


def _record(verb: Verb, draft: Script, *, by: Person, now: datetime) -> None:
    subject = f"script:{draft.code}"
    ledger.record(verb, by=by.actor, at=now, subject=subject, version=draft.n)
