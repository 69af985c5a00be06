"""Measurements made inside a process of the house, with its rights; what they change is undone."""

import gc
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from statistics import median
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import check_password, make_password
from django.db import connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import bundles, clocks
from bench.measurement import seconds
from cases import access
from cases import actions as cases
from cases.lifecycle import Kind, Mode
from cases.models import Case, Category, Concern, Member, Note
from common import clock, keys, sealing
from ledger import actions as ledger
from ledger import reports
from ledger.actions import Act
from ledger.models import Entry, Leaf
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from people.models import Person
from people.rules import Role
from safes import access as opening
from safes import actions as safes
from safes import rules
from safes.actions import Holder
from safes.models import Grant, Sealed, UserKey
from safes.rules import Opener, Receipt

OF_LEAF = b"\x00"
# what one item of a case holds
WORDS = b"The client wants the report dated before the visit. " * 8


def verify() -> dict[str, Any]:
    """Verify the whole ledger, and hash the bytes of the same entries."""
    messages = [
        OF_LEAF + entry.canonical() + bytes(entry.mac)
        for entry in Entry.objects.exclude(leaf=None).iterator(5_000)
    ]
    verdict: list[reports.Verdict] = []
    ours = seconds(lambda: verdict.append(reports.verify(now=clock.now())))
    plain = seconds(lambda: [hashlib.sha256(message).digest() for message in messages])
    return {
        "count": verdict[0].sealed,
        "whole": verdict[0].is_whole,
        "ours": ours,
        "plain": plain,
        "hashed": len(messages),
    }


def seal(count: int) -> dict[str, Any]:
    """Seal so many entries, and hash the bytes of the same entries."""
    now = clock.now()
    with transaction.atomic():
        # what waits already is not ours to count
        while ledger.seal(now=now):
            pass
        subjects = Concern.objects.values_list("pk", flat=True)[:count]
        acts = [Act(Verb.CONCERN_READ, SYSTEM, now, f"concern:{pk}") for pk in subjects]
        entries = ledger.record_all(acts)
        messages = [OF_LEAF + entry.canonical() + bytes(entry.mac) for entry in entries]
        before = Leaf.objects.count()

        def run() -> None:
            while ledger.seal(now=now):
                pass

        ours = seconds(run)
        sealed = Leaf.objects.count() - before
        transaction.set_rollback(True)
    plain = seconds(lambda: [hashlib.sha256(message).digest() for message in messages])
    return {"count": sealed, "ours": ours, "plain": plain}


def queries(cookies: str, page: str = "/desk/") -> dict[str, Any]:
    """Return how many queries a page takes a browser that is signed in with an open vault."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.cookies.load(json.loads(cookies))
    client.get(page)
    counted = {}
    for alias in connections:
        with CaptureQueriesContext(connections[alias]) as captured:
            status = client.get(page).status_code
        counted[alias] = len(captured)
        if status != HTTPStatus.OK:
            msg = f"{page} was answered with {status}"
            raise RuntimeError(msg)
    return counted


def few(username: str, count: int) -> dict[str, Any]:
    """Let somebody be on no more than so many open cases and as many closed ones."""
    person = Person.objects.get(username=username)
    cases = [*Case.objects.open()[:count], *Case.objects.closed()[:count]]
    held = Member.objects.current().filter(person=person)
    if not held.exists():
        now = clock.now()
        Member.objects.bulk_create(
            Member(
                case=case,
                person=person,
                function=Member.Function.INVESTIGATOR,
                since=now,
            )
            for case in cases
        )
    return {"count": held.count()}


def search(username: str, password: str, count: int) -> dict[str, Any]:
    """Search so many cases of a person by a word, and fetch the same ciphertext unopened."""
    person = Person.objects.get(username=username)
    with transaction.atomic():
        act_as(person)
        opener = safes.unlock(person, passphrase=password)
        looked: list[access.Search] = []
        ours = seconds(
            lambda: looked.append(access.search(person, opener, ["client"], limit=count))
        )
        works = list(access.works_of(person, count))
        sealed = Sealed.objects.filter(safe__in=works, field__in=access.WRITTEN)
        fetched: list[Any] = []
        plain = seconds(lambda: fetched.extend(sealed.values_list("ciphertext")))
    return {
        "searched": looked[0].looked_through,
        "items": len(fetched),
        "ours": ours,
        "plain": plain,
    }


def argon2(times: int) -> dict[str, Any]:
    """Hash a password and derive a key from a passphrase, as one sign-in does, so many times."""
    encoded = make_password("a password of some length")
    took = []
    for _ in range(times):
        hashed = seconds(lambda: check_password("a password of some length", encoded))
        derived = seconds(lambda: sealing.passphrase_key("a passphrase", bytes(16)))
        took.append({"password": hashed * 1000, "passphrase": derived * 1000})
    return {"took": took}


def open_case(username: str, password: str, count: int) -> dict[str, Any]:
    """Open so many sealed items of a case of somebody's, and unseal the same bytes at hand."""
    person = Person.objects.get(username=username)
    with _undone():
        act_as(person)
        holder = safes.unlock(person, passphrase=password)
        case = Case.objects.worked_by(person).filter(concerns__isnull=False)[0]
        both = (case.safe, case.concerns.all()[0].safe)
        places = [(uuid4(), "body") for _ in range(count)]
        secret = opening.secrets_of(holder, [safe.pk for safe in both])
        for n, (row, field) in enumerate(places):
            key = opening.key_of(holder, both[n % 2])
            safes.add(both[n % 2], row=row, items={field: WORDS}, key=key)
        found = opening.open_items(holder, places)
        took = [seconds(lambda: opening.open_items(holder, places)) for _ in range(5)]
        rows = list(Sealed.objects.filter(row__in=[row for row, _ in places]))

        def unseal() -> None:
            for one in rows:
                bound = rules.item_binding(one.safe_id, one.epoch, one.row, one.field)
                secret[one.safe_id, one.epoch].unseal(bytes(one.ciphertext), bound)

        plain = [seconds(unseal) for _ in range(5)]
    return {"count": len(found), "ours": median(took), "plain": median(plain)}


def grow_case(username: str, password: str, count: int) -> dict[str, Any]:
    """Sign notes until a case of somebody's has so many; return its reference. They stay."""
    person = Person.objects.get(username=username)
    with transaction.atomic():
        act_as(person)
        opener = safes.unlock(person, passphrase=password)
        case = Case.objects.open().worked_by(person).order_by("ref")[0]
        for _ in range(count - case.notes.count()):
            cases.sign_note(
                case,
                by=person,
                kind=Note.Kind.NOTE,
                text=WORDS.decode(),
                now=clock.now(),
                opener=opener,
            )
        return {"ref": case.ref, "notes": case.notes.count()}


def member(count: int) -> dict[str, Any]:
    """Let somebody join and leave a safe with so many items, and seal all these items anew."""
    lead, other = Opener(sealing.new_secret()), Opener(sealing.new_secret())
    person = Person.objects.trusted()[0]
    with _undone():
        fresh = safes.make_safe("case", holders=[Holder(lead.public)])
        for _ in range(count):
            safes.add(fresh.safe, row=uuid4(), items={"body": WORDS}, key=fresh.key)
        holder = Holder(other.public, person)
        joins = seconds(lambda: safes.share(fresh.safe, opener=lead, holders=[holder]))
        leaves = seconds(lambda: safes.remove(fresh.safe, [person]))
        public = bytes(fresh.safe.public)
        plain = seconds(lambda: [sealing.seal(public, WORDS, b"") for _ in range(count)])
    return {"count": count, "joins": joins, "leaves": leaves, "plain": plain}


def recipients(count: int) -> dict[str, Any]:
    """File a concern to so many recipients, and to those of the house as it is."""
    now = clock.now()
    category = Category.objects.filter(is_grave=False)[0]
    filing = cases.Filing(
        kind=Kind.REPORT, category=category, mode=Mode.ANONYMOUS, narrative=WORDS.decode()
    )

    def file() -> Concern:
        return cases.file_concern(receipt=Receipt.new(), filing=filing, now=now)

    with _undone():
        few = _recipients_of(file())
        plain = median([seconds(file) for _ in range(5)])
        for n in range(count - few):
            _hire(n, now=now)
        many = _recipients_of(file())
        ours = median([seconds(file) for _ in range(5)])
    return {"few": few, "many": many, "ours": ours, "plain": plain}


def _recipients_of(concern: Concern) -> int:
    return Grant.objects.filter(safe=concern.safe_id).exclude(person=None).count()


def _hire(n: int, *, now: datetime) -> None:
    """Add an officer on duty whose key is attested, without the cost of a passphrase."""
    opener = Opener(sealing.new_secret())
    person = people.add_person(
        username=f"bench-{n}",
        name=f"Bench {n}",
        roles=[Role.OFFICER],
        is_on_duty=True,
        by=SYSTEM,
        now=now,
    )
    UserKey.objects.create(
        person=person,
        public=opener.public,
        signer=opener.signer,
        wrapped=b"",
        salt=b"",
        key_id=keys.current(),
        made_at=now,
    )
    safes.attest_founders([person], now=now)


@contextmanager
def _undone() -> Iterator[None]:
    """Undo in both databases what happens inside."""
    with transaction.atomic(), transaction.atomic(using=opening.KEYSTORE):
        yield
        for alias in ("default", opening.KEYSTORE):
            transaction.set_rollback(True, using=alias)


def bundle(username: str, password: str, entries: int, documents: int) -> dict[str, Any]:
    """Make a bundle of a case with so many entries and documents."""
    with _undone():
        return bundles.make(username, password, entries, documents)


MEASURES: dict[str, Callable[..., dict[str, Any]]] = {
    **clocks.MEASURES,
    "argon2": lambda times: argon2(int(times)),
    "verify": verify,
    "seal": lambda count: seal(int(count)),
    "search": lambda username, password, count: search(username, password, int(count)),
    "queries": queries,
    "few": lambda username, count: few(username, int(count)),
    "open_case": lambda username, password, count: open_case(username, password, int(count)),
    "grow_case": lambda username, password, count: grow_case(username, password, int(count)),
    "bundle": lambda username, password, entries, documents: bundle(
        username, password, int(entries), int(documents)
    ),
    "member": lambda count: member(int(count)),
    "recipients": lambda count: recipients(int(count)),
}


def run(name: str, arguments: list[str]) -> None:
    """Measure as a worker does, and print the result as one line of JSON."""
    gc.freeze()
    print(json.dumps(MEASURES[name](*arguments)))
