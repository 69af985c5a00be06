"""The command `demo`: once, in a demonstration alone."""

import json

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from people.models import Person
from tests.conftest import BecomeProcess
from tests.house import House


def test_nothing_is_made_outside_a_demonstration(
    db: None, settings: Settings, process: BecomeProcess
) -> None:
    settings.DEMO = False
    with process("owner"), pytest.raises(CommandError, match="Nothing was changed"):
        call_command("demo")
    assert not Person.objects.exists()


@pytest.mark.req("OPS-1")
def test_the_first_start_leaves_the_personas_for_us_alone(house: House) -> None:
    file = house.state / "personas.json"
    assert file.stat().st_mode & 0o077 == 0
    told = json.loads(file.read_text())
    assert set(told["people"][0]) == {
        "username", "password", "vault_passphrase", "totp_secret", "role", "unit",
    }  # fmt: skip
    assert told["api"]["token"].startswith("ed_live_")


def test_a_second_run_changes_nothing(house: House) -> None:
    before = (house.state / "personas.json").read_text()
    assert "There are people already" in house.manage("demo")
    assert (house.state / "personas.json").read_text() == before
