"""Draft and publish versions of questionnaires: whoever wrote at one does not publish it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from common.errors import KEPT, RuleError
from ledger import actions as ledger
from ledger.actions import Act
from ledger.rules import Fact
from ledger.verbs import Verb
from people.access import require
from people.models import Person
from questionnaires import lifecycle
from questionnaires.access import KEEPERS
from questionnaires.lifecycle import Move
from questionnaires.models import FormVersion, Questionnaire, meets
from questionnaires.parts import offer
from questionnaires.rules import Flaw, Section, Sheet, flaws
from questionnaires.rules.editing import Edit


@transaction.atomic
def make_form(*, code: str, name: str, by: Person, now: datetime) -> FormVersion:
    """Make a questionnaire that nobody is asked yet, with an empty draft."""
    require(by, *KEEPERS)
    if not name.strip():
        msg = f"Give the questionnaire a name. {KEPT}"
        raise RuleError(msg)
    form, is_new = Questionnaire.objects.get_or_create(code=code, defaults={"name": name.strip()})
    if not is_new:
        msg = f"There is a questionnaire “{code}” already: {form.name}. {KEPT}"
        raise RuleError(msg)
    return _drafted(form, Sheet(sections=(Section(form.name),)), by=by, now=now)


@transaction.atomic
def draft_form(form: Questionnaire, *, by: Person, now: datetime) -> FormVersion:
    """Begin the next version of a questionnaire, with what the newest published one asks."""
    require(by, *KEEPERS)
    form = _held_form(form)
    newest = form.versions.published().order_by("-n").first()
    return _drafted(form, newest.sheet if newest else Sheet(), by=by, now=now)


def _drafted(form: Questionnaire, sheet: Sheet, *, by: Person, now: datetime) -> FormVersion:
    last: int | None = form.versions.aggregate(last=Max("n"))["last"]
    version = FormVersion(
        questionnaire=form, n=(last or 0) + 1, made_by=by, made_at=now, hands=[by.pk]
    )
    version.write(sheet)
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError:
        msg = "There is a draft already. Go on with that one, or discard it. Nothing was changed."
        raise RuleError(msg) from None
    _record(Verb.FORM_DRAFTED, version, by=by, now=now)
    return version


@transaction.atomic
def change_form(
    version: FormVersion, *, edit: Edit, what: str, seen: str, by: Person, now: datetime
) -> None:
    """Change a draft by a pure function of what it says.

    `what` is the code of the change, for the record. `seen` is the mark of what whoever changes it
    saw (`FormVersion.mark`): what somebody else wrote meanwhile is not written over.
    """
    require(by, *KEEPERS)
    version = _held(version)
    lifecycle.after(version.state, Move.CHANGE)
    _require_seen(version, seen)
    version.write(edit(version.sheet))
    version.hands = list(dict.fromkeys([*version.hands, by.pk]))
    version.save(update_fields=["kind", "categories", "language", "sections", "hands"])
    _record(Verb.FORM_CHANGED, version, by=by, now=now, what=what)


@transaction.atomic
def publish_form(version: FormVersion, *, seen: str, by: Person, now: datetime) -> None:
    """Publish what others drafted: it is asked from now on; a draft that was begun keeps its own.

    `seen` is the mark of what whoever publishes read.
    """
    require(by, *KEEPERS)
    # one at a time: two that are published at once must not be asked of the same
    list(Questionnaire.objects.select_for_update(of=("self",)).order_by("pk"))
    form = _held_form(version.questionnaire)
    version = _held(version)
    state = lifecycle.after(version.state, Move.PUBLISH)
    if by.pk in version.hands:
        msg = (
            "You wrote at this version, so another administrator or the head of the office "
            "publishes it. Nothing was changed."
        )
        raise RuleError(msg)
    _require_seen(version, seen)
    if found := flaws_of(version):
        more = f" {len(found) - 1} more stand beside the draft." if len(found) > 1 else ""
        msg = f"{found[0].says}{more} Nothing was published."
        raise RuleError(msg)
    other = meets(version, FormVersion.objects.newest().exclude(questionnaire=form))
    if other is not None:
        msg = (
            f"“{other.questionnaire}” is asked of the same already. Retire it, or change of whom "
            "one of the two is asked. Nothing was published."
        )
        raise RuleError(msg)
    version.state, version.published_by, version.published_at = state, by, now
    version.save(update_fields=["state", "published_by", "published_at"])
    _record(Verb.FORM_PUBLISHED, version, by=by, now=now)


@transaction.atomic
def discard_form(version: FormVersion, *, by: Person, now: datetime) -> None:
    """Give a draft up; what it said stays on record."""
    require(by, *KEEPERS)
    version = _held(version)
    version.state = lifecycle.after(version.state, Move.DISCARD)
    version.save(update_fields=["state"])
    _record(Verb.FORM_DISCARDED, version, by=by, now=now)


@transaction.atomic
def retire_form(form: Questionnaire, *, by: Person, now: datetime) -> None:
    """Ask a questionnaire of nobody any more; whoever began with it goes on with it."""
    require(by, *KEEPERS)
    form = _held_form(form)
    last = form.versions.published().order_by("-n").first()
    if last is None:
        msg = "Nothing of it was published, so nobody is asked it. Discard its draft instead."
        raise RuleError(msg)
    if form.versions.filter(state=lifecycle.State.DRAFT).exists():
        msg = "A version is drafted. Discard it first. Nothing was changed."
        raise RuleError(msg)
    form.retired_at, form.retired_by = now, by
    form.save(update_fields=["retired_at", "retired_by"])
    _record(Verb.FORM_RETIRED, last, by=by, now=now)


def flaws_of(version: FormVersion) -> list[Flaw]:
    """Return all that is wrong with a version, as things are now."""
    offered = offer()
    return flaws(
        version.sheet,
        kinds=[code for code, _ in offered.kinds],
        categories=[code for code, _ in offered.categories],
    )


def _held_form(form: Questionnaire) -> Questionnaire:
    """Return a questionnaire that was not retired, held until the commit."""
    form = Questionnaire.objects.select_for_update(of=("self",)).get(pk=form.pk)
    if form.retired_at is not None:
        msg = f"“{form}” was retired, so nothing of it changes. Nothing was changed."
        raise RuleError(msg)
    return form


def _held(version: FormVersion) -> FormVersion:
    held = FormVersion.objects.select_for_update(of=("self",)).select_related("questionnaire")
    return held.get(pk=version.pk)


def _require_seen(version: FormVersion, seen: str) -> None:
    if seen != version.mark:
        msg = (
            f"Somebody else changed this draft while you looked at it. {KEPT} Read it as it is "
            "now, then send yours again if it still fits."
        )
        raise RuleError(msg)


def _record(verb: Verb, version: FormVersion, *, by: Person, now: datetime, **facts: Fact) -> None:
    subject = version.questionnaire.subject
    told: dict[str, Fact] = {"version": version.n, **facts}
    ledger.record_all([Act(verb, by.actor, now, subject, facts=told)])
