"""Northmoor with its past, in one transaction: all of it is there, or nothing."""

import random
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from audits import actions as audits
from ethicsdesk.demo import (
    bundles,
    calendars,
    choosing,
    entrances,
    joining,
    keeping,
    organisation,
    questionnaires,
    reading,
)
from ethicsdesk.demo.history import plans
from ethicsdesk.demo.organisation import Organisation
from ethicsdesk.demo.people import UNITS
from ethicsdesk.demo.policies import Edition
from ethicsdesk.demo.stage import Stage
from ethicsdesk.demo.stories import STORIES
from ethicsdesk.demo.variations import variations
from ledger import actions as ledger
from ledger.models import Outbox
from people.models import Person
from retention import actions as retention
from safes import access
from safes import actions as safes

# Sixty stories are the visible work. Alone they would leave every figure below 11, so concerns of
# two years, written in bulk and closed but for the latest, stand behind them.
BEHIND = 260
YEARS, GROWTH = 2, 0.85
QUIET = timedelta(days=21)
# No concern is older than the first policy, in years.
OLDEST = 3
# Mail of earlier days left long ago; what is younger goes out when the workers start.
MAIL_LIFE = timedelta(days=2)
# whose key waits for a second approval, and who gave the first
NEW_KEY, APPROVER = "chiara.bellini", "marek.kowalczyk"


@transaction.atomic
def found(*, now: datetime) -> Organisation:
    """Make the organisation alone, with all its policies and no concern."""
    made = organisation.found(now=now)
    for moment, edition in organisation.publications(now):
        organisation.publish(edition, made, now=moment)
    return made


@transaction.atomic
def make(*, now: datetime) -> Organisation:
    """Make the organisation and play its history up to now."""
    made = organisation.found(now=now)
    stage = Stage(_cast(made), made.openers, now)
    for moment, edition in organisation.publications(now):
        stage.at(moment, partial(_publish, edition, made))
    chance = random.Random("northmoor")  # noqa: S311 - the same invented past everywhere
    start = now - timedelta(days=365 * YEARS)
    past = (start, now - QUIET)
    stage.remember(plans(chance, BEHIND, within=past, of=past, growth=GROWTH))
    stage.tell([*STORIES, *variations()])
    stage.at(now - timedelta(days=1), partial(_replace_a_key, made))
    stage.at(now - timedelta(days=2), partial(_propose_a_version, made))
    stage.at(now - questionnaires.PUBLISHED, partial(_ask_more, made))
    stage.at(now - entrances.OPENED, partial(_open_an_entrance, made))
    stage.at(now - questionnaires.DRAFTED, partial(_draft_more, made))
    stage.at(now - joining.TOLD, partial(_tell_it_again, made))
    stage.at(now - joining.SEEN, partial(_merge_a_pair, made))
    stage.keep_nights(start)
    stage.run()
    calendars.play(made, now=now)
    reading.play(made, now=now)
    choosing.play(made, now=now)
    _forget_old_mail(now)
    audits.fold_and_release(now=now)
    keeping.play(made, now=now)
    retention.erase(now=now)
    while ledger.seal(now=now):
        pass
    bundles.play(made, now=now)
    # what was erased is recorded, sealed, counted, and only then forgotten
    while ledger.seal(now=now):
        pass
    audits.fold(now=now)
    retention.erase(now=now)
    return made


def _publish(edition: Edition, made: Organisation, now: datetime) -> None:
    organisation.publish(edition, made, now=now)


def _propose_a_version(made: Organisation, now: datetime) -> None:
    organisation.propose_a_version(made, now=now)


def _ask_more(made: Organisation, now: datetime) -> None:
    questionnaires.publish(made, now)


def _open_an_entrance(made: Organisation, now: datetime) -> None:
    entrances.play(made, now)


def _tell_it_again(made: Organisation, now: datetime) -> None:
    joining.tell(made, now)


def _merge_a_pair(made: Organisation, now: datetime) -> None:
    joining.merge(made, now)


def _draft_more(made: Organisation, now: datetime) -> None:
    questionnaires.draft_next(made, now)


def _replace_a_key(made: Organisation, now: datetime) -> None:
    """Let somebody have a new key, which one colleague approved and which waits for a second."""
    owner, colleague = made.people[NEW_KEY], made.people[APPROVER]
    made.openers[NEW_KEY] = safes.replace_key(
        owner, opener=made.openers[NEW_KEY], passphrase=made.passwords[NEW_KEY], now=now
    )
    waiting = access.pending_keys()[0]
    safes.approve(waiting.pk, by=colleague, opener=made.openers[APPROVER], now=now)


def _cast(made: Organisation) -> dict[str, Person]:
    """Return everybody by user name, and for each unit one of its team leads."""
    leads = {f"lead:{code}": _a_lead(made, code) for code in UNITS}
    return made.people | leads


def _a_lead(made: Organisation, unit: str) -> Person:
    managers = {person.manager for person in made.people.values() if not person.roles}
    return next(
        person
        for person in made.people.values()
        if person in managers
        and person.unit is not None
        and person.unit.code == unit
        and person.manager is not None
        and person.manager.manager is not None
        and not person.roles
    )


def _forget_old_mail(now: datetime) -> None:
    old = Outbox.objects.filter(sent_at=None, next_try_at__lt=now - MAIL_LIFE)
    for row in old.only("next_try_at"):
        row.sent_at = row.next_try_at
        row.save(update_fields=["sent_at"])
