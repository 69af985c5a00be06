"""Record acts inside the transaction of what they record; seal them; post and deliver notices."""

import itertools
import json
import math
import os
import random
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Max, Min

from common import days, keys, rows
from ledger import notices, rules
from ledger.models import (
    Checkpoint,
    Cursor,
    Detail,
    Entry,
    Leaf,
    Outbox,
    Pending,
    Subtree,
)
from ledger.notices import Stuck, Why
from ledger.rules import Actor
from ledger.verbs import FACTS, Verb

SEAL_BATCH = 5_000
# some 4 million entries a minute of a log from before there were subtrees
SUBTREES_AT_ONCE = 1_000
# Any number will do, as long as only the sealer takes it.
SEAL_LOCK = 0x5EA1
# with waits that double up to an hour, for more than a day: a mail server may be away that long
MAX_TRIES = 36
LONGEST_WAIT = 3600
# a replayed request or a second sweep comes within a day
TOLD_KEPT = timedelta(days=2)
UNTOLD_KEPT = timedelta(days=30)
_shuffle = random.SystemRandom().shuffle


@dataclass
class Act:
    """What is to be recorded; `anonymous` keeps the day alone and hides the order within it."""

    verb: Verb
    by: Actor
    at: datetime
    subject: str
    stream: str = ""
    anonymous: bool = False
    facts: dict[str, rules.Fact] = field(default_factory=dict)


def record(
    verb: Verb,
    *,
    by: Actor,
    at: datetime,
    subject: str,
    anonymous: bool = False,
    **facts: rules.Fact,
) -> Entry:
    """Append one entry about `subject` (`kind:id`), in the stream of that subject."""
    act = Act(verb=verb, by=by, at=at, subject=subject, anonymous=anonymous, facts=facts)
    return record_all([act])[0]


@transaction.atomic
def record_all(acts: Sequence[Act]) -> list[Entry]:
    """Append entries; refuse a fact that its verb does not declare."""
    entries, details, waiting = _values_for(acts)
    rows.insert(entries)
    rows.insert_values(Detail, details)
    rows.insert_values(Pending, waiting)
    return entries


def rows_for(acts: Sequence[Act]) -> tuple[list[Entry], list[Detail], list[Pending]]:
    """Return the rows of acts, unsaved, for whoever writes them in the same transaction."""
    entries, details, waiting = _values_for(acts)
    return entries, [Detail(**one) for one in details], [Pending(**one) for one in waiting]


Values = dict[str, Any]


def _values_for(acts: Sequence[Act]) -> tuple[list[Entry], list[Values], list[Values]]:
    """Return the entries of acts, and by column their facts and their places in the queue."""
    streams = [_stream(act) for act in acts]
    numbers = _take_numbers(streams)
    version = keys.current()
    entries: list[Entry] = []
    details: list[Values] = []
    waiting: list[Values] = []
    for act, stream, n in zip(acts, streams, numbers, strict=True):
        salt = os.urandom(16) if act.facts else b""
        entry = _entry(act, stream, n, version, salt)
        entries.append(entry)
        if act.facts:
            details.append({"entry_id": entry.pk, "salt": salt, "facts": act.facts})
        not_before = days.next_midnight(act.at) if act.anonymous else None
        waiting.append({"entry_id": entry.pk, "not_before": not_before})
    return entries, details, waiting


def _stream(act: Act) -> str:
    if act.anonymous:
        return f"anonymous:{days.day_of(act.at)}"
    return act.stream or act.subject


def _take_numbers(streams: Sequence[str]) -> list[int]:
    """Return the next number in each stream, holding the streams until the commit."""
    wanted: dict[str, int] = {}
    for name in streams:
        wanted[name] = wanted.get(name, 0) + 1
    names = sorted(wanted)  # one order for everybody: no deadlock
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_stream AS s (name, n)"
            " SELECT * FROM unnest(%s::text[], %s::bigint[])"
            " ON CONFLICT (name) DO UPDATE SET n = s.n + excluded.n RETURNING name, n",
            [names, [wanted[name] for name in names]],
        )
        last: dict[str, int] = dict(cursor.fetchall())
    following = {name: last[name] - wanted[name] for name in names}
    numbers = []
    for name in streams:
        following[name] += 1
        numbers.append(following[name])
    return numbers


def _entry(act: Act, stream: str, n: int, version: int, salt: bytes) -> Entry:
    unknown = act.facts.keys() - FACTS.get(act.verb, frozenset())
    if unknown:
        msg = f"{act.verb} does not carry {sorted(unknown)}"
        raise ValueError(msg)
    entry = Entry(
        id=uuid4(),
        stream=stream,
        stream_n=0 if act.anonymous else n,
        at=None if act.anonymous else act.at,
        on=days.day_of(act.at),
        verb=act.verb,
        actor=act.by.ref,
        subject=act.subject,
        commitment=rules.commitment(salt, act.facts) if act.facts else b"",
        key_id=version,
    )
    entry.mac = rules.mac(keys.wrapping("ledger-mac", version), entry.canonical())
    return entry


@transaction.atomic
def seal(*, now: datetime, batch: int = SEAL_BATCH) -> int:
    """Order what was committed into the Merkle log and sign a checkpoint; return how many.

    One sealer at a time; a second finds the lock taken and leaves. Entries of anonymous reporters
    wait for midnight and are then shuffled, so that their place tells nothing of their time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    waiting = Pending.objects.select_related("entry")
    timed = [row.entry for row in waiting.filter(not_before=None)[:batch]]
    timed.sort(key=lambda entry: (entry.at, entry.stream, entry.stream_n))
    anonymous = [row.entry for row in waiting.filter(not_before__lte=now)[:batch]]
    _shuffle(anonymous)
    entries = timed + anonymous
    if entries:
        _append(entries, now=now)
    return len(entries)


def _append(entries: Sequence[Entry], *, now: datetime) -> None:
    newest = Checkpoint.objects.order_by("-size").first()
    tree = rules.Tree()
    if newest is not None:
        raw = bytes(newest.peaks)
        tree = rules.Tree(newest.size, [raw[i : i + 32] for i in range(0, len(raw), 32)])
    leaves = []
    for entry in entries:
        leaf_hash = rules.leaf(entry.canonical(), bytes(entry.mac))
        leaves.append(Leaf(position=tree.size + 1, entry=entry, hash=leaf_hash))
        tree.add(leaf_hash)
    Leaf.objects.bulk_create(leaves)
    _keep_subtrees(tree.size)
    Pending.objects.filter(entry__in=entries).delete()
    Checkpoint.objects.create(
        size=tree.size,
        root=tree.root(),
        peaks=b"".join(tree.peaks),
        note=rules.sign(keys.signing_key(), rules.checkpoint_body(tree.size, tree.root())),
        at=now,
    )


def _keep_subtrees(size: int) -> None:
    """Keep the roots of what is full by now; of a log from before, so many at a time."""
    for height in itertools.count(1):
        full = size // rules.WIDTH**height
        if not full:
            return
        last = Subtree.objects.filter(height=height).aggregate(n=Max("n"))["n"]
        begin = 0 if last is None else last + 1
        for n in range(begin, min(full, begin + SUBTREES_AT_ONCE)):
            below = _below(height, n)
            if len(below) < rules.WIDTH:
                # not all of those below are kept yet
                break
            tree = rules.Tree()
            tree.extend(below)
            Subtree.objects.create(height=height, n=n, hash=tree.root())


def _below(height: int, n: int) -> list[bytes]:
    """Return the hashes of which a subtree is made, from left to right."""
    first = n * rules.WIDTH
    if height > 1:
        within = Subtree.objects.filter(height=height - 1, n__gte=first, n__lt=first + rules.WIDTH)
        return [bytes(one) for one in within.order_by("n").values_list("hash", flat=True)]
    # positions count from 1
    leaves = Leaf.objects.filter(position__gt=first, position__lte=first + rules.WIDTH)
    return [bytes(one) for one in leaves.order_by("position").values_list("hash", flat=True)]


@transaction.atomic
def forget(subjects: Collection[str], *, but: Collection[Verb]) -> int:
    """Erase the coded facts of what was done about subjects; return how many are left to do.

    An entry still verifies without them, since it holds a salted commitment alone. Facts that a
    reader of the log has yet to read are left, so that no count changes; so are those of `but`.
    """
    read = Cursor.objects.aggregate(upto=Min("position"))["upto"] or 0
    # Step by step, each by an index: of one statement that joins all three a planner whose
    # statistics are those of empty tables makes nested loops over the whole ledger.
    told = Entry.objects.filter(subject__in=subjects).exclude(verb__in=but)
    entries = list(told.values_list("pk", flat=True))
    seen = Leaf.objects.filter(entry__in=entries, position__lte=read)
    Detail.objects.filter(entry__in=list(seen.values_list("entry", flat=True))).delete()
    return Detail.objects.filter(entry__in=entries).count()


@dataclass(frozen=True)
class Notice:
    """Something to tell somebody after the commit; `identity` makes a second telling harmless."""

    identity: str
    channel: str
    to: str
    template: str
    at: datetime
    context: dict[str, str]


def post(posted: Iterable[Notice]) -> None:
    """Put notices into the outbox, inside the transaction of what they tell of."""
    letters = [
        {
            "id": uuid4(),
            "identity": notice.identity,
            "channel": notice.channel,
            "to": notice.to,
            "addressee": _person(notice.to),
            "template": notice.template,
            "context": notice.context,
            "next_try_at": notice.at,
            "tries": 0,
            "problem": "",
        }
        for notice in posted
    ]
    rows.insert_values(Outbox, letters, ignore_conflicts=True)


GATHER = """
INSERT INTO ledger_outbox AS o
    (id, identity, channel, "to", addressee, template, context, next_try_at, tries, problem)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 0, '')
ON CONFLICT (identity) DO UPDATE
    SET context = jsonb_set(
        o.context, '{lines}', (o.context->'lines') || (excluded.context->'lines')
    )
    WHERE o.sent_at IS NULL AND o.dead_at IS NULL
RETURNING id
"""


def gather(notice: Notice, lines: Sequence[Mapping[str, str]]) -> bool:
    """Put lines into a notice that several acts share, inside the transaction of what they tell.

    The first of them posts it, the others add to it. Return False where it is on its way already:
    then nothing was put anywhere.
    """
    context = json.dumps({**notice.context, "lines": list(lines)})
    to = [notice.to, _person(notice.to)]
    told = [notice.identity, notice.channel, *to, notice.template, context]
    with connection.cursor() as cursor:
        cursor.execute(GATHER, [uuid4(), *told, notice.at])
        return cursor.fetchone() is not None


def _person(to: str) -> UUID | None:
    kind, _, ref = to.partition(":")
    return UUID(ref) if kind == "person" else None


def deliver(*, now: datetime, seconds: float = math.inf) -> int:
    """Deliver what is due, a transaction a row, so that a crash repeats one row at the most.

    After `seconds` the rest is left to the next delivery.
    """
    delivered = 0
    began = time.monotonic()
    with notices.delivering():
        while time.monotonic() - began < seconds and _deliver_next(now=now):
            delivered += 1
    return delivered


@transaction.atomic
def forget_told(*, now: datetime) -> int:
    """Delete what was told a while ago, since its time would date what it tells of.

    It is kept for as long as the same notice could be posted again; what could not be told longer,
    for whoever has to put that right. Return how many are gone.
    """
    sent = Outbox.objects.filter(sent_at__lt=now - TOLD_KEPT)
    dead = Outbox.objects.filter(dead_at__lt=now - UNTOLD_KEPT)
    return sent.delete()[0] + dead.delete()[0]


@transaction.atomic
def retry(stuck: Stuck | None, *, by: Actor, now: datetime) -> bool:
    """Try letters again from the beginning, or all of them; return whether there were any.

    All: those to whoever had no address as well; not what a wall holds back, or somebody dropped.
    """
    gone = {notices.WITHHELD, notices.DROPPED}
    rows = stuck.rows() if stuck else Outbox.objects.stuck().exclude(problem__in=gone)
    found = rows.update(dead_at=None, tries=0, next_try_at=now)
    if found:
        subject = stuck.subject if stuck else "outbox:all"
        record(Verb.LETTERS_RETRIED, by=by, at=now, subject=subject)
    return bool(found)


@transaction.atomic
def drop(stuck: Stuck, *, why: Why, by: Actor, now: datetime) -> bool:
    """Let letters go no more, for a reason; return whether there were any."""
    found = stuck.rows().update(dead_at=now, problem=notices.DROPPED)
    if found:
        record(Verb.LETTERS_DROPPED, by=by, at=now, subject=stuck.subject, why=why)
    return bool(found)


@transaction.atomic
def _deliver_next(*, now: datetime) -> bool:
    # what was tried least goes first: whatever cannot be delivered never stands before the rest
    due = Outbox.objects.due(now).select_for_update(skip_locked=True)
    row = due.order_by("tries", "next_try_at").first()
    if row is None:
        return False
    row.tries += 1
    try:
        notices.CHANNELS[row.channel](row)
    except notices.UndeliverableError as reason:
        row.dead_at, row.problem = now, str(reason)
    except Exception as failure:  # noqa: BLE001 - whatever a channel raises, the others go on
        row.problem = type(failure).__name__
        row.next_try_at = now + timedelta(seconds=min(2**row.tries, LONGEST_WAIT))
        if row.tries >= MAX_TRIES:
            row.dead_at = now
    else:
        row.sent_at, row.problem = now, ""
    row.save(update_fields=["tries", "dead_at", "problem", "next_try_at", "sent_at"])
    return True
