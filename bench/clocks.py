"""Measurements of the sweep inside the house: clocks of our own, committed as real ones are.

The house sweeps as well while it is measured, so our clocks are due long after anything of its own,
and are swept as if it were then.
"""

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from bench.measurement import seconds
from cases.lifecycle import ConcernStatus
from cases.models import Concern
from common import clock
from escalation import actions as escalation
from escalation.models import Clock, StepTaken
from escalation.notices import message_id
from ledger import actions as ledger
from ledger.actions import Act, Notice
from ledger.models import ISOLATED, Detail, Outbox
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people import actions as people
from people.models import Person

LATER = datetime(2099, 1, 1, tzinfo=UTC)
BATCH = 500
ROUNDS = 9
LAST_WORDS = "last words"
# the clocks of the house, which its own sweeps and ours leave alone from now on
STOP_OTHERS = "UPDATE escalation_clock SET next_at = NULL WHERE next_at IS NOT NULL"
# so many on each of so many concerns, due within the minute before
ADD = """
INSERT INTO escalation_clock (id, subject_kind, subject_id, kind, state, "limit", calendar_id,
                              calendar_n, paused_for, problem, tries, started_at, due_at, path_id,
                              times, next_step, next_at)
SELECT gen_random_uuid(), 'concern', c.id, %(kind)s || n, 'running', '', NULL, 0, '0', '', 0, at,
       at, p.id, ARRAY[at, at + interval '1 day', at + interval '3 days'], 1, at
FROM (SELECT id FROM cases_concern WHERE status <> 'draft' LIMIT %(concerns)s) c,
     generate_series(1, %(each)s) n, LATERAL (SELECT %(due)s - random() * interval '1 min' AS at) t,
     (
         SELECT version_id AS id FROM escalation_pathstep GROUP BY 1 HAVING count(*) = 3 LIMIT 1
     ) p
"""
# clocks whose time is far away, on subjects for which nobody asks
RUNNING = """
INSERT INTO escalation_clock (id, subject_kind, subject_id, kind, state, "limit", calendar_id,
                              calendar_n, paused_for, problem, tries, started_at, due_at, path_id,
                              times, next_step, next_at)
SELECT gen_random_uuid(), 'concern', gen_random_uuid(), 'idle', 'running', '1m', c.id, c.n, '0',
       '', 0, %(due)s, at, p.id, ARRAY[at], 1, at
FROM generate_series(1, %(count)s) n, LATERAL (SELECT %(due)s + n * interval '10 seconds' AS at) t,
     (SELECT id, n FROM escalation_calendar ORDER BY id LIMIT 1) c,
     (
         SELECT version_id AS id FROM escalation_pathstep GROUP BY 1 HAVING count(*) = 3 LIMIT 1
     ) p
"""
# these come due after one another; those beyond the number that was wanted go
SPREAD = """
WITH numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS k FROM escalation_clock WHERE kind LIKE %(kind)s
),
gone AS (
    DELETE FROM escalation_clock
    WHERE id IN (SELECT id FROM numbered WHERE k > %(count)s)
)
UPDATE escalation_clock SET due_at = at, next_at = at,
       times = ARRAY[at, at + interval '1 day', at + interval '3 days']
FROM (
    SELECT id, %(now)s + interval '3 s' + k * interval '1 s' * %(spread)s / %(count)s AS at
    FROM numbered WHERE k <= %(count)s
) spread
WHERE spread.id = escalation_clock.id
"""
REMOVE = "DELETE FROM escalation_clock WHERE kind LIKE %s"
SETTLE = "VACUUM ANALYZE escalation_clock"
# what an UPDATE of the clocks alone would be
MOVE = """
UPDATE escalation_clock SET state = 'breached', breached_at = due_at, next_step = 2,
       next_at = times[2]
WHERE id = ANY (%(ids)s)
"""
# and with every row that a sweep writes beside: steps, streams, entries, facts, notices
MOVE_AND_TELL = """
WITH moved AS (
    UPDATE escalation_clock SET state = 'breached', breached_at = due_at, next_step = 2,
           next_at = times[2]
    WHERE id = ANY (%(ids)s)
    RETURNING id, subject_kind || ':' || subject_id AS subject
),
acts AS (
    SELECT gen_random_uuid() AS id, subject, verb, row_number() OVER (PARTITION BY subject) AS k
    FROM moved, unnest(ARRAY['clock_breached', 'step_taken']) verb
),
streams AS (
    INSERT INTO ledger_stream AS s (name, n) SELECT subject, count(*) FROM acts GROUP BY 1
    ON CONFLICT (name) DO UPDATE SET n = s.n + excluded.n RETURNING name, n
),
entries AS (
    INSERT INTO ledger_entry (id, stream, stream_n, at, "on", verb, actor, subject, commitment,
                              key_id, mac)
    SELECT id, subject, n + k, now(), current_date, verb, 'system', subject,
           decode(repeat('00', 32), 'hex'), 1, decode(repeat('00', 32), 'hex')
    FROM acts JOIN streams ON name = subject RETURNING id
),
details AS (
    INSERT INTO ledger_detail (entry_id, salt, facts)
    SELECT id, decode(repeat('00', 16), 'hex'),
           '{"clock": "triage", "step": 1, "action": "remind", "reached": 1}'
    FROM entries
),
waiting AS (INSERT INTO ledger_pending (entry_id) SELECT id FROM entries),
taken AS (
    INSERT INTO escalation_steptaken (clock_id, n, at, reached, outcome)
    SELECT id, 1, now(), 1, 'done' FROM moved
)
INSERT INTO ledger_outbox (id, identity, channel, "to", template, context, next_try_at, tries,
                           problem)
SELECT gen_random_uuid(), 'plain:' || id, 'mail', 'person:' || gen_random_uuid(), 'plain',
       '{"name": "Somebody", "reference": "C-2099-00001", "clock": "triage"}', now(), 0, ''
FROM moved
"""


def add(kind: str, concerns: int, each: int, *, is_now: bool = False) -> dict[str, Any]:
    """Stop the clocks of the house and add some that are due: so many on each of its concerns.

    Before, as many are moved in plain SQL, alone and with every row beside; that is undone.
    """
    due = clock.now() if is_now else LATER
    _run(STOP_OTHERS, None)
    _run(ADD, {"kind": "plain_", "concerns": concerns, "each": each, "due": LATER})
    ids = list(Clock.objects.filter(kind__startswith="plain_").values_list("pk", flat=True))
    took = [_in_batches(statement, ids) for statement in (MOVE, MOVE_AND_TELL)]
    _run(REMOVE, ["plain_%"])
    with connection.cursor() as cursor:
        cursor.execute(ADD, {"kind": kind, "concerns": concerns, "each": each, "due": due})
        added = clock.now().timestamp()
        cursor.execute(SETTLE)
    return {"count": len(ids), "alone": took[0], "all": took[1], "added": added}


def _in_batches(statement: str, ids: list[Any]) -> float:
    def move() -> None:
        for first in range(0, len(ids), BATCH):
            cursor.execute(statement, {"ids": ids[first : first + BATCH]})

    with transaction.atomic(), connection.cursor() as cursor:
        took = seconds(move)
        transaction.set_rollback(True)
    return took


def sweep(begin: float) -> dict[str, Any]:
    """Sweep from a moment on, at which others begin as well; return from when to when, and what."""
    time.sleep(max(0.0, begin - time.time()))
    began = time.time()
    swept = escalation.sweep(now=LATER)
    return {"began": began, "ended": time.time(), "acted": swept.acted, "skipped": swept.skipped}


def left() -> dict[str, Any]:
    """Return how many clocks of the house are due, and when it was asked."""
    now = clock.now()
    return {"due": Clock.objects.due(now).count(), "at": now.timestamp()}


def outcome(kind: str) -> dict[str, Any]:
    """Return what was taken and told for the clocks of a kind, and forget what was to be told."""
    clocks = Clock.objects.filter(kind__startswith=kind)
    told = Outbox.objects.filter(template="clock_remind", context__clock__startswith=kind)
    found = {
        "clocks": clocks.count(),
        "taken": StepTaken.objects.filter(clock__in=clocks).count(),
        "told": told.count(),
    }
    told.delete()
    return found


def idle(count: int) -> dict[str, Any]:
    """Sweep where so many clocks run and none is due; ask for the time as often."""
    _run(STOP_OTHERS, None)
    _run(RUNNING, {"count": count, "due": LATER})
    now = clock.now()
    escalation.sweep(now=now)
    ours = [seconds(lambda: escalation.sweep(now=now)) for _ in range(ROUNDS)]
    plain = [seconds(clock.now) for _ in range(ROUNDS)]
    running = Clock.objects.ticking().exclude(next_at=None).count()
    _run(REMOVE, ["idle%"])
    return {"count": running, "ours": median(ours), "worst": max(ours), "plain": median(plain)}


def _run(statement: str, arguments: Any) -> None:
    """Change rows and let the planner know, as autovacuum would within minutes."""
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        cursor.execute(SETTLE)


def seal(begin: float) -> dict[str, Any]:
    """Record and seal in turns from a moment on, at which others begin as well."""
    time.sleep(max(0.0, begin - time.time()))
    sealed = 0
    for _ in range(ROUNDS):
        acts = [
            Act(Verb.LEDGER_VERIFIED, SYSTEM, clock.now(), "ledger:bench", facts={"outcome": "n"})
            for _ in range(BATCH // 10)
        ]
        ledger.record_all(acts)
        sealed += ledger.seal(now=clock.now())
    return {"recorded": ROUNDS * (BATCH // 10), "sealed": sealed}


def add_chaos(kind: str, count: int, spread: float) -> dict[str, Any]:
    """Add clocks that come due one after the other within so many seconds, on concerns of ours."""
    now = clock.now()
    concerns = min(Concern.objects.exclude(status=ConcernStatus.DRAFT).count(), count)
    each = -(-count // concerns)
    _run(STOP_OTHERS, None)
    _run(ADD, {"kind": kind, "concerns": concerns, "each": each, "due": LATER})
    with connection.cursor() as cursor:
        cursor.execute(SPREAD, {"kind": f"{kind}%", "count": count, "now": now, "spread": spread})
    return {"count": Clock.objects.filter(kind__startswith=kind).count()}


def after_chaos(kind: str) -> dict[str, Any]:
    """Return what became of the clocks of a kind, and the names of the letters that tell of it."""
    clocks = Clock.objects.filter(kind__startswith=kind)
    letters = Outbox.objects.filter(context__clock__startswith=kind)
    steps = StepTaken.objects.filter(clock__in=clocks)
    acts = Detail.objects.filter(facts__clock__startswith=kind)
    return {
        "clocks": clocks.count(),
        "steps": steps.count(),
        "firsts": steps.filter(n=1).values("clock").distinct().count(),
        "moved": clocks.filter(next_step=2).count(),
        "breached": acts.filter(entry__verb=Verb.CLOCK_BREACHED).count(),
        "acts": acts.exclude(entry__verb=Verb.CLOCK_BREACHED).count(),
        "reached": steps.aggregate(all=Sum("reached"))["all"] or 0,
        "posted": letters.count(),
        "untold": letters.filter(sent_at=None).count(),
        "letters": [message_id(letter.identity) for letter in letters],
    }


def add_poison(count: int) -> dict[str, Any]:
    """Post so many letters to somebody who is never reached."""
    poison = _somebody("poison")
    now = clock.now()
    ledger.post(_letter(f"poison:{n}", poison, now) for n in range(count))
    return {"count": count}


def post_healthy(count: int, every: float) -> dict[str, Any]:
    """Post letters one after the other, each committed; return when, by their Message-ID."""
    person = _somebody("healthy")
    posted = {}
    for n in range(count):
        identity = f"healthy:{clock.now().timestamp()}:{n}"
        ledger.post([_letter(identity, person, clock.now())])
        posted[message_id(identity)] = time.time()
        time.sleep(every)
    return {"posted": posted}


def isolated() -> dict[str, Any]:
    """Return how many letters of those that never go are put aside, and how many are not yet."""
    poison = Outbox.objects.filter(identity__startswith="poison:", sent_at=None)
    aside = poison.filter(tries__gte=ISOLATED).count()
    return {"aside": aside, "left": poison.count() - aside}


def post_and_die() -> dict[str, Any]:
    """Post a letter and be killed right after the commit, before anything else could be done."""
    ledger.post([_letter(LAST_WORDS, _somebody("healthy"), clock.now())])
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def last_words() -> dict[str, Any]:
    """Return by which name the letter comes whose poster was killed."""
    return {"name": message_id(LAST_WORDS)}


def _somebody(name: str) -> Person:
    found = Person.objects.filter(username=name).first()
    return found or people.add_person(
        username=name, name=name.title(), email=f"{name}@example.org", by=SYSTEM, now=clock.now()
    )


def _letter(identity: str, person: Person, at: datetime) -> Notice:
    return Notice(identity, "mail", f"person:{person.pk}", "clock_remind", at, {
        "name": person.name, "reference": "", "clock": "triage",
    })  # fmt: skip


MEASURES: dict[str, Callable[..., dict[str, Any]]] = {
    "add_clocks": lambda kind, concerns, each, at: add(
        kind, int(concerns), int(each), is_now=at == "now"
    ),
    "sweep": lambda begin: sweep(float(begin)),
    "left": left,
    "record_and_seal": lambda begin: seal(float(begin)),
    "outcome": outcome,
    "add_chaos": lambda kind, count, spread: add_chaos(kind, int(count), float(spread)),
    "after_chaos": after_chaos,
    "idle": lambda count: idle(int(count)),
    "add_poison": lambda count: add_poison(int(count)),
    "post_healthy": lambda count, every: post_healthy(int(count), float(every)),
    "isolated": isolated,
    "post_and_die": post_and_die,
    "last_words": last_words,
}
