"""Bundles of a case: made in the request of whoever reads it, sealed, read, and gone in time."""

from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from cases import access, parts, reports, rules
from cases.lifecycle import Area, Deed, FileState
from cases.lifecycle.bundles import Copy
from cases.models import Bundle, Case
from cases.reports.tables import Told
from common.errors import RuleError
from common.sealing import SealBrokenError
from files import access as opening
from files.access import Opened
from files.actions import Place, Upload
from files.models import Stream, Which
from ledger import access as proving
from ledger import actions as ledger
from ledger.access import BrokenLedgerError, Extract
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Person
from safes import actions as safes
from safes.access import key_of
from safes.rules import Opener

RECIPIENT, DIGEST, PAPER_DIGEST = "recipient", "digest", "paper_digest"
KEPT = "No bundle was made; what you entered is kept."


class Expected(NamedTuple):
    """What a bundle would tell of, before it is made: how much, and what not."""

    concerns: int
    documents: int
    # documents of which there is a clean copy
    copies: int
    # in bytes, by the pieces in which they lie
    size: int


def expected(case: Case, *, by: Person, asked: reports.Asked) -> Expected:
    """Return what a bundle would hold, or refuse whoever may make none."""
    areas = _areas(case, by)
    concerns = access.concerns_told(by, case) if asked.has_reporters else []
    found = access.documents_of(case, concerns, areas)
    copies = [one.pk for one in found if asked.has_files and one.state == FileState.CLEANED]
    return Expected(len(concerns), len(found), len(copies), opening.sizes(copies))


@transaction.atomic
def make_bundle(
    case: Case, *, by: Person, opener: Opener | None, asked: reports.Asked, now: datetime
) -> Bundle:
    """Make a bundle of what somebody may read of a case, sealed to those who may read all of it.

    It is written piece by piece, encrypted as it is made. Refuse what would take longer than a
    request may.
    """
    areas = _areas(case, by)
    if opener is None:
        msg = f"Unlock your key first: a bundle is made of what you can open. {KEPT}"
        raise RuleError(msg)
    if not asked.recipient.strip():
        msg = f"Say to whom it goes. {KEPT}"
        raise RuleError(msg)
    if expected(case, by=by, asked=asked).size > rules.BUNDLE_MAX:
        msg = (
            f"The documents are more than {rules.BUNDLE_MAX // 2**20} MB together. {KEPT} Make it "
            "without the documents, and download these one by one."
        )
        raise RuleError(msg)
    concerns = access.concerns_told(by, case)
    told = Told(case, tuple(concerns))
    exported = {name: part.export(case) for name, part in parts.REGISTRY.items()}
    material = reports.gather(told, asked=asked, areas=areas, opener=opener, parts=exported)
    extract = _proven(material.subjects)
    bundle = Bundle(
        id=uuid4(),
        case=case,
        purpose=asked.purpose,
        has_reporters=asked.has_reporters,
        has_files=asked.has_files,
        areas=areas,
        made_by=by,
        made_at=now,
        until=now + rules.BUNDLE_LASTS,
    )
    safe = access.safe_of_bundle(case, areas)
    archive = Upload("", Place(safe, bundle.pk, Which.CLEAN))
    made = reports.write(material, extract, by=by, opener=opener, sink=archive, now=now)
    archive.end()
    paper = Upload.of("", made.paper, Place(safe, bundle.paper, Which.CLEAN))
    # held only now: nobody waits while it is made
    Case.objects.locked(case.pk)
    bundle.n = (case.bundles.aggregate(last=Max("n"))["last"] or 0) + 1
    bundle.size = archive.size
    bundle.save(force_insert=True)
    digests = {DIGEST: archive.digest.hex(), PAPER_DIGEST: paper.digest.hex()}
    words = {RECIPIENT: asked.recipient.strip(), **digests}
    items = {name: text.encode() for name, text in words.items()}
    safes.add(safe, row=bundle.pk, items=items, key=key_of(opener, safe))
    ledger.record(
        Verb.BUNDLE_MADE,
        by=by.actor,
        at=now,
        subject=f"case:{case.pk}",
        n=bundle.n,
        purpose=asked.purpose,
        reporters=asked.has_reporters,
        documents=asked.has_files,
        digest=digests[DIGEST],
    )
    return bundle


def _areas(case: Case, by: Person) -> list[Area]:
    """Return the areas that somebody reads, or refuse whoever may make no bundle."""
    access.require_deed(by, case, Deed.BUNDLE)
    return access.areas_of(by, case)


def _proven(subjects: list[str]) -> Extract:
    try:
        extract = proving.extract(subjects)
    except BrokenLedgerError as error:
        msg = (
            f"The ledger does not add up: {error}. {KEPT} Tell whoever runs this system; "
            "“verify_ledger” says where."
        )
        raise RuleError(msg) from error
    if extract is None:
        msg = f"Nothing of the ledger is sealed yet. {KEPT} Try again in a minute."
        raise RuleError(msg)
    return extract


@transaction.atomic
def read_bundle(bundle: Bundle, *, form: Copy, by: Person, opener: Opener, now: datetime) -> Opened:
    """Return a bundle in one form, every piece of it verified, and record the download."""
    access.require_bundle(by, bundle)
    if bundle.gone_at is not None or bundle.until <= now:
        msg = "This bundle is over and was deleted. Make a new one; it tells what is known now."
        raise RuleError(msg)
    row = bundle.pk if form == Copy.ARCHIVE else bundle.paper
    found = opening.open_file(opener, row, Which.CLEAN)
    if found is None:
        msg = "You hold no key to this bundle yet. A member of the team who signs in passes it on."
        raise RuleError(msg)
    try:
        verified = found.verified()
    except SealBrokenError:
        msg = (
            "This bundle was changed or cut after it was sealed, so nothing was sent. Make a new "
            "one, and tell whoever runs this system."
        )
        raise RuleError(msg) from None
    subject = f"case:{bundle.case_id}"
    ledger.record(Verb.BUNDLE_READ, by=by.actor, at=now, subject=subject, n=bundle.n, form=form)
    return verified


@transaction.atomic
def expire_bundles(*, now: datetime) -> int:
    """Delete the bundles whose time is over; that each was made stays. Return how many."""
    due = Bundle.objects.over(now).select_for_update(skip_locked=True, of=("self",))
    bundles = list(due.only("pk", "case", "n", "paper"))
    for bundle in bundles:
        # a worker may not read the keys of files, so the rows are not fetched whole
        Stream.objects.filter(row__in=[bundle.pk, bundle.paper]).only("pk").delete()
        subject = f"case:{bundle.case_id}"
        ledger.record(Verb.BUNDLE_GONE, by=SYSTEM, at=now, subject=subject, n=bundle.n)
    Bundle.objects.filter(pk__in=[one.pk for one in bundles]).update(gone_at=now)
    return len(bundles)
