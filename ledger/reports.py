"""Verify the ledger: every MAC, leaf, root, signature and count, and what a witness kept."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from common import keys
from ledger import rules
from ledger.models import Checkpoint, Entry, Leaf, Pending, Stream

CHUNK = 5_000
# An entry is sealed within seconds; one that waits longer means that no worker seals.
MAX_WAIT = timedelta(minutes=10)


@dataclass
class Verdict:
    """What was checked, and what is broken: `problems` are sentences that say what and where."""

    entries: int = 0
    sealed: int = 0
    checkpoints: int = 0
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is broken."""
        return not self.problems


@dataclass
class _Seen:
    count: int = 0
    highest: int = 0


def verify(*, now: datetime, witnessed: Iterable[str] = ()) -> Verdict:
    """Check the whole ledger against its keys, its checkpoints and a witness's checkpoints."""
    verdict = Verdict()
    seen: dict[str, _Seen] = {}
    with _standing_still():
        tree = _verify_log(verdict, seen, witnessed)
        _verify_unsealed(verdict, seen, now)
        _verify_counts(verdict, seen)
    verdict.sealed = tree.size
    return verdict


@contextmanager
def _standing_still() -> Iterator[None]:
    """See one moment of the ledger, so that what is recorded meanwhile breaks no count."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _verify_log(verdict: Verdict, seen: dict[str, _Seen], witnessed: Iterable[str]) -> rules.Tree:
    """Walk the log once, comparing at each size where a checkpoint or a witness spoke."""
    spoken: dict[int, list[tuple[str, bytes]]] = {}
    publics = keys.verifying_keys()
    for size, root, note in Checkpoint.objects.order_by("size").values_list("size", "root", "note"):
        verdict.checkpoints += 1
        if not any(rules.is_signed(public, note) for public in publics) or rules.body_of(
            note
        ) != rules.checkpoint_body(size, bytes(root)):
            verdict.problems.append(
                f"The checkpoint of size {size} is not signed by this ledger's key."
            )
        spoken.setdefault(size, []).append(("checkpoint", bytes(root)))
    for note in witnessed:
        size, root = rules.parse_checkpoint(note)
        spoken.setdefault(size, []).append(("witness", root))
    tree = rules.Tree()
    for row in _log():
        _verify_leaf(verdict, tree, row)
        _count(seen, row[2], row[3])
        for who, root in spoken.pop(tree.size, ()):
            if tree.root() != root:
                verdict.problems.append(
                    f"The {who} at size {tree.size} has another root: an entry was changed."
                )
    verdict.problems.extend(
        f"The {who} speaks of {size} entries, but the log has {tree.size}: its end was cut off."
        for size, sayings in sorted(spoken.items())
        for who, _ in sayings
        if size
    )
    return tree


_LOG = """
SELECT l.position, e.id::text, e.stream, e.stream_n, e.at, e."on", e.verb, e.actor, e.subject,
       e.commitment, e.mac, e.key_id, l.hash, d.salt, d.facts
FROM ledger_leaf l JOIN ledger_entry e ON e.id = l.entry_id
LEFT JOIN ledger_detail d ON d.entry_id = e.id
WHERE l.position > %s ORDER BY l.position LIMIT %s
"""
Row = tuple  # type: ignore[type-arg] # the columns of _LOG


def _log() -> Iterator[Row]:
    """Yield the log in order, a chunk at a time by position, so that memory stays level."""
    last = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_LOG, [last, CHUNK])
            rows = cursor.fetchall()
            yield from rows
            if len(rows) < CHUNK:
                return
            last = rows[-1][0]


def _verify_leaf(verdict: Verdict, tree: rules.Tree, row: Row) -> None:
    (
        position,
        entry_id,
        stream,
        n,
        at,
        on,
        verb,
        actor,
        subject,
        commitment,
        code,
        key_id,
        leaf,
        salt,
        facts,
    ) = row
    message = rules.canonical(
        entry_id=entry_id,
        stream=stream,
        stream_n=n,
        at=at,
        on=on,
        verb=verb,
        actor=actor,
        subject=subject,
        commitment=bytes(commitment),
    )
    code = bytes(code)
    verdict.entries += 1
    if rules.mac(keys.wrapping("ledger-mac", key_id), message) != code:
        verdict.problems.append(f"Entry {position} was changed: its code does not fit.")
    computed = rules.leaf(message, code)
    if computed != bytes(leaf):
        verdict.problems.append(f"Entry {position} is not the one that was sealed there.")
    if salt is not None and rules.commitment(bytes(salt), json.loads(facts)) != bytes(commitment):
        verdict.problems.append(f"The facts of entry {position} were changed.")
    if position != tree.size + 1:
        verdict.problems.append(
            f"Entries {tree.size + 1} to {position - 1} are missing from the log."
        )
    tree.add(computed)


def _count(seen: dict[str, _Seen], stream: str, n: int) -> None:
    counted = seen.setdefault(stream, _Seen())
    counted.count += 1
    counted.highest = max(counted.highest, n)


def _verify_unsealed(verdict: Verdict, seen: dict[str, _Seen], now: datetime) -> None:
    """Check the entries that wait, and that nothing waits too long or has left the queue."""
    unsealed = Entry.objects.filter(leaf=None)
    for entry in unsealed.iterator(CHUNK):
        verdict.entries += 1
        _count(seen, entry.stream, entry.stream_n)
        mac_key = keys.wrapping("ledger-mac", entry.key_id)
        if rules.mac(mac_key, entry.canonical()) != bytes(entry.mac):
            verdict.problems.append(
                f"An unsealed entry of stream {entry.stream} was changed or forged."
            )
    lost = unsealed.filter(pending=None).count()
    if lost:
        verdict.problems.append(f"{lost} entries are neither sealed nor waiting to be.")
    waiting = Pending.objects.filter(not_before=None, entry__at__lt=now - MAX_WAIT).count()
    if waiting:
        verdict.warnings.append(
            f"{waiting} entries wait for longer than {MAX_WAIT}: no worker seals."
        )


def _verify_counts(verdict: Verdict, seen: dict[str, _Seen]) -> None:
    for name, n in Stream.objects.values_list("name", "n").iterator(CHUNK):
        counted = seen.pop(name, _Seen())
        if counted.count != n or counted.highest not in {0, n}:
            verdict.problems.append(
                f"Stream {name} should have {n} entries and has {counted.count}."
            )
    verdict.problems.extend(f"Stream {name} was never counted." for name in sorted(seen))


@dataclass(frozen=True)
class Standing:
    """How far the ledger is: sealed entries, its newest checkpoint, and what still waits.

    `waiting` leaves out what waits for midnight: a count that rises when a reporter acts would
    tell the time that their entry does not have.
    """

    size: int
    checkpoint: Checkpoint | None
    waiting: int


def standing() -> Standing:
    """Return how far the ledger is."""
    newest = Checkpoint.objects.order_by("-size").first()
    return Standing(
        size=Leaf.objects.order_by("-position").values_list("position", flat=True).first() or 0,
        checkpoint=newest,
        waiting=Pending.objects.filter(not_before=None).count(),
    )
