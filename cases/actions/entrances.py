"""Open, change and close the entrances that are given to people outside."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cases import rules
from cases.models import Entrance
from common.errors import KEPT, RuleError
from ledger import actions as ledger
from ledger.verbs import Verb
from people.access import require
from people.models import Person
from questionnaires.access import KEEPERS
from questionnaires.models import Questionnaire


@dataclass(frozen=True)
class Words:
    """What an entrance says, in which language (BCP 47), and the questionnaire it asks."""

    title: str
    intro: str = ""
    language: str = "en"
    questionnaire: Questionnaire | None = None


@transaction.atomic
def open_entrance(*, words: Words, by: Person, now: datetime) -> Entrance:
    """Open an entrance at an address of its own."""
    require(by, *KEEPERS)
    entrance = Entrance(code=rules.new_entrance_code(), opened_by=by, opened_at=now)
    _write(entrance, words)
    entrance.save(force_insert=True)
    _record(Verb.ENTRANCE_OPENED, entrance, by=by, now=now)
    return entrance


@transaction.atomic
def change_entrance(entrance: Entrance, *, words: Words, by: Person, now: datetime) -> None:
    """Change what an entrance says or asks; what was begun goes on with what it was asked."""
    require(by, *KEEPERS)
    entrance = _held(entrance)
    _write(entrance, words)
    entrance.save(update_fields=["title", "intro", "language", "questionnaire"])
    _record(Verb.ENTRANCE_CHANGED, entrance, by=by, now=now)


@transaction.atomic
def close_entrance(entrance: Entrance, *, by: Person, now: datetime) -> None:
    """Close an entrance: its address shows the first page of everybody from now on."""
    require(by, *KEEPERS)
    entrance = _held(entrance)
    if entrance.closed_at is not None:
        msg = "It is closed already. Nothing was changed."
        raise RuleError(msg)
    entrance.closed_at = now
    entrance.save(update_fields=["closed_at"])
    _record(Verb.ENTRANCE_CLOSED, entrance, by=by, now=now)


@transaction.atomic
def open_again(entrance: Entrance, *, by: Person, now: datetime) -> None:
    """Open an entrance that was closed, at the address it had."""
    require(by, *KEEPERS)
    entrance = _held(entrance)
    if entrance.closed_at is None:
        msg = "It is open already. Nothing was changed."
        raise RuleError(msg)
    entrance.closed_at = None
    entrance.save(update_fields=["closed_at"])
    _record(Verb.ENTRANCE_OPENED, entrance, by=by, now=now)


def _held(entrance: Entrance) -> Entrance:
    return Entrance.objects.select_for_update(of=("self",)).get(pk=entrance.pk)


def _write(entrance: Entrance, words: Words) -> None:
    if not words.title.strip():
        msg = f"Give the entrance a heading. {KEPT}"
        raise RuleError(msg)
    entrance.title, entrance.intro = words.title.strip(), words.intro.strip()
    entrance.language, entrance.questionnaire = words.language, words.questionnaire


def _record(verb: Verb, entrance: Entrance, *, by: Person, now: datetime) -> None:
    ledger.record(verb, by=by.actor, at=now, subject=entrance.subject)
