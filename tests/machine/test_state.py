"""What a house keeps, and who may read it."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ethicsdesk.machine import house, keys, people, schema
from ethicsdesk.machine.roles import Address
from ethicsdesk.machine.state import State, default_folder
from ethicsdesk.machine.trouble import Trouble
from tests.doors import code_now


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State(str(tmp_path / "state"))
    state.make()
    yield state
    state.release()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_command_finds_the_folder_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ETHICSDESK_STATE", raising=False)
    assert State().folder == default_folder()
    monkeypatch.setenv("ETHICSDESK_STATE", str(tmp_path / "there"))
    assert State().folder == tmp_path / "there"
    assert State(str(tmp_path / "here")).folder == tmp_path / "here"


def test_one_at_a_time_holds_a_state(state: State) -> None:
    assert state.take()
    assert not State(str(state.folder)).take()


def test_a_folder_that_cannot_be_made_is_named_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Trouble, match=r"cannot write in the state folder .*--state"):
        State(str(tmp_path / "file" / "state")).take()


def test_a_disk_without_room_is_told_before_anything_is_made(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ethicsdesk.machine.state.BYTES_NEEDED", 10**18)
    with pytest.raises(Trouble, match="MB left"):
        state.take()
    assert not (state / "lock").exists()


def test_keys_are_made_once_and_for_our_eyes_only(state: State) -> None:
    keys.ensure(state)
    first = {path.name: path.read_text() for path in (state / "keys").iterdir()}
    keys.ensure(state)
    assert {path.name: path.read_text() for path in (state / "keys").iterdir()} == first
    assert {mode(path) for path in (state / "keys").iterdir()} == {0o600}
    assert mode(state / "keys") == 0o700
    assert all(len(bytes.fromhex(text)) == 32 for text in first.values())


def test_a_public_key_belongs_to_its_secret(state: State) -> None:
    keys.ensure(state)
    seed = bytes.fromhex((state / "keys" / "signing.key").read_text())
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()
    assert (state / "keys" / "signing.pub").read_text().strip() == public


@pytest.mark.parametrize("process", ["web", "speak", "beat", "watchdog", "cleaner"])
def test_only_workers_can_sign_and_write_mail(state: State, process: str) -> None:
    keys.ensure(state)
    addresses = house.Addresses(
        Address("postgres://a:b@h/m"), Address("postgres://a:b@h/k"), "redis://h", "redis://l"
    )
    site = house.Site("http://127.0.0.1:1")
    folder = Path(house.environment(state, addresses, site, process)["ETHICSDESK_KEYS"])
    assert not {"signing.key", "mailer.key"} & {path.name for path in folder.iterdir()}
    assert (folder / "master.key").exists()
    whole = Path(house.environment(state, addresses, site, "worker")["ETHICSDESK_KEYS"])
    assert {"signing.key", "mailer.key"} <= {path.name for path in whole.iterdir()}


@pytest.mark.req("INT-8")
@pytest.mark.parametrize("process", ["web", "speak", "worker", "beat", "watchdog"])
def test_only_the_cleaner_opens_what_is_lent_to_it(state: State, process: str) -> None:
    keys.ensure(state)
    addresses = house.Addresses(
        Address("postgres://a:b@h/m"), Address("postgres://a:b@h/k"), "redis://h", "redis://l"
    )
    site = house.Site("http://127.0.0.1:1")
    folder = Path(house.environment(state, addresses, site, process)["ETHICSDESK_KEYS"])
    assert not (folder / "cleaner.key").exists()
    assert (folder / "cleaner.pub").exists()
    its = Path(house.environment(state, addresses, site, "cleaner")["ETHICSDESK_KEYS"])
    assert (its / "cleaner.key").exists()


def test_beat_is_let_into_no_database(state: State) -> None:
    addresses = house.Addresses(
        Address("postgres://admin:secret@%2Frun/m"),
        Address("postgres://a:b@h/k"),
        "redis://h",
        "redis://l",
    )
    env = house.environment(state, addresses, house.Site("http://127.0.0.1:1"), "beat")
    assert env["DATABASE_URL"] == "postgres://nobody@%2Frun/m"
    assert "secret" not in str(env.values())


def test_personas_of_an_empty_house_are_a_sentence(state: State) -> None:
    with pytest.raises(Trouble, match="holds no demo data"):
        people.personas(state, as_json=True)


def test_personas_come_with_the_code_that_an_app_would_show(
    state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    one = {"username": "ruth", "password": "x", "role": "officer", "unit": "Corporate"}
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    state.write("personas", {"people": [{**one, "totp_secret": secret}], "api": {}})
    before = code_now(secret)
    assert people.personas(state, as_json=False) == 0
    shown = capsys.readouterr().out
    # a half minute may end in between
    assert before in shown or code_now(secret) in shown


def test_a_server_that_is_not_ours_is_always_migrated(state: State) -> None:
    assert schema.stale(state, embedded=True) == ["schema", "static"]
    state.write(schema.STAMPS, schema.wanted())
    assert schema.stale(state, embedded=True) == []
    assert schema.stale(state, embedded=False) == ["schema"]
