"""The measurements, by the name under which they are asked for."""

import http
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench import chaos as shooting
from bench import exports, queues
from bench.clients import CLIENTS, Client, latencies, load
from bench.measurement import Measurement, percentile
from bench.office import Office
from bench.place import Place

TRIVIAL, EMPTY, FILE, QUEUE = "/health/live", "/demo/empty-insert/", "/api/v1/concerns/", "/desk/"
CASE = "/desk/cases/"
OFFICER, HEAD = "officer", "head"
WARM_UP = 1.0
# people who sign in and pages that are asked for, for a quick look
A_FEW = 3
# until every process that sweeps has started
START_SECONDS = 4.0


@dataclass
class Run:
    """One run: its house, how large and how long, and what later measurements compare with."""

    place: Place
    post: Office
    scale: float = 1.0
    last: float = 8.0
    times: int = 60
    queue: dict[int, float] | None = None

    def size(self, full: int) -> int:
        """Return a size at the scale of this run."""
        return max(int(full * self.scale), 20)


def trivial(run: Run) -> Measurement:
    """Measure a page that says that the process lives: the unit of the others."""
    port = run.place.port
    load(port, lambda client: client.ask(TRIVIAL), wanted=200, last=WARM_UP)
    rate = load(port, lambda client: client.ask(TRIVIAL), wanted=200, last=run.last)
    return Measurement(rate, "requests/s", rate, f"{CLIENTS} clients, GET {TRIVIAL}; the unit")


def filing(run: Run) -> Measurement:
    """Measure filing over the API, beside a page of the same server that inserts one row."""
    run.place.fill(run.size(200))
    token = run.place.personas["api"]["token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps(
        {
            "kind": "report",
            "category": "pressure_on_staff",
            "channel": "api",
            "reporter": {"mode": "anonymous"},
            "answers": {},
            "narrative": "The client wants the report dated before the visit. " * 8,
        }
    )
    port = run.place.port

    def insert(client: Client) -> tuple[int, bytes]:
        return client.ask(EMPTY, "")

    def file(client: Client) -> tuple[int, bytes]:
        return client.ask(FILE, body, headers)

    load(port, insert, wanted=http.HTTPStatus.NO_CONTENT, last=WARM_UP)
    empty = load(port, insert, wanted=http.HTTPStatus.NO_CONTENT, last=run.last)
    load(port, file, wanted=http.HTTPStatus.CREATED, last=WARM_UP)
    rate = load(port, file, wanted=http.HTTPStatus.CREATED, last=run.last)
    return Measurement(
        rate,
        "requests/s",
        empty,
        f"{CLIENTS} clients, POST {FILE}, sealed to 6 recipients; "
        "yardstick: a page that inserts one empty row in a transaction",
    )


def login(run: Run) -> Measurement:
    """Measure signing in by password and code, beside the Argon2 that it cannot do without."""
    run.place.fill(run.size(200))
    people = run.place.personas["people"]
    # each with a code of their own: the first officer and the head keep theirs for the queue
    kept = {next(p["username"] for p in people if p["role"] == role) for role in (OFFICER, HEAD)}
    enrolled = [one for one in people if one["totp_secret"] and one["username"] not in kept]
    took = [
        Client(run.place.port).sign_in(one["username"], one["password"], one["totp_secret"])
        for one in enrolled[: None if run.scale >= 1 else A_FEW]
    ]
    found = run.place.inside("argon2", len(took), process="web")["took"]
    password = percentile([one["password"] for one in found], 50)
    passphrase = percentile([one["passphrase"] for one in found], 50)
    return Measurement(
        percentile(took, 50),
        "ms",
        password + passphrase,
        f"{len(took)} people one after the other, password and code, key unlocked, median; p95 "
        f"{percentile(took, 95):.0f} ms; yardstick: Argon2 alone, {password:.0f} ms for the "
        f"password and {passphrase:.0f} ms for the key",
    )


def queue_10k(run: Run) -> Measurement:
    """Measure the queue page among 10,000 concerns, beside the trivial page."""
    unit = percentile(latencies(Client(run.place.port), TRIVIAL, run.times), 50)
    return _queue(run, 10_000, unit, "the trivial page, one client")


def queue_200k(run: Run) -> Measurement:
    """Measure the queue page among 200,000 concerns, beside that among 10,000."""
    small = run.size(10_000)
    if small not in (run.queue or {}):
        queue_10k(run)
    unit = (run.queue or {})[small]
    return _queue(run, 200_000, unit, f"the same page among {small} concerns")


def queue_1m(run: Run) -> Measurement:
    """Measure the pages of the desk among 1,000,000 concerns, each beside that among 10,000."""
    return queues.measure(run.place, run.size(1_000_000), few=run.size(10_000), times=run.times)


def _queue(run: Run, full: int, unit: float, what: str) -> Measurement:
    """Return the officer's median; the head's, who sees everything, and the queries are noted."""
    size = run.size(full)
    run.place.fill(size)
    found = {role: _page(run, role) for role in (OFFICER, HEAD)}
    value = found[OFFICER][0]
    run.queue = {**(run.queue or {}), size: value}
    told = ", ".join(
        f"{role} p50 {p50:.0f} ms p95 {p95:.0f} ms {queries} queries"
        for role, (p50, p95, queries) in found.items()
    )
    note = f"{run.place.concerns} concerns, vault open, officer's median; {told}; yardstick: {what}"
    return Measurement(value, "ms", unit, note)


def _page(run: Run, role: str) -> tuple[float, float, int]:
    """Return p50 and p95 in ms, and the number of queries, of the queue page of a role."""
    people = run.place.personas["people"]
    who = next(person for person in people if person["role"] == role)
    client = Client(run.place.port)
    client.sign_in(who["username"], who["password"], who["totp_secret"])
    times = latencies(client, QUEUE, run.times)
    counted = run.place.inside("queries", client.cookies, process="web")
    queries = counted["default"] + counted["keystore"]
    return percentile(times, 50), percentile(times, 95), queries


def sweep(run: Run) -> Measurement:
    """Measure a sweep of due clocks, beside the same rows written in plain SQL."""
    return _sweep(run, "bench_one_", 1)


def sweep_by_two(run: Run) -> Measurement:
    """Measure two workers that sweep at once, beside the same rows written in plain SQL."""
    return _sweep(run, "bench_two_", 2)


def _sweep(run: Run, kind: str, workers: int) -> Measurement:
    count = run.size(10_000)
    run.place.fill(count)
    plain = run.place.inside("add_clocks", kind, count, 1, "later", process="owner")
    begin = time.time() + (START_SECONDS if workers > 1 else 0)
    swept = run.place.together([("sweep", begin)] * workers, process="worker")
    took = max(one["ended"] for one in swept) - min(one["began"] for one in swept)
    acted = [one["acted"] for one in swept]
    shares = " and ".join(map(str, acted))
    return Measurement(
        sum(acted) / took,
        "clocks/s",
        plain["count"] / plain["all"],
        f"{sum(acted)} due clocks in {took:.1f} s by {workers} ({shares}), each recorded and told; "
        "yardstick: the same rows of clocks, steps, ledger and outbox written in plain SQL in "
        f"batches of 500; the clocks' rows alone {plain['count'] / plain['alone']:.0f} a second",
    )


def idle(run: Run) -> Measurement:
    """Measure a sweep that finds nothing due among 1,000,000 running clocks."""
    found = run.place.inside("idle", run.size(1_000_000), process="owner")
    return Measurement(
        found["ours"] * 1000,
        "ms",
        found["plain"] * 1000,
        f"{found['count']} clocks run and none is due, median; worst {found['worst'] * 1000:.1f} "
        "ms; yardstick: asking the database for the time",
    )


def drain(run: Run) -> Measurement:
    """Measure how long the house's own two workers take for 100,000 clocks due in a minute."""
    concerns, each = run.size(10_000), 10
    run.place.fill(concerns)
    kind = "bench_drain_"
    plain = run.place.inside("add_clocks", kind, concerns, each, "now", process="owner")
    while (left := run.place.inside("left", process="worker"))["due"]:
        time.sleep(0.2)
    found = run.place.inside("outcome", kind, process="worker")
    return Measurement(
        left["at"] - plain["added"],
        "s",
        plain["all"],
        f"{found['taken']} steps of {found['clocks']} clocks that were due at once, by the beat, "
        "the broker and the workers of the house; yardstick: the same rows written in plain SQL",
    )


def verify_ledger(run: Run) -> Measurement:
    """Measure verifying the ledger, beside hashing the same bytes."""
    # about ten entries a concern
    run.place.fill(run.size(200_000) // 10 + 100)
    found = run.place.inside("verify", process="worker")
    whole = "whole" if found["whole"] else "BROKEN"
    return Measurement(
        found["count"] / found["ours"],
        "entries/s",
        found["hashed"] / found["plain"],
        f"{found['count']} entries in {found['ours']:.1f} s, {whole}; yardstick: SHA-256 of the "
        "same bytes, already in memory",
    )


def seal(run: Run) -> Measurement:
    """Measure sealing entries into the log, beside hashing the same bytes."""
    count = run.size(10_000)
    run.place.fill(count)
    found = run.place.inside("seal", count, process="worker")
    return Measurement(
        found["count"] / found["ours"],
        "entries/s",
        found["count"] / found["plain"],
        f"{found['count']} entries in {found['ours']:.1f} s; yardstick: SHA-256 of the same bytes",
    )


def search(run: Run) -> Measurement:
    """Measure a search by words in what an officer can open, beside fetching the same bytes."""
    wanted = run.size(5_000)
    # a third of them become cases of one of three officers
    run.place.fill(run.size(17_000))
    people = run.place.personas["people"]
    who = next(person for person in people if person["role"] == OFFICER)
    found = run.place.inside("search", who["username"], who["password"], wanted, process="web")
    return Measurement(
        found["ours"] * 1000,
        "ms",
        found["plain"] * 1000,
        f"{found['searched']} cases and concerns, {found['items']} sealed items; "
        "yardstick: the same ciphertext fetched and not opened",
    )


def open_case(run: Run) -> Measurement:
    """Measure opening a case with 300 sealed items, beside unsealing the same bytes."""
    run.place.fill(run.size(200))
    people = run.place.personas["people"]
    who = next(person for person in people if person["role"] == OFFICER)
    found = run.place.inside(
        "open_case", who["username"], who["password"], run.size(300), process="web"
    )
    return Measurement(
        found["ours"] * 1000,
        "ms",
        found["plain"] * 1000,
        f"{found['count']} items of a case and its concern, through grants and outer keys, in four "
        "queries; yardstick: unsealing the same bytes with the secrets at hand",
    )


def case_page(run: Run) -> Measurement:
    """Measure the first page of a case's timeline at 300 notes, beside the same page at 30."""
    # of the last weeks, so that some are open
    run.place.fill(max(run.size(200), 60), years=0.1)
    people = run.place.personas["people"]
    who = next(person for person in people if person["role"] == OFFICER)
    client = Client(run.place.port)
    client.sign_in(who["username"], who["password"], who["totp_secret"])
    took: list[list[float]] = []
    for notes in (run.size(30), run.size(300)):
        grown = run.place.inside(
            "grow_case", who["username"], who["password"], notes, process="web"
        )
        took.append(latencies(client, f"{CASE}{grown['ref']}/", run.times))
    few, many = took
    return Measurement(
        percentile(many, 50),
        "ms",
        percentile(few, 50),
        f"{grown['notes']} notes, the newest hundred entries opened and shown, median; p95 "
        f"{percentile(many, 95):.0f} ms; yardstick: the same page at {run.size(30)} notes",
    )


def member(run: Run) -> Measurement:
    """Measure a member's joining and leaving a case of 1,000 items, beside sealing these anew."""
    found = run.place.inside("member", run.size(1_000), process="web")
    return Measurement(
        (found["joins"] + found["leaves"]) * 1000,
        "ms",
        found["plain"] * 1000,
        f"{found['count']} items: joining {found['joins'] * 1000:.1f} ms, leaving with a new epoch "
        f"{found['leaves'] * 1000:.1f} ms; yardstick: sealing every item anew, in memory",
    )


def recipients(run: Run) -> Measurement:
    """Measure filing to 30 recipients, beside filing to those of the house."""
    run.place.fill(run.size(200))
    found = run.place.inside("recipients", 30, process="owner")
    return Measurement(
        found["ours"] * 1000,
        "ms",
        found["plain"] * 1000,
        f"filing to {found['many']} people with verified keys, notices and ledger included; "
        f"yardstick: to {found['few']}",
    )


def chaos(run: Run) -> Measurement:
    """Measure how late 10,000 clocks take their steps while everything is killed at random."""
    count = run.size(10_000)
    run.place.fill(count)
    run.post.shoot_each, run.post.shoot_most = max(count // 20, 10), 20
    longest = max(180.0, count / 20)
    found = shooting.run(run.place, run.post, count, spread=count / 200, longest=longest)
    told = ", ".join(f"{what} {times}" for what, times in sorted(found.shots.items()))
    if complaints := found.complaints():
        sys.exit(f"bench: chaos: {'; '.join(complaints)} ({told})")
    return Measurement(
        found.p50,
        "s late",
        found.p99,
        f"p50, beside p99; at most {max(found.late):.1f} s; {count} clocks due within "
        f"{count / 200:.0f} s: {found.found['firsts']} first steps, none early, none twice, "
        f"{found.found['posted']} letters, none lost, {found.twice} twice under one name after "
        f"{found.shots_after_250} shots between 250 and commit; {found.kills} shots in "
        f"{found.seconds:.0f} s: {told}",
    )


def broker_away(run: Run) -> Measurement:
    """Measure how late clocks take their steps while the broker answers nobody for ten minutes."""
    count, away = run.size(1_000), 600 * run.scale
    run.place.fill(min(count, 200))
    run.post.shoot_most = 0
    found = shooting.run(
        run.place,
        run.post,
        count,
        spread=away,
        longest=away + 120,
        meanwhile=shooting.broker_away,
    )
    if complaints := found.complaints():
        sys.exit(f"bench: broker_away: {'; '.join(complaints)}")
    return Measurement(
        found.p50,
        "s late",
        found.p99,
        f"p50, beside p99; at most {max(found.late):.1f} s; {count} clocks due within {away:.0f} s "
        f"in which the broker was stopped: {found.found['firsts']} first steps, none early, none "
        f"twice, {found.found['posted']} letters, none lost",
    )


def poison(run: Run) -> Measurement:
    """Measure how long letters take while 10,000 others can never be delivered."""
    count, healthy = run.size(10_000), run.size(120)
    run.place.fill(20)
    run.place.inside("add_poison", count, process="owner")
    posted = run.place.inside("post_healthy", healthy, 1, process="owner")["posted"]
    deadline = time.monotonic() + 120 + count / 5
    while run.place.inside("isolated", process="worker")["left"] and time.monotonic() < deadline:
        time.sleep(5)
    found = run.place.inside("isolated", process="worker")
    missing = len(set(posted) - set(run.post.came))
    if missing or found["left"]:
        sys.exit(f"bench: poison: {missing} letters lost, {found['left']} not put aside")
    late = [run.post.came[name] - at for name, at in posted.items()]
    return Measurement(
        percentile(late, 95),
        "s",
        percentile(late, 50),
        f"p95 of {healthy} letters from commit to the mail server, beside p50; at most "
        f"{max(late):.1f} s; meanwhile {found['aside']} of {count} that never go were put aside "
        "after five tries each",
    )


# In the order of the number of concerns that they need.
MEASURES: dict[str, Callable[[Run], Measurement]] = {
    "trivial": trivial,
    "login": login,
    "filing": filing,
    "recipients": recipients,
    "open_case": open_case,
    "case_page": case_page,
    "bundle": lambda run: exports.measure(run.place, run.size(300), run.size(50)),
    "member": member,
    "queue_10k": queue_10k,
    "seal": seal,
    "sweep": sweep,
    "sweep_by_two": sweep_by_two,
    "idle": idle,
    "drain": drain,
    "verify_ledger": verify_ledger,
    "search": search,
    "queue_200k": queue_200k,
}
# Asked for by name alone: it takes hours, or the house is not good for much afterwards.
HARMFUL: dict[str, Callable[[Run], Measurement]] = {
    "queue_1m": queue_1m,
    "poison": poison,
    "broker_away": broker_away,
    "chaos": chaos,
}
