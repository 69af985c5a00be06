"""The original of a file: asked for by one, released by another, for a while."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases import actions, rules
from cases.duties import OriginalDuty
from cases.models import Attachment, Concern, OriginalRequest
from common import clock, days
from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Clock
from files.models import Chunk, Which
from files.rules.kinds import Trace
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people import actions as people
from people.middleware import act_as
from safes import access as opening
from safes.models import Grant, State
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.files import made
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-8", "SEC-2")]
REASON = "The place where it was taken decides the case."


@pytest.fixture
def file(world: World) -> Attachment:
    """Return a photo of a concern that waits, and that is clean."""
    concern, _ = world.file(excluded=(world["otto"],))
    file = actions.add_file(concern, name="site.jpg", content=made.photo(), now=world.now)
    world.clean(file, b"clean", Trace.PLACE)
    return Attachment.objects.select_related("concern__safe").get(pk=file.pk)


def ask(world: World, file: Attachment, by: str = "olga") -> OriginalRequest:
    return actions.ask_for_original(file, by=world[by], reason=REASON, now=clock.now())


def release(world: World, asked: OriginalRequest, by: str = "omar") -> OriginalRequest:
    opener = world.openers[by]
    return actions.release_original(asked, by=world[by], opener=opener, now=clock.now())


def read(
    world: World, file: Attachment, by: str = "olga", later: timedelta = timedelta(0)
) -> bytes:
    opener = world.openers[by]
    now = clock.now() + later
    found = actions.read_original(file, by=world[by], opener=opener, now=now)
    return b"".join(found.read())


def test_whoever_asked_reads_the_original_once_somebody_else_released_it(
    world: World, file: Attachment
) -> None:
    asked = ask(world, file)
    with pytest.raises(RuleError, match="Nobody has released"):
        read(world, file)
    release(world, asked)
    assert read(world, file) == made.photo()
    verbs = [Verb.ORIGINAL_ASKED, Verb.ORIGINAL_RELEASED, Verb.ORIGINAL_READ]
    entries = Entry.objects.filter(verb__in=verbs, subject=file.subject)
    assert sorted(entries.values_list("verb", flat=True)) == sorted(verbs)
    where = (asked.pk, "reason")
    assert opening.open_texts(world.openers["omar"], [where]) == {where: REASON}


def test_nobody_releases_to_themselves_not_even_in_the_database(
    world: World, file: Attachment
) -> None:
    asked = ask(world, file)
    with pytest.raises(RuleError, match="somebody else has to release it"):
        release(world, asked, by="olga")
    with pytest.raises(IntegrityError), transaction.atomic():
        OriginalRequest.objects.filter(pk=asked.pk).update(
            released_by=world["olga"], released_at=clock.now()
        )


def test_only_whoever_asked_reads_it(world: World, file: Attachment) -> None:
    release(world, ask(world, file))
    with pytest.raises(RuleError, match="Nobody has released"):
        read(world, file, by="omar")


def test_only_who_holds_a_key_releases(world: World, file: Attachment) -> None:
    # the head sees every concern; what lies dormant opens nothing
    with pytest.raises(RuleError, match="holds a key"):
        release(world, ask(world, file), by="hana")


def test_a_request_and_a_release_end(world: World, file: Attachment) -> None:
    asked = ask(world, file)
    OriginalRequest.objects.update(until=clock.now())
    with pytest.raises(RuleError, match="nobody did in time"):
        release(world, asked)
    release(world, ask(world, file))
    assert read(world, file, later=rules.ORIGINAL_LASTS - timedelta(minutes=1))
    with pytest.raises(RuleError, match="the release is over"):
        read(world, file, later=rules.ORIGINAL_LASTS + timedelta(minutes=1))


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_reason_is_given_and_one_request_is_enough(
    world: World, file: Attachment, reason: str
) -> None:
    with pytest.raises(RuleError, match="Say what you need"):
        actions.ask_for_original(file, by=world["olga"], reason=reason, now=clock.now())
    ask(world, file)
    with pytest.raises(RuleError, match="already"):
        ask(world, file)


def test_an_original_that_was_changed_is_not_sent(world: World, file: Attachment) -> None:
    release(world, ask(world, file))
    pieces = Chunk.objects.filter(stream__row=file.pk, stream__which=Which.ORIGINAL)
    pieces.update(ciphertext=bytes(len(pieces.get().ciphertext)))
    with pytest.raises(RuleError, match="changed or cut"):
        read(world, file)


@pytest.mark.req("ESC-3")
def test_whoever_may_release_it_finds_it_among_what_is_due_and_whoever_asked_does_not(
    world: World, file: Attachment
) -> None:
    ask(world, file)
    act_as(None)
    for name, finds in (("omar", True), ("olga", False), ("hana", False)):
        client = Client()
        sign_in(client, world, name)
        for address in ("/desk/due/", "/desk/today/"):
            page = client.get(address).content.decode()
            assert (f"Original in {file.about.ref}" in page) is finds, (name, address)


@pytest.mark.req("ESC-6")
def test_asking_about_many_originals_costs_as_many_queries_as_about_one(
    world: World, file: Attachment, process: BecomeProcess
) -> None:
    def asked() -> int:
        with process("worker"), CaptureQueriesContext(connection) as queries:
            ids = list(OriginalRequest.objects.values_list("pk", flat=True))
            abouts = OriginalDuty().abouts(ids)
        owners = {one.username for about in abouts.values() for one in about.owners}
        assert {"olga", "omar"} - owners == ({"olga"} if len(ids) == 1 else set())
        return len(queries)

    ask(world, file)
    once = asked()
    ask(world, file, "omar")
    ask(world, file, "hana")
    assert asked() == once


@pytest.mark.req("ESC-7")
def test_whoever_stands_in_for_somebody_who_may_release_it_is_reminded_and_let_in(
    world: World, file: Attachment, process: BecomeProcess
) -> None:
    today = days.day_of(clock.now())
    ask(world, file)
    made_of = people.delegate(world["omar"], to=world["hana"], since=today, now=clock.now())
    people.accept_delegation(made_of, now=clock.now())
    people.go_away(world["omar"], since=today, now=clock.now())
    with process("owner"):
        Clock.objects.exclude(kind="original").update(next_at=None)
        first = Clock.objects.get(kind="original").times[0]
    with process("worker"):
        escalation.sweep(now=first)
        told = Outbox.objects.get(template__startswith="clock_")
    assert told.to == f"person:{world['hana'].pk}"
    with process("owner"):
        held = Grant.objects.get(safe=file.about.safe, person=world["hana"])
    assert held.state == State.ACTIVE


def test_whoever_asked_is_not_reminded_in_the_place_of_somebody_who_is_away(
    world: World, file: Attachment, process: BecomeProcess
) -> None:
    today = days.day_of(clock.now())
    ask(world, file)
    made_of = people.delegate(world["omar"], to=world["olga"], since=today, now=clock.now())
    people.accept_delegation(made_of, now=clock.now())
    people.go_away(world["omar"], since=today, now=clock.now())
    with process("owner"):
        Clock.objects.exclude(kind="original").update(next_at=None)
        first = Clock.objects.get(kind="original").times[0]
    with process("worker"):
        escalation.sweep(now=first)
        told = set(
            Outbox.objects.filter(template__startswith="clock_").values_list("to", flat=True)
        )
    assert told
    assert f"person:{world['olga'].pk}" not in told


# -- at the desk --------------------------------------------------------------------------------


def at(name: str, file: Attachment) -> str:
    return reverse(f"desk:{name}", args=[file.about.ref, file.n])


def page(client: Client, file: Attachment) -> str:
    return client.get(at("file", file)).content.decode()


def test_two_officers_at_the_desk(world: World, file: Attachment) -> None:
    olga, omar = Client(), Client()
    sign_in(olga, world, "olga")
    sign_in(omar, world, "omar")
    shown = page(olga, file)
    assert "site.jpg" in shown
    assert "the place." in " ".join(shown.split())
    wrong = olga.post(at("ask", file), {"reason": ""})
    assert "Say what you need it for. Nothing was asked yet." in wrong.content.decode()
    olga.post(at("ask", file), {"reason": REASON})
    assert "Release it to Olga Example" not in page(olga, file)
    shown = page(omar, file)
    assert REASON in shown
    assert "Release it to Olga Example" in shown
    asked = OriginalRequest.objects.get()
    omar.post(at("release", file), {"request": str(asked.pk)})
    assert "Omar Example released it to you" in " ".join(page(olga, file).split())
    answer = olga.get(at("original", file))
    assert answer.getvalue() == made.photo()
    name = f"{file.about.ref}-1-original.jpg"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert omar.get(at("original", file)).status_code == 409


def test_what_could_not_be_cleaned_gets_a_name_that_starts_nothing(world: World) -> None:
    concern, _ = world.file()
    file = actions.add_file(concern, name="run.pdf", content=b"%PDF-1.7 x", now=world.now)
    Attachment.objects.update(state="rejected", why="program")
    file = Attachment.objects.select_related("concern__safe").get(pk=file.pk)
    release(world, ask(world, file))
    client = Client()
    sign_in(client, world, "olga")
    assert "It holds a program." in page(client, file)
    assert client.get(at("original", file))["Content-Disposition"].endswith('-original.bin"')


def test_a_release_of_another_files_request_is_absent(
    world: World, file: Attachment, process: BecomeProcess
) -> None:
    assert file.concern is not None
    other = actions.add_file(file.concern, name="b.txt", content=b"words", now=world.now)
    asked = ask(world, file)
    client = Client()
    sign_in(client, world, "omar")
    other.concern = file.concern
    assert client.post(at("release", other), {"request": str(asked.pk)}).status_code == 404
    with process("owner"):
        assert not OriginalRequest.objects.filter(released_by__isnull=False).exists()


def test_a_file_that_waits_says_so_and_a_team_member_alone_asks(
    world: World, client: Client
) -> None:
    concern, _ = world.file()
    world.triage(concern)
    file = actions.add_file(concern, name="a.txt", content=b"words", now=world.now)
    concern = Concern.objects.get(pk=concern.pk)
    sign_in(client, world, "hana")
    shown = client.get(reverse("desk:file", args=[concern.ref, file.n])).content.decode()
    assert "It waits for the cleaner" in shown
    assert "Ask for the original</button>" not in shown
    url = reverse("desk:ask", args=[concern.ref, file.n])
    assert client.post(url, {"reason": REASON}).status_code == 403


def test_the_page_takes_few_queries(
    world: World,
    file: Attachment,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for name in ("olga", "omar"):
        ask(world, file, by=name)
    sign_in(client, world, "olga")
    with django_assert_max_num_queries(20):
        page(client, file)
