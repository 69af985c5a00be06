"""Two worlds, one with a case about somebody and one without: they must not be able to tell."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from guardian.shortcuts import assign_perm

from audits import actions as audits
from cases import actions as cases
from cases.lifecycle import Finding, Mode, PartyRole, TaskKind
from cases.lifecycle.risks import SafeguardKind
from cases.models import Case, Concern, Note, Wall
from common import clock
from escalation import actions as escalation
from files.actions import Upload
from ledger import actions as ledger
from ledger.rules import SYSTEM
from people import actions as people
from people.middleware import act_as
from people.models import Person, Session
from people.rules import OFFICE, Conflicts, Role, Scope
from policies.models import Indicator
from retention import actions as retention
from retention.access import Kept
from retention.lifecycle import Ground, HoldGround
from tests.architecture.acts.casework import alleged, exhibited
from tests.architecture.routes import POSTS, ROUTES
from tests.architecture.routes.registry import FINE
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.retention.conftest import long_ago
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.req("TRI-6")]

# Random in each answer, and nothing else is: the token against forged forms, wherever it stands;
# what is sealed into the reporter's page with a fresh nonce; and what bears a random name.
RANDOM = [
    re.compile(rb'name="csrfmiddlewaretoken" value="[A-Za-z0-9]{64}"'),
    re.compile(rb"csrftoken=[A-Za-z0-9]{32};"),
    re.compile(rb'name="capability" value="[^"]+"'),
    re.compile(rb'name="page" value="[^"]+"'),
    # an entry's own name, where it is written after the worlds have parted
    re.compile(rb'<td class="ed-ref">[0-9a-f]{8}</td>|before=[0-9a-f-]{36}'),
]
# the second in which a letter was written, which stands in every letter
SENT = re.compile(r"^Date: .*$", re.MULTILINE)
# Everybody who reads checkpoints has to be given the same ones, or the ledger proves nothing: so
# its size counts what is hidden too. It counts every act of the house and tells of none.
COUNTS_THE_LEDGER = {"insight:checkpoint", "api:checkpoints", "api:latest-checkpoint"}
SIZES = [
    re.compile(rb"<dt>(Sealed entries|Newest checkpoint)</dt>\s*<dd>\s*[\d,]+"),
    re.compile(rb"up to ledger entry [\d,]+"),
    # released figures name the place in the ledger up to which they count, and hash it with them
    re.compile(rb'"cut_off":\{[^}]*\}|"sha256":"[0-9a-f]{64}"|"digest":"[0-9a-f]{64}"'),
    re.compile(rb"SHA-256 of the figures: <code>[0-9a-f]{64}"),
]
NOTHING = "00000000-0000-4000-8000-000000000000"
# What draws a secret or a key at each asking, and what lists sessions by the database's own clock:
# pages of one's own account, and where somebody new is led to.
DRAWN = {"account", "account-code", "account-passkey", "account-calendar", "setup:invite"}
# by what each stands behind the wall; each holds every role that can meet, and is a superuser
BEHIND = {
    "xena": "whom it is about",
    "mona": "reports to her",
    "mila": "reports to who reports to her",
    "omid": "reported to her when it was filed",
    "tess": "declared a tie",
    "dora": "stands in for her",
    "dina": "stands in for who reports to her",
}
# whom it is about again, in one role at a time: some meet in nobody
ROLES = [
    Role.OFFICER, Role.HEAD, Role.LEADERSHIP, Role.AUDITOR, Role.ADMINISTRATOR, Role.CUSTODIAN,
]  # fmt: skip


class Refs(NamedTuple):
    """What somebody could guess of a world with the case."""

    waiting: str
    filed: str
    named: str
    case: str
    late: str
    case_id: str
    # a concern whose reporter's name is sealed, and the request to open it
    sealed: str
    request: str
    # a request for the original of a file; a case that is over, its disposal and a hold
    original: str
    old: str
    disposal: str
    hold: str
    # a task of what waits, and of the case
    check_in: str
    review: str
    # a note on the case, and a request for the original of a file that the office added to it
    note: str
    of_case: str
    # what protects somebody in the case
    guard: str
    authorisation: str


class Ask(NamedTuple):
    """One request that anybody could send."""

    name: str
    method: str
    address: str
    data: Mapping[str, Any] = {}


Answers = dict[tuple[str, str, str], tuple[int, list[tuple[str, str]], bytes]]


def settle(world: World) -> None:
    """Make the people who stand close to Xena, work that is not about her, and programs."""
    roles = [*OFFICE, Role.LEADERSHIP, Role.POLICY_OWNER]
    world.hire("xena", *roles, manager="chief", is_on_duty=True)
    world.hire("mona", *roles, manager="xena", is_on_duty=True)
    world.hire("mila", *roles, manager="mona")
    world.hire("omid", *roles, manager="xena")
    world.hire("tess", *roles, is_on_duty=True)
    world.hire("dora", *roles)
    world.hire("dina", *roles)
    people.declare_tie(world["tess"], about=world["xena"], now=world.now)
    for person, to in (("xena", "dora"), ("mona", "dina")):
        asked = people.delegate(world[person], to=world[to], since=world.now.date(), now=world.now)
        people.accept_delegation(asked, now=world.now)
    everybody = Group(name="everybody")
    with as_owner():
        everybody.save()
        for name in BEHIND:
            everybody.user_set.add(world[name])
    Person.objects.filter(username__in=BEHIND).update(is_superuser=True)
    long_ago(world)
    concern, _ = world.file()
    world.file(world.now + timedelta(hours=1))
    act_as(world["omar"])
    case = world.triage(concern, by="omar")
    cases.sign_note(case, by=world["omar"], kind=Note.Kind.NOTE, text="I rang them.", now=world.now)


@contextmanager
def as_owner() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ed_owner")
        yield
        cursor.execute("SET ROLE ed_web")


def accuse(world: World) -> Refs:
    """File about Xena in every way there is, and work it as far as it goes."""
    at = world.now + timedelta(days=1)
    about = {"excluded": (world["xena"],), "unit": world.unit}
    waiting, _ = world.file(at, **about)
    file = cases.add_file(waiting, name="letter.pdf", content=b"%PDF-1.7 x", now=at)
    world.clean(file)
    act_as(world["omar"])
    original = cases.ask_for_original(file, by=world["omar"], reason="The log.", now=at)
    named, _ = world.file(at, about="Xena Example, of course")
    filed, _ = world.file(at, **about)
    world.now = at
    act_as(world["olga"])
    case = world.triage(filed)
    cases.add_member(
        case, by=world["olga"], opener=world.openers["olga"], person=world["omar"], now=at
    )
    cases.read_case(case, by=world["olga"], opener=world.openers["olga"], now=at)
    ours = cases.add_to_case(case, upload=Upload.of("log.txt", b"words"), by=world["olga"], now=at)
    of_case = cases.ask_for_original(ours, by=world["olga"], reason="The log.", now=at)
    note = cases.sign_note(case, by=world["olga"], kind=Note.Kind.NOTE, text="I rang.", now=at)
    cases.amend_note(note, by=world["olga"], over=1, why="A slip.", text="I called.", now=at)
    cases.say(Concern.objects.select_related("case").get(pk=filed.pk), text="More.", now=at)
    cases.answer(filed, by=world["olga"], opener=world.openers["olga"], text="We read it.", now=at)
    with as_owner():
        for name in BEHIND:
            assign_perm("view_case", world[name], case)
        assign_perm("view_case", Group.objects.get(name="everybody"), case)
    cases.add_party(case, by=world["olga"], role=PartyRole.SUBJECT, name="Xena Example", now=at)
    alleged(world, case)
    exhibited(world, case)
    unnamed, _ = world.file(at)
    act_as(world["olga"])
    late = world.triage(unnamed)
    cases.name_party(late, by=world["olga"], person=world["xena"], now=at)
    world.close(
        late, finding=Finding.SUBSTANTIATED, reason="It is so.", message="It is so.", now=at
    )
    sealed, request = _ask_for_a_name(world, about)
    old, disposal, hold = _keep_and_dispose(world, case, about)
    check_in, review = (_open_task(world, thing) for thing in (waiting, case))
    return Refs(
        waiting=waiting.ref,
        filed=filed.ref,
        named=named.ref,
        case=case.ref,
        late=late.ref,
        case_id=str(case.pk),
        sealed=sealed,
        request=request,
        original=str(original.pk),
        old=old,
        disposal=disposal,
        hold=hold,
        check_in=check_in,
        review=review,
        note=str(note.pk),
        of_case=str(of_case.pk),
        guard=_protect(world, waiting, case),
        authorisation=str(
            cases.ask_authorisation(case, by=world["olga"], words="May we?", now=world.now).pk
        ),
    )


def _ask_for_a_name(world: World, about: dict[str, Any]) -> tuple[str, str]:
    """Let a reporter seal their name, and olga ask for it."""
    identity = cases.Identity("Rita Reporter")
    sealed, _ = world.file(world.now, mode=Mode.CONFIDENTIAL, identity=identity, **about)
    act_as(world["olga"])
    world.triage(sealed)
    request = cases.ask_identity(sealed, by=world["olga"], reason="I must call.", now=world.now)
    return sealed.ref, request.ref


def _protect(world: World, waiting: Concern, case: Case) -> str:
    """Let Olga mark what she sees in what waits, and protect somebody in the case."""
    signs = Indicator.objects.offered()[:2]
    cases.mark_signs(waiting, by=world["olga"], signs=signs, now=world.now)
    guard = cases.place_safeguard(
        case,
        by=world["olga"],
        kind=SafeguardKind.LEAVE,
        owner=world["olga"],
        words="From today.",
        now=world.now,
    )
    return str(guard.pk)


def _open_task(world: World, about: Case | Concern) -> str:
    """Let Olga see to a check-in."""
    task = cases.add_task(
        about,
        by=world["olga"],
        kind=TaskKind.CHECK_IN,
        assignee=world["olga"],
        words="Ring her.",
        now=world.now,
    )
    return str(task.pk)


def _keep_and_dispose(world: World, case: Case, about: dict[str, Any]) -> tuple[str, str, str]:
    """Place a hold on a case, and propose to erase another that is over."""
    old = long_ago(world, **about).case
    (row,) = retention.propose(
        [Kept(old)], ground=Ground.TIME_OVER, by=world["olga"], now=world.now
    )
    hold = retention.place_hold(
        Kept(case), ground=HoldGround.CLAIM, reason="A claim.", by=world["olga"], now=world.now
    )
    return old.ref, str(row.pk), str(hold.pk)


def asks(refs: Refs, world: World, turn: int | None = None) -> Iterator[Ask]:
    """Yield every route with every reference that could be guessed, and every form.

    With `turn`, of the references of a route only the one whose turn it is: among many who look,
    each comes up.
    """
    for name, (arguments, _) in ROUTES.items():
        if name not in COUNTS_THE_LEDGER | DRAWN:
            found = addresses(name, arguments, refs, world)
            chosen = found if turn is None else [found[turn % len(found)]]
            yield from (Ask(name, "get", at) for at in chosen)
    for name, (typed, _) in POSTS.items():
        data = {key: _entered(value, world, refs) for key, value in typed.items()}
        # what is taken down gets a reference by chance, and a new entrance its code
        if name not in DRAWN | {"sign-out", "desk:take-down", "setup:entrances"}:
            at, *_ = addresses(name, ROUTES[name][0], refs, world)
            yield Ask(name, "post", at, data)
    queue, entries = reverse("desk:queue"), reverse("insight:ledger")
    for query in ("show=mine", "show=triage", "show=closed", "show=open", "category=other"):
        yield Ask("desk:queue", "get", f"{queue}?{query}")
    for query in (f"subject=case:{refs.case_id}", "verb=party_named", "verb=case_closed"):
        yield Ask("insight:ledger", "get", f"{entries}?{query}")
    yield Ask("insight:dashboard", "get", reverse("insight:dashboard") + "?period=2026-03")
    yield Ask("me:conflicts", "get", reverse("me:conflicts") + "?q=example")
    yield Ask("home", "head", "/")
    yield Ask("desk:case", "head", reverse("desk:case", args=[refs.case]))
    yield Ask("desk:case", "options", reverse("desk:case", args=[refs.case]))


def addresses(name: str, arguments: Mapping[str, str], refs: Refs, world: World) -> list[str]:
    """Return the addresses of a route, with what could be guessed in its place."""
    if "ref" not in arguments:
        filled = {key: _entered(value, world, refs) for key, value in arguments.items()}
        return [reverse(name, kwargs=filled)]
    guessed = {
        "CASE": (refs.case, refs.late, refs.old),
        "CONCERN": (refs.waiting, refs.filed),
        "SEALED": (refs.sealed,),
        "REQUEST": (refs.request,),
    }[arguments["ref"]]
    filled = {key: _entered(value, world, refs) for key, value in arguments.items()}
    return [reverse(name, kwargs={**filled, "ref": ref}) for ref in guessed]


def _entered(value: str, world: World, refs: Refs) -> str:
    if value.startswith("@"):
        return str(world.people.get(value.removeprefix("@"), world["stan"]).pk)
    known = {
        "CATEGORY": str(world.category.pk),
        "CONCERN": refs.waiting,
        "ORIGINAL": refs.original,
        "STAN": str(world["stan"].pk),
        "OLD": refs.old,
        "ASKED": refs.disposal,
        "HOLD": refs.hold,
        "RULE": NOTHING,
        # nobody is asked to read a policy here
        "CAMPAIGN": NOTHING,
        "ASKED_TO_READ": NOTHING,
        "CHECK_IN": refs.check_in,
        "REVIEW": refs.review,
        "NOTE": refs.note,
        "ORIGINAL_OF_CASE": refs.of_case,
        "ALLEGATION": NOTHING,
        "PAPER": NOTHING,
        "PARTY": NOTHING,
        "FOUND": NOTHING,
        "GUARD": refs.guard,
        "AUTHORISATION": refs.authorisation,
    }
    return known.get(value, value)


def plain(body: bytes) -> bytes:
    """Return a body without what is random, and without the size of the ledger."""
    for pattern in (*RANDOM, *SIZES):
        body = pattern.sub(b"", body)
    return body


def kept(response: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return all there is to see of an answer: status, headers, body; its length is the body's."""
    headers = [(name, value) for name, value in response.items() if name != "Content-Length"]
    body = b"".join(response) if response.streaming else response.content
    return response.status_code, sorted(headers), plain(body)


def look(
    world: World, refs: Refs, tokens: Mapping[str, str], who: Iterable[str], only: Collection[str]
) -> Answers:
    """Return every answer that those behind the wall get, and the mail they were sent.

    With `only`, pages of these routes alone.
    """
    seen: Answers = {}
    for turn, name in enumerate(who):
        # what each may send is the same for all; what each is shown may not be
        sends = name in {"xena", "dora"}
        mine = asks(refs, world, None if sends else turn)
        asked = (ask for ask in mine if sends or ask.method != "post")
        seen |= by_session(
            world, name, (ask for ask in asked if not only or ask.name in only), name
        )
        seen |= by_token(refs, tokens[name], name)
        sent = [letter for letter in mail.outbox if world[name].email in letter.to]
        # letters of one moment go out in any order
        letters = sorted(SENT.sub("", str(letter.message())) for letter in sent)
        seen[name, "mail", ""] = (len(sent), [], "\n".join(letters).encode())
    return seen


def look_in_each_role(
    world: World, refs: Refs, roles: Iterable[Role], only: Collection[str]
) -> Answers:
    """Return what the pages show to whom it is about, in one role at a time."""
    seen: Answers = {}
    for turn, role in enumerate(roles):
        xena = Person.objects.filter(username="xena")
        xena.update(roles=[role], is_on_duty=role == Role.OFFICER)
        pages = (ask for ask in asks(refs, world, turn) if ask.method == "get")
        asked = (ask for ask in pages if not only or ask.name in only)
        seen |= by_session(world, "xena", asked, f"xena as {role}")
    return seen


def by_session(world: World, who: str, asked: Iterable[Ask], label: str) -> Answers:
    client, seen = Client(raise_request_exception=False), {}
    sign_in(client, world, who)
    # the database, whose clock does not stand still, says when a session is over
    Session.objects.filter(person=world[who]).update(seen_at=Now(), begun_at=Now())
    for ask in asked:
        with transaction.atomic():
            response = getattr(client, ask.method)(ask.address, ask.data)
            transaction.set_rollback(True)
        seen[label, ask.method, ask.address] = kept(response)
    return seen


def by_token(refs: Refs, token: str, label: str) -> Answers:
    client, seen = Client(raise_request_exception=False), {}
    headers = {"Authorization": f"Bearer {token}"}
    kept_since = {"If-None-Match": "*", "If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}
    places = ["categories/", "clocks/", "clocks/?state=breached", "figures/?period=2026-03"]
    places += ["reports/", "cases/", "cases/?status=closed"]
    places += [f"cases/{ref}/" for ref in (refs.case, refs.late, refs.old, refs.waiting)]
    for place in places:
        for kind, more in (("token", {}), ("etag", kept_since)):
            with transaction.atomic():
                response = client.get(f"/api/v1/{place}", headers={**headers, **more})
                transaction.set_rollback(True)
            seen[label, kind, place] = kept(response)
    return seen


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch, now: datetime) -> datetime:
    """Let time stand still, since pages tell the time."""
    moment = now + timedelta(days=90)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


Looks = Callable[..., Answers]


@pytest.fixture
def worlds(world: World, process: BecomeProcess, still: datetime) -> Looks:
    """Give what is seen in the world with the case, which comes first, or in that without."""
    settle(world)
    tokens = {}
    for who in BEHIND:
        client = people.add_client(
            name=f"Program of {who}", owner=world[who], scopes=list(Scope), by=SYSTEM, now=world.now
        )
        tokens[who] = people.issue_token(client, by=SYSTEM, now=world.now)
    with process("worker"):
        # those of anonymous reporters are shuffled, once for both worlds
        ledger.seal(now=still)
    base, guessed = world.now, []

    def later() -> None:
        moved = base + timedelta(days=3)
        people.change_manager(world["omid"], manager=world["chief"], by=SYSTEM, now=moved)
        with process("worker"):
            cases.enforce_walls(now=still)
            escalation.sweep(now=still)
            ledger.deliver(now=still)
            while ledger.seal(now=still):
                pass
            audits.fold_and_release(now=still)

    def one(
        *,
        with_case: bool,
        spoiled: Callable[[], object] = bool,
        who: Iterable[str] = BEHIND,
        roles: Iterable[Role] = ROLES,
        only: Collection[str] = (),
    ) -> Answers:
        mail.outbox.clear()
        with transaction.atomic():
            if with_case:
                guessed.append(accuse(world))
                spoiled()
            world.now = base
            later()
            seen = look(world, guessed[0], tokens, who, only)
            seen |= look_in_each_role(world, guessed[0], roles, only)
            transaction.set_rollback(True)
        return seen

    return one


# thousands of pages, twice
@pytest.mark.timeout(1200)
def test_nobody_behind_a_wall_can_tell_whether_there_is_a_case(worlds: Looks) -> None:
    with_case, without = worlds(with_case=True), worlds(with_case=False)
    assert with_case.keys() == without.keys()
    assert len(without) > len(BEHIND) * len(ROUTES)
    assert without["xena", "get", "/desk/"][0] == FINE
    assert {ask for ask in without if with_case[ask] != without[ask]} == set()


# -- that the comparison can fail ----------------------------------------------------------------


def no_walls() -> None:
    with as_owner():
        Wall.objects.all().delete()


def row_security_forgets_walls() -> None:
    """Let the gate of the application hold alone."""
    with as_owner(), connection.cursor() as cursor:
        for kind in ("concern", "case"):
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION ed_walled_{kind}s() RETURNS SETOF uuid"
                " LANGUAGE sql STABLE ROWS 100 AS 'SELECT NULL::uuid WHERE false'"
            )


@pytest.mark.parametrize("check", ["rows", "ledger", "notices", "programs"])
def test_the_comparison_notices_where_one_check_of_the_wall_is_gone(
    check: str, worlds: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    # which page tells, if one does, and what is seen there
    page, told = {
        "rows": ("desk:queue", "/desk/"),
        "ledger": ("insight:ledger", "/insight/ledger/"),
        "notices": ("", "mail"),
        "programs": ("", "clocks/"),
    }[check]
    if check == "ledger":
        monkeypatch.setattr("audits.access.walled_subjects", lambda _person: [])
    elif check == "notices":
        for duties in ("lines", "concerns", "about"):
            monkeypatch.setattr(f"cases.duties.{duties}.free", lambda persons, *_: persons)
        monkeypatch.setattr("escalation.notices.MAY_BE_TOLD", [])
    elif check == "programs":
        monkeypatch.setattr("people.models.ApiClient.conflicts", Conflicts({b"": date.max}))
    spoiled = no_walls if check == "rows" else row_security_forgets_walls
    # who reads the ledger works on nothing
    roles = [Role.AUDITOR] if check == "ledger" else []
    shown = partial(worlds, who=["xena"], roles=roles, only={page})
    with_case, without = shown(with_case=True, spoiled=spoiled), shown(with_case=False)
    noticed = {ask[1:] for ask in without if with_case[ask] != without[ask]}
    assert any(told in ask for ask in noticed)
