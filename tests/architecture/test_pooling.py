"""Who asks lasts for one transaction: on connections that last, that are shared, and in workers."""

import threading
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection, connections, transaction
from django.db.transaction import TransactionManagementError
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from cases.models import Concern
from common import asking
from common.asking import at_the_gate
from ethicsdesk import doctor, environment
from ethicsdesk.celery import app
from ethicsdesk.machine import roles
from ethicsdesk.machine.roles import Address
from ethicsdesk.machine.state import State
from people.middleware import BATCH, RequestTransaction, act_as
from people.models import Person
from tests.doors import sign_in
from tests.house import House

pytestmark = pytest.mark.req("SEC-2")
WAIT = 60


Line = Callable[[], Any]


def line(house: House, monkeypatch: pytest.MonkeyPatch, role: str | None) -> Line:
    """Return what makes a connection to the running house, as one of its processes has it."""
    state = State(str(house.state))
    address = Address(state.read("running")["addresses"][0])
    url = address.as_role(role, roles.passwords(state)[role]) if role else address.url
    monkeypatch.setenv("HOUSE_URL", url.replace("postgresql://", "postgres://"))
    place = environment.database("HOUSE_URL")

    def make() -> Any:
        made = connections.create_connection("default")
        made.settings_dict = {**made.settings_dict, **place}
        return made

    return make


def apart(work: Callable[[], Any]) -> Any:
    """Do something in a thread of its own, which has connections of its own."""
    done: list[Any] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(WAIT)
    if failed:
        raise failed[0]
    return done[0]


def head(house: House) -> Person:
    return Person.objects.get(username=house.personas("head")[0]["username"])


def server() -> tuple[int, str | None]:
    """Return which process of the server answers, and whom it takes us for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), ed_person()::text")
        found: tuple[int, str | None] = cursor.fetchone()
        return found


@pytest.mark.django_db
def test_two_requests_on_one_lasting_connection_share_no_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = line(house, monkeypatch, "ed_web")

    def visit() -> None:
        connections["default"] = kept()
        person = head(house)
        first = server()
        client = Client(HTTP_HOST="127.0.0.1")
        sign_in(client, {"head": person}, "head", vault=False)
        page = client.get("/desk/")
        assert page.status_code == 200
        assert any(listing.rows for listing in page.context["listings"])
        # between two requests, and in a second one of nobody
        assert server() == (first[0], None)
        assert not Concern.objects.exists()
        assert Client(HTTP_HOST="127.0.0.1").get("/speak/").status_code == 200
        assert server() == (first[0], None)
        assert not Concern.objects.exists()

    apart(visit)


@pytest.mark.django_db
def test_two_clients_of_one_pooled_connection_share_no_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pooler gives one connection of the server to whoever begins a transaction next."""
    make = line(house, monkeypatch, "ed_web")

    def take_turns() -> None:
        clients = [make(), make()]
        clients[0].connect()
        clients[1].connect()
        clients[1].connection.close()
        clients[1].connection = clients[0].connection
        connections["default"] = clients[0]
        person = head(house)
        with transaction.atomic():
            act_as(person)
            pid = server()[0]
            assert Concern.objects.exists()
        connections["default"] = clients[1]
        with transaction.atomic():
            assert server() == (pid, None)
            assert not Concern.objects.exists()
        # somebody forgets that a setting has to end with its transaction
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('ed.person', %s, false), set_config('ed.behind', '{}', false)",
                [str(person.pk)],
            )
        connections["default"] = clients[0]
        assert Concern.objects.exists()
        # it reaches no request all the same: each says anew who asks
        count = RequestTransaction(lambda _: HttpResponse(str(Concern.objects.count())))
        assert count(RequestFactory().get("/")).content == b"0"

    apart(take_turns)


@pytest.mark.django_db
def test_nothing_is_held_while_a_slow_client_reads(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database ends a transaction that idles; a download lasts as long as its reader takes."""
    make = line(house, monkeypatch, "ed_web")

    def read_slowly() -> list[bytes]:
        connections["default"] = make()
        person = head(house)
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = '100ms'")

        def seen() -> Iterator[bytes]:
            for _ in range(2 * BATCH):
                yield str(server()[1]).encode()

        request = RequestFactory().get("/")
        request.user = person
        answer = cast("HttpResponse", StreamingHttpResponse(seen()))
        read: list[bytes] = []
        for piece in RequestTransaction(lambda _: answer)(request):
            if len(read) in {0, BATCH}:
                threading.Event().wait(0.3)
            read.append(piece)
        assert set(read) == {str(person.pk).encode()}
        return read

    assert len(apart(read_slowly)) == 2 * BATCH


@pytest.mark.django_db
def test_the_gate_opens_inside_a_transaction_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of one it would be shut again at once, and an act would do half without a word."""
    make = line(house, monkeypatch, "ed_web")

    def try_it() -> bool:
        connections["default"] = make()
        with pytest.raises(TransactionManagementError), at_the_gate():
            pass
        with transaction.atomic(), at_the_gate(), connection.cursor() as cursor:
            cursor.execute("SELECT ed_at_gate()")
            return bool(cursor.fetchone()[0])

    assert apart(try_it)


# -- workers ----------------------------------------------------------------------------------


said: list[tuple[str, tuple[int, str | None]]] = []


@app.task(name="tests.careless")
def careless(person: str) -> None:
    """Tell the connection who asks for longer than the task lasts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ed.person', %s, false)", [person])
    said.append(("careless", server()))


@app.task(name="tests.following")
def following() -> None:
    """Look whether anybody is said to ask."""
    said.append(("following", server()))


@app.task(name="tests.last")
def last() -> None:
    """Leave nothing open."""
    connections.close_all()


@pytest.fixture
def worker(db: None) -> Iterator[None]:
    """Run a worker of Celery on the broker of the tests."""
    said.clear()
    ours: Any = app
    with start_worker(ours, pool="solo", perform_ping_check=False, loglevel="ERROR"):
        # as behind a pooler: Celery by itself lets go of the connection after each task
        for fixup in ours._fixups:
            fixup.worker_fixup.db_reuse_max = 10
        yield
        last.delay()


@pytest.mark.django_db
def test_a_task_does_not_know_for_whom_the_one_before_worked(worker: None) -> None:
    person = "5d0bd4c6-9d7c-4d8a-9f3e-6d8f4f8d3c11"
    careless.delay(person)
    following.delay()
    for _ in range(WAIT * 10):
        if len(said) == 2:
            break
        threading.Event().wait(0.1)
    (_, (first, told)), (_, (second, found)) = said
    assert first == second, "the worker has to keep its connection for this to tell anything"
    assert told == person
    assert found is None


@pytest.mark.django_db
def test_what_one_transaction_was_told_can_be_told_to_another_and_forgotten() -> None:
    person = "5d0bd4c6-9d7c-4d8a-9f3e-6d8f4f8d3c11"
    what = [person] + [""] * (len(asking.NAMES) - 1)
    asking.tell(what)
    assert server()[1] == person
    assert asking.told() == what
    asking.forget()
    assert server()[1] is None


# -- the doctor --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_doctor_refuses_a_process_that_is_a_superuser(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    strong = line(house, monkeypatch, None)

    def examine() -> str:
        connections["default"] = strong()
        return "\n".join(map(str, doctor.database("default")))

    said = apart(examine)
    assert "may do more in the main database than a process should" in said
    assert "NOSUPERUSER NOBYPASSRLS" in said
