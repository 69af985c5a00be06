"""The ledger is whole, and every way of changing it shows."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from common import days, keys
from ledger import actions, reports, rules
from ledger.models import Checkpoint, Detail, Entry, Leaf, Pending
from ledger.rules import REPORTER, SYSTEM
from ledger.verbs import Verb
from tests.conftest import BecomeProcess

pytestmark = [pytest.mark.django_db, pytest.mark.req("AUD-1")]


def note(now: datetime, n: int = 1, subject: str = "case:1") -> Entry:
    return actions.record(Verb.NOTE_SIGNED, by=SYSTEM, at=now, subject=subject, kind=f"note{n}")


@pytest.fixture
def sealed(now: datetime, process: BecomeProcess) -> list[Entry]:
    """Return twelve entries of three streams, sealed in two checkpoints."""
    entries = []
    for start in (0, 6):
        entries += [note(now, n, f"case:{n % 3}") for n in range(start, start + 6)]
        with process("worker"):
            actions.seal(now=now)
    return entries


def tamper(statement: str, *parameters: str | int | bytes | UUID) -> None:
    """Change the ledger as a database administrator could: as its owner, triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET ROLE ed_owner")
        for table in ("entry", "leaf", "subtree", "checkpoint", "detail"):
            cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        cursor.execute(statement, parameters)
        cursor.execute("SET ROLE ed_web")


def verdict(now: datetime, process: BecomeProcess, *witnessed: str) -> reports.Verdict:
    with process("worker"):
        return reports.verify(now=now, witnessed=witnessed)


def test_an_untouched_ledger_is_whole(
    sealed: list[Entry], now: datetime, process: BecomeProcess
) -> None:
    note(now)  # one that waits
    found = verdict(now, process)
    assert found.is_whole, found.problems
    assert (found.entries, found.sealed, found.checkpoints) == (13, 12, 2)


def rewrite(entry: Entry) -> None:
    """Write an entry anew as somebody who has the code's key: code and leaf fit."""
    code = rules.mac(keys.wrapping("ledger-mac", keys.current()), entry.canonical())
    tamper(
        "UPDATE ledger_entry SET actor = %s, mac = %s WHERE id = %s", entry.actor, code, entry.pk
    )
    leaf = rules.leaf(entry.canonical(), code)
    tamper("UPDATE ledger_leaf SET hash = %s WHERE entry_id = %s", leaf, entry.pk)


def edit_row(entry: Entry) -> None:
    tamper("UPDATE ledger_entry SET actor = 'nobody' WHERE id = %s", entry.pk)


def edit_row_and_leaf(entry: Entry) -> None:
    entry.actor, code = "nobody", secrets.token_bytes(32)
    tamper("UPDATE ledger_entry SET actor = 'nobody', mac = %s WHERE id = %s", code, entry.pk)
    leaf = rules.leaf(entry.canonical(), code)
    tamper("UPDATE ledger_leaf SET hash = %s WHERE entry_id = %s", leaf, entry.pk)


def edit_with_the_stolen_code_key(entry: Entry) -> None:
    entry.actor = "nobody"
    rewrite(entry)


def edit_facts(entry: Entry) -> None:
    tamper('UPDATE ledger_detail SET facts = \'{"kind": "other"}\' WHERE entry_id = %s', entry.pk)


def delete_a_middle_entry(entry: Entry) -> None:
    for table in ("ledger_leaf", "ledger_detail"):
        tamper(f"DELETE FROM {table} WHERE entry_id = %s", entry.pk)  # noqa: S608 - two names
    tamper("DELETE FROM ledger_entry WHERE id = %s", entry.pk)


def swap_two(entry: Entry) -> None:
    place = Leaf.objects.get(entry=entry).position
    tamper("UPDATE ledger_leaf SET position = -1 WHERE position = %s", place)
    tamper("UPDATE ledger_leaf SET position = %s WHERE position = %s", place, place + 1)
    tamper("UPDATE ledger_leaf SET position = %s WHERE position = -1", place + 1)


def sign_with_another_key(_entry: Entry) -> None:
    newest = Checkpoint.objects.latest("size")
    body = rules.checkpoint_body(newest.size, bytes(newest.root))
    forged = rules.sign(Ed25519PrivateKey.generate(), body)
    tamper("UPDATE ledger_checkpoint SET note = %s WHERE size = %s", forged, newest.size)


def forge_an_unsealed_entry(entry: Entry) -> None:
    tamper(
        'INSERT INTO ledger_entry SELECT gen_random_uuid(), stream, 99, at, "on", verb, actor,'
        " subject, commitment, key_id, mac FROM ledger_entry WHERE id = %s",
        entry.pk,
    )


@pytest.mark.parametrize(
    ("attack", "shows"),
    [
        (edit_row, "its code does not fit"),
        (edit_row_and_leaf, "its code does not fit"),
        (edit_with_the_stolen_code_key, "has another root"),
        (edit_facts, "The facts of entry"),
        (delete_a_middle_entry, "are missing from the log"),
        (swap_two, "has another root"),
        (sign_with_another_key, "is not signed by this ledger's key"),
        (forge_an_unsealed_entry, "changed or forged"),
    ],
)
def test_a_changed_ledger_is_broken_and_says_where(
    attack: Callable[[Entry], None],
    shows: str,
    sealed: list[Entry],
    now: datetime,
    process: BecomeProcess,
) -> None:
    attack(sealed[4])
    found = verdict(now, process)
    assert not found.is_whole
    assert any(shows in problem for problem in found.problems), found.problems


def test_an_end_that_was_cut_off_shows_to_a_witness(
    sealed: list[Entry], now: datetime, process: BecomeProcess
) -> None:
    witnessed = Checkpoint.objects.latest("size").note
    for entry in sealed[6:]:
        delete_a_middle_entry(entry)
    tamper("DELETE FROM ledger_checkpoint WHERE size = 12")
    tamper("UPDATE ledger_stream SET n = 2")
    assert verdict(now, process).is_whole, "without a witness a clean cut does not show"
    found = verdict(now, process, witnessed)
    assert any("its end was cut off" in problem for problem in found.problems)


def test_a_full_rewrite_with_every_key_shows_to_a_witness(
    sealed: list[Entry], now: datetime, process: BecomeProcess
) -> None:
    witnessed = Checkpoint.objects.latest("size").note
    edit_with_the_stolen_code_key(sealed[4])
    tree = rules.Tree()
    for position, leaf in Leaf.objects.order_by("position").values_list("position", "hash"):
        tree.add(bytes(leaf))
        if Checkpoint.objects.filter(size=position).exists():
            note = rules.sign(keys.signing_key(), rules.checkpoint_body(position, tree.root()))
            tamper(
                "UPDATE ledger_checkpoint SET note = %s, root = %s WHERE size = %s",
                note,
                tree.root(),
                position,
            )
    assert verdict(now, process).is_whole
    found = verdict(now, process, witnessed)
    assert any("The witness at size 12" in problem for problem in found.problems)


def test_facts_may_be_erased_and_the_ledger_still_verifies(
    sealed: list[Entry], now: datetime, process: BecomeProcess
) -> None:
    tamper("DELETE FROM ledger_detail WHERE entry_id = %s", sealed[4].pk)
    assert verdict(now, process).is_whole


def test_an_entry_that_nobody_seals_is_noted(now: datetime, process: BecomeProcess) -> None:
    note(now)
    found = verdict(now + timedelta(hours=1), process)
    assert found.is_whole
    assert "no worker seals" in found.warnings[0]


@pytest.mark.req("INT-2")
def test_an_anonymous_entry_has_a_day_and_no_time_and_waits_for_midnight(
    now: datetime, process: BecomeProcess
) -> None:
    for n in range(30):
        actions.record(
            Verb.RECEIPT_USED, by=REPORTER, at=now, subject=f"concern:{n}", anonymous=True
        )
    with process("worker"):
        assert set(Entry.objects.values_list("at", "on", "stream_n")) == {(None, now.date(), 0)}
        assert actions.seal(now=now + timedelta(hours=1)) == 0
        assert actions.seal(now=days.next_midnight(now)) == 30
    order = Leaf.objects.order_by("position").values_list("entry__subject", flat=True)
    assert list(order) != [f"concern:{n}" for n in range(30)], "the order of the day was kept"
    assert verdict(now + timedelta(days=1), process).is_whole


def test_a_fact_that_a_verb_does_not_carry_is_refused(
    now: datetime, process: BecomeProcess
) -> None:
    with pytest.raises(ValueError, match="does not carry"):
        actions.record(Verb.NOTE_SIGNED, by=SYSTEM, at=now, subject="case:1", name="Ruth")
    with process("owner"):
        assert not Entry.objects.exists()


def test_only_workers_read_the_facts(now: datetime, process: BecomeProcess) -> None:
    note(now)
    with process("worker"):
        assert Detail.objects.count() == 1
    with process("speak"), pytest.raises(Exception, match="permission denied"):
        Detail.objects.count()


def test_sealing_twice_seals_once(now: datetime, process: BecomeProcess) -> None:
    note(now)
    with process("worker"):
        assert actions.seal(now=now) == 1
        assert actions.seal(now=now) == 0
    assert not Pending.objects.exists()


def test_the_tree_is_that_of_rfc_6962() -> None:
    # the test vectors of RFC 6962's reference implementation (Certificate Transparency)
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(data)).digest() for data in inputs]
    tree = rules.Tree()
    roots = []
    for leaf in leaves:
        tree.add(leaf)
        roots.append(tree.root().hex())
    assert roots[0] == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert roots[1] == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    assert roots[6] == "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    assert rules.Tree().root() == hashlib.sha256().digest()


def test_a_checkpoint_is_a_signed_note() -> None:
    key = Ed25519PrivateKey.generate()
    signed = rules.sign(key, rules.checkpoint_body(7, b"\x01" * 32))
    head, blank, signature = signed.partition("\n\n")
    assert head.splitlines() == ["ethicsdesk/ledger", "7", base64.b64encode(b"\x01" * 32).decode()]
    assert blank
    assert signature.startswith("\u2014 ethicsdesk ")
    assert rules.is_signed(key.public_key(), signed)
    assert not rules.is_signed(key.public_key(), signed.replace("\n7\n", "\n8\n"))
    assert not rules.is_signed(Ed25519PrivateKey.generate().public_key(), signed)
    assert rules.parse_checkpoint(signed) == (7, b"\x01" * 32)
