"""The doctor says what is well, what is not, and what to do."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from common import keys
from common.custody import Folder
from escalation.models import Heartbeat
from ethicsdesk import doctor
from ethicsdesk.celery import app
from ethicsdesk.doctor import Finding, State
from ledger.models import Outbox
from people.models import Person
from tests import house as houses
from tests.conftest import BecomeProcess
from tests.house import House
from tests.world import World


def states(found: Iterable[Finding]) -> set[State]:
    return {one.state for one in found}


def text(found: Iterable[Finding]) -> str:
    return "\n".join(map(str, found))


@pytest.mark.req("OPS-1")
def test_a_running_house_is_well(house: House) -> None:
    # the workers may just have started
    deadline = time.monotonic() + 60
    while (told := houses.desk("manage", "doctor", env=state(house))).returncode:
        assert time.monotonic() < deadline, told.stdout
    said = told.stdout.splitlines()
    assert len(said) > 10
    assert [line for line in said if not line.startswith("ok ")] == []


def state(house: House) -> dict[str, str]:
    return {"ETHICSDESK_STATE": str(house.state)}


def test_every_line_that_is_not_well_says_what_to_do() -> None:
    assert str(Finding("The broker answers")) == "ok    The broker answers"
    assert str(doctor.bad("No", "do.")) == "BAD   No — do."


def test_plain_http_beyond_this_machine_is_bad(settings: Settings) -> None:
    settings.ORIGIN, settings.DEMO = "http://ethics.example.org", False
    said = text(doctor.configuration())
    assert "put a TLS proxy before it" in said
    assert "ETHICSDESK_HOSTS=…,ethics.example.org" in said


def test_a_demonstration_on_a_public_host_is_bad(settings: Settings) -> None:
    settings.ORIGIN, settings.DEMO = "https://ethics.example.org", True
    assert "unset ETHICSDESK_DEMO" in text(doctor.configuration())


def test_keys_that_are_missing_unreadable_or_loose_are_said(
    settings: Settings, tmp_path: Path
) -> None:
    here = settings.KEYS
    for file in here.path.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
        (tmp_path / file.name).chmod(0o644)
    settings.KEYS, settings.PROCESS = Folder(tmp_path), "web"
    said = text(doctor.key_files())
    assert "Others on this machine can read" in said
    assert "could sign checkpoints" in said
    (tmp_path / keys.MASTER).write_text("no key")
    found = list(doctor.key_files())
    assert states(found) == {State.BAD}
    assert "master.key" in text(found)


def test_a_signing_key_that_does_not_fit_is_bad(settings: Settings, tmp_path: Path) -> None:
    for file in settings.KEYS.path.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / keys.SIGNING).write_text("07" * 32)
    settings.KEYS, settings.PROCESS = Folder(tmp_path), "worker"
    assert "do not belong together" in text(doctor.key_files())


def test_databases_with_the_right_role_walls_and_grants_are_well(
    db: None, settings: Settings
) -> None:
    settings.PROCESS = "web"
    for alias in doctor.PLACES:
        assert states(doctor.database(alias)) == {State.OK}, text(doctor.database(alias))


def test_a_process_with_another_role_is_bad(db: None, settings: Settings) -> None:
    settings.PROCESS = "worker"
    assert "works as ed_web" in text(doctor.database("default"))


def test_a_grant_too_many_or_too_few_is_bad(
    db: None, settings: Settings, process: BecomeProcess
) -> None:
    settings.PROCESS = "web"
    with process("owner"), connection.cursor() as cursor:
        cursor.execute("GRANT DELETE ON ledger_entry TO ed_web")
        cursor.execute("REVOKE INSERT ON ledger_entry FROM ed_speak")
    said = text(doctor.database("default"))
    assert "ed_web DELETE on ledger_entry" in said
    assert "ed_speak INSERT on ledger_entry" in said
    assert "grant_roles" in said


def test_a_wall_that_is_down_is_bad(db: None, settings: Settings, process: BecomeProcess) -> None:
    settings.PROCESS = "web"
    with process("owner"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_note NO FORCE ROW LEVEL SECURITY")
    assert "not forced on cases_note" in text(doctor.database("default"))


def test_a_broker_that_is_away_is_bad(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert states(doctor.broker()) == {State.OK}
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1")
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1")
    assert states(doctor.broker()) == {State.BAD}


def test_an_old_heartbeat_and_late_clocks_are_bad(
    world: World, now: datetime, process: BecomeProcess
) -> None:
    assert "never swept" in text(doctor.sweep(now))
    world.file()
    later = now + timedelta(days=30)
    with process("worker"):
        Heartbeat.objects.create(name="sweep", at=now)
        assert states(doctor.sweep(now)) == {State.OK}
        assert "ago, and no more since" in text(doctor.sweep(later))
        assert "clocks are behind" in text(doctor.clocks(later))
        assert states(doctor.clocks(now)) == {State.OK}


def test_notices_that_wait_or_were_given_up_are_said(
    world: World, now: datetime, process: BecomeProcess
) -> None:
    world.file()
    with process("worker"):
        assert "notices wait, the oldest since" in text(doctor.outbox(now + timedelta(days=2)))
        row = Outbox.objects.first()
        assert row is not None
        row.dead_at, row.problem = now, "nobody is there to receive it"
        row.save()
        assert "nobody is there to receive it" in text(doctor.outbox(now))


def test_entries_that_nobody_seals_are_bad(world: World, now: datetime) -> None:
    assert states(doctor.ledger(now)) == {State.OK}
    assert "start a worker" in text(doctor.ledger(now + timedelta(hours=1)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda: Person.objects.update(is_on_duty=False), "No officer is on duty"),
        (lambda: Person.objects.filter(username="hana").update(is_active=False), "head of the"),
        (lambda: Person.objects.filter(username="carl").update(is_active=False), "custodian"),
    ],
)
def test_roles_that_nobody_holds_are_bad(
    world: World, now: datetime, change: Callable[[], int], said: str
) -> None:
    change()
    assert said in text(doctor.people(now))
