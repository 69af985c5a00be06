"""`./desk up`: it stands, it stands up again, and it goes without leaving anything."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ethicsdesk.machine import roles
from ethicsdesk.machine.processes import survivors
from ethicsdesk.machine.roles import Address
from ethicsdesk.machine.state import State
from tests import house as houses
from tests.house import House
from tests.machine.conftest import run, site

# ten seconds is the promise on a quiet machine; tests run beside others
SECOND_START_SECONDS = 20


def eventually(true: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def children(of: int) -> dict[str, int]:
    """Return the processes that a supervisor started, by what they run."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if parent == of:
            name = next(
                (
                    one
                    for one in ("gunicorn", "worker", "cleaner", "beat", "watchdog")
                    if one in command
                ),
                "",
            )
            found[name or command] = int(entry.name)
    return found


@pytest.mark.req("OPS-1")
def test_the_house_answers(house: House) -> None:
    assert houses.status(house, "/health/ready") == 200
    assert houses.status(house, "/") == 200


def test_a_second_up_on_the_same_state_is_refused_in_a_sentence(house: House) -> None:
    done = houses.desk("up", "--port", str(houses.free_port()), "--state", str(house.state))
    assert done.returncode == 1
    assert "in use by another ./desk" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_port_in_use_is_refused_in_a_sentence(house: House, tmp_path: Path) -> None:
    done = houses.desk("up", "--port", str(house.port), "--state", str(tmp_path / "other"))
    assert done.returncode == 1
    assert f"port {house.port} cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "other" / "servers").exists()


def test_a_port_that_is_none_is_refused_in_a_sentence(tmp_path: Path) -> None:
    done = houses.desk("up", "--port", "70000", "--state", str(tmp_path / "other"))
    assert done.returncode == 1
    assert "port 70000 cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_commands_work_in_the_running_house_as_the_process_they_belong_to(house: House) -> None:
    asks = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT current_user')"
    assert (
        house.manage("shell", "-v", "0", "-c", f"{asks}; print(k.fetchone()[0])") == "ed_worker\n"
    )


@pytest.mark.req("AUD-1")
def test_a_state_is_named_in_the_same_way_for_every_command(house: House, tmp_path: Path) -> None:
    for arguments in (
        ("manage", "verify_ledger", "--json", "--state", str(house.state)),
        ("manage", f"--state={house.state}", "verify_ledger", "--json"),
    ):
        done = houses.desk(*arguments)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["outcome"] == "whole"
    other = houses.desk("personas", "--state", str(tmp_path))
    assert other.returncode == 1
    assert f"{tmp_path} holds no demo data" in other.stderr


@pytest.mark.parametrize("command", ["verify_ledger", "doctor", "checkpoint"])
def test_nothing_is_said_of_a_house_that_is_not_there(command: str, tmp_path: Path) -> None:
    mistyped = tmp_path / "typo"
    done = houses.desk("manage", command, "--state", str(mistyped))
    assert done.returncode == 1
    assert f"there is no house in {mistyped}" in done.stderr
    assert not mistyped.exists()


@pytest.mark.parametrize("end", [["--state"], ["--state", "--json"], ["--state="]])
def test_a_state_without_a_folder_is_refused_in_a_sentence(end: list[str]) -> None:
    done = houses.desk("manage", "verify_ledger", *end)
    assert done.returncode == 1
    assert "--state wants the folder of a state after it. Nothing was done." in done.stderr
    assert "Traceback" not in done.stderr


def test_personas_are_shown_to_people_and_to_programs(house: House) -> None:
    table = houses.desk("personas", "--state", str(house.state))
    assert table.returncode == 0
    program = houses.desk("personas", "--json", env={"ETHICSDESK_STATE": str(house.state)})
    assert '"people"' in program.stdout
    assert (house.state / "personas.json").stat().st_mode & 0o077 == 0


def test_a_house_falls_and_stands_up_again() -> None:
    with houses.state_folder() as folder:
        house = houses.start(folder, "--empty")
        assert State(str(folder)).read("personas") is None
        try:
            _a_killed_process_comes_back(house)
            house.up.send(signal.SIGKILL)
            assert house.up.wait(5)
            assert eventually(lambda: not survivors(folder), 10), "something outlived a kill -9"
            began = time.monotonic()
            house = houses.start(folder)
            assert time.monotonic() - began < SECOND_START_SECONDS
            assert State(str(folder)).read("personas") is None, "only a first start makes demo data"
            houses.stop(house)
        finally:
            house.up.kill()


def test_servers_that_a_site_has_replace_ours(server: str) -> None:
    main, keystore = site(server, "site_main", "CREATEROLE"), Address(f"{server}/site_keystore")
    run(f"{server}/postgres", "CREATE DATABASE site_keystore OWNER site_main")
    keystore = Address(keystore.as_role("site_main", "handed-over"))
    with houses.state_folder() as folder:
        given = {"DATABASE_URL": main.url, "KEYSTORE_URL": keystore.url}
        house = houses.start(folder, "--empty", env=given)
        try:
            assert {one.name for one in (folder / "servers").iterdir()} == {"valkey", "limits"}
            for address in (main, keystore):
                found = run(
                    address.url,
                    "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'",
                )
                assert found == [(roles.OWNER,)]
            users = run(f"{server}/postgres", "SELECT DISTINCT usename FROM pg_stat_activity")
            assert ("ed_web",) in users
            assert ("site_main",) not in users
        finally:
            houses.stop(house)


def _a_killed_process_comes_back(house: House) -> None:
    before = children(house.up.pid)
    assert {"gunicorn", "worker", "cleaner", "beat", "watchdog"} <= set(before)
    postgres = next(pid for name, pid in before.items() if "/main/data" in name)
    for pid in (before["gunicorn"], postgres):
        os.kill(pid, signal.SIGKILL)

    def stands() -> bool:
        healthy = houses.status(house, "/health/ready") == 200
        return healthy and not {before["gunicorn"], postgres} & set(children(house.up.pid).values())

    assert eventually(stands, 30), "what was killed did not come back"
