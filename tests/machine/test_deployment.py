"""The containers, the settings and their documentation agree with the code."""

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import psycopg2
import pytest
import yaml
from django.core.management import get_commands

from ethicsdesk.machine import accounts, deployment, postgres, programs, roles
from ethicsdesk.machine.house import KEY_FOLDERS, PROCESSES
from ethicsdesk.machine.keys import ALL, COMMON
from ethicsdesk.machine.roles import Address
from ethicsdesk.machine.state import ROOT
from ethicsdesk.middleware import DOOR
from tests.machine.conftest import run

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("ethicsdesk")]
SCHEMA = json.loads((Path(__file__).parent / "compose-schema.json").read_text())
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
READS = re.compile(r"environment\.(?:text|flag|words|database|mail)\(\s*\"([A-Z_]+)\"")
READS_DIRECTLY = re.compile(r"os\.environ(?:\.get\(|\[)\"([A-Z_]+)\"")
# Other programs' variables that we read or hand on.
FOREIGN = {"DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER", "XDG_STATE_HOME"}


def secrets_of(service: str) -> dict[str, str]:
    """Return what a container finds under /run/secrets, and where it comes from."""
    given = SERVICES[service].get("secrets", [])
    return {
        (one if isinstance(one, str) else one["target"]): (
            one if isinstance(one, str) else one["source"]
        )
        for one in given
    }


OVER = yaml.safe_load((ROOT / "deploy" / "bubblewrap.yml").read_text())


def test_the_compose_files_are_well_formed() -> None:
    jsonschema.validate(COMPOSE, SCHEMA)
    added = {**SERVICES["cleaner"], **OVER["services"]["cleaner"]}
    jsonschema.validate({**COMPOSE, "services": {**SERVICES, "cleaner": added}}, SCHEMA)


STAGE = re.compile(r"^FROM (\S+) AS (\S+)$", re.MULTILINE)


@pytest.mark.req("INT-8")
def test_the_cleaner_alone_has_the_programs_that_clean() -> None:
    stages = {
        name: (origin, at.end())
        for at in STAGE.finditer(DOCKERFILE)
        for origin, name in [at.groups()]
    }
    assert list(stages) == ["packages", "base", "cleaner", "app"]
    assert stages["cleaner"][0] == stages["app"][0] == "base"
    targets = {name: SERVICES[name]["build"]["target"] for name in OURS}
    assert {name for name, target in targets.items() if target != "app"} == {"cleaner"}
    assert targets["cleaner"] == "cleaner"
    # two targets of one name would overwrite each other
    images = {(SERVICES[name]["image"], targets[name]) for name in OURS}
    assert len(images) == len({image for image, _ in images}) == 2
    cleaner = DOCKERFILE[stages["cleaner"][1] : stages["app"][1]]
    elsewhere = DOCKERFILE.replace(cleaner, "")
    for package in ("bubblewrap", "mat2", "libimage-exiftool-perl"):
        assert package in cleaner.replace("# mat2", "")
        assert f" {package}" not in re.sub(r"^#.*$", "", elsewhere, flags=re.MULTILINE)
    # whoever looks into files is nobody in particular
    assert DOCKERFILE.count("\nUSER ethicsdesk\n") == 2


def test_only_the_cleaner_is_ever_let_out_of_dockers_own_rules() -> None:
    # a list of the second file is added to that of the first
    more = {"security_opt": ["seccomp=unconfined", "apparmor=unconfined"]}
    assert OVER["services"] == {"cleaner": more}
    for name in OURS:
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"], name
        assert SERVICES[name]["cap_drop"] == ["ALL"], name
        assert SERVICES[name]["read_only"] is True, name
    assert SERVICES["cleaner"]["networks"] == ["inside"]


def test_whatever_a_service_names_is_there() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= set(SERVICES), name
        assert set(service["networks"]) <= set(COMPOSE["networks"]), name
        assert set(secrets_of(name).values()) <= set(COMPOSE["secrets"]), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            known = (
                (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
            )
            assert known, f"{name}: {volume}"
        for other, need in service.get("depends_on", {}).items():
            if need["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], f"{name} waits for the health of {other}"


def test_every_service_that_stays_can_be_asked_how_it_is_or_starts_again() -> None:
    for name, service in SERVICES.items():
        assert "healthcheck" in service or name in {"proxy", "cleaner", "watchdog", "migrate"}
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")


def test_each_process_has_its_own_role_and_no_password_in_sight() -> None:
    by_process = {SERVICES[name]["environment"]["ETHICSDESK_PROCESS"]: name for name in OURS}
    assert set(by_process) == set(PROCESSES) - {"test"}
    for process, name in by_process.items():
        environment = SERVICES[name]["environment"]
        role = PROCESSES[process] or "nobody"
        assert environment["DATABASE_URL"] == f"postgres://{role}@main/ethicsdesk"
        assert environment["KEYSTORE_URL"] == f"postgres://{role}@keystore/ethicsdesk"
        password = secrets_of(name).get("database.password")
        assert password == (f"{role}.password" if PROCESSES[process] else None)


def test_each_process_has_only_the_keys_that_it_needs() -> None:
    for name in OURS:
        process = SERVICES[name]["environment"]["ETHICSDESK_PROCESS"]
        given = {key for key in secrets_of(name) if key != "database.password"}
        if process in KEY_FOLDERS:
            assert given == set(KEY_FOLDERS[process].names)
        else:
            assert given <= set(COMMON.names)
    secrets = {name for name in ALL.names if name not in COMMON.names}
    assert secrets == {"signing.key", "mailer.key", "cleaner.key"}


def test_the_databases_of_containers_and_of_one_machine_are_of_one_version() -> None:
    program = programs.postgres(accounts.service()) / "postgres"
    asked = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    ours = asked.stdout.split()[2].split(".")[0]
    images = {SERVICES[name]["image"] for name in ("main", "keystore")}
    assert images == {f"postgres:{ours}"}


@pytest.mark.parametrize("name", ["main", "keystore"])
def test_no_database_logs_what_people_wrote(name: str) -> None:
    given = set(SERVICES[name]["command"])
    guarded = {
        f"{key}={value}"
        for key, value in postgres.SETTINGS.items()
        if key.startswith("log_") and key not in {"log_timezone", "log_checkpoints"}
    }
    assert guarded
    assert guarded <= given


def test_the_commands_of_the_containers_exist() -> None:
    commands = [SERVICES[name]["command"] for name in OURS if "command" in SERVICES[name]]
    image = re.search(r"^CMD (\[.*?\])$", DOCKERFILE.replace("\\\n", ""), re.MULTILINE)
    assert image
    for program, *arguments in [*commands, json.loads(image.group(1))]:
        if program == "python" and arguments[0] == "-m":
            assert importlib.util.find_spec(arguments[1])
        elif program == "python":
            assert arguments[0] == "manage.py"
            assert arguments[1] in get_commands()
        else:
            assert program in {"gunicorn", "celery"}
            assert importlib.util.find_spec(program)
    assert importlib.util.find_spec("ethicsdesk.wsgi")
    assert importlib.util.find_spec("ethicsdesk.celery")


@pytest.mark.req("SEC-4")
def test_the_proxy_passes_nothing_of_a_visitor_on_and_logs_nothing_of_what_fails() -> None:
    """Tried with Caddy 2.6; without it in the tests, what was tried is held here."""
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    door = caddy.partition("handle @speak {")[2].partition("\n\t}\n")[0]
    paths = re.search(r"@speak path (.*)", caddy)
    assert paths
    assert {path.rstrip("*") for path in paths.group(1).split()} >= set(DOOR)
    dropped = {"Cookie", "Referer", "User-Agent", "Accept-Language", "X-Forwarded-For", "Forwarded"}
    assert all(f"header_up -{name}\n" in door for name in dropped)
    believed = SERVICES["speak"]["environment"]["ETHICSDESK_ADDRESS_HEADER"]
    assert f"header_up {believed} {{remote_host}}\n" in door
    assert "reverse_proxy speak:8000" in door
    assert "exclude http.log.error http.handlers.reverse_proxy" in caddy
    assert "log_credentials" not in caddy


def test_secrets_are_made_for_every_service_and_only_once(tmp_path: Path) -> None:
    names = deployment.make(tmp_path / "secrets")
    assert set(names) == set(COMPOSE["secrets"])
    before = {name: (tmp_path / "secrets" / name).read_text() for name in names}
    deployment.make(tmp_path / "secrets")
    assert {name: (tmp_path / "secrets" / name).read_text() for name in names} == before
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_the_entrance_gives_a_process_its_password_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "database.password").write_text("word\n")
    shown = ["sh", "-c", 'echo "${PGPASSWORD-none}"']
    entrypoint = str(ROOT / "deploy" / "entrypoint")
    for folder, expected in ((tmp_path, "word\n"), (tmp_path / "empty", "none\n")):
        done = subprocess.run(
            [entrypoint, *shown],
            env={"PATH": os.environ["PATH"], "SECRETS": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == expected


def test_the_roles_of_containers_are_those_of_one_machine(server: str, tmp_path: Path) -> None:
    deployment.make(tmp_path / "secrets")
    parts = urlsplit(server)
    bin_folder = programs.postgres(accounts.service())
    done = subprocess.run(
        [str(ROOT / "deploy" / "database" / "roles.sh")],
        env={
            "PATH": f"{bin_folder}:{os.environ['PATH']}",
            "LD_LIBRARY_PATH": str(bin_folder.parent / "lib"),
            "SECRETS": str(tmp_path / "secrets"),
            "POSTGRES_USER": parts.username or "",
            "PGPASSWORD": unquote(parts.password or ""),
            "PGHOST": unquote(parts.netloc.rpartition("@")[2]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    address = Address(f"{server}/ethicsdesk")
    secret = {
        role: (tmp_path / "secrets" / f"{role}.password").read_text().strip()
        for role in roles.ROLES
    }
    run(address.as_role(roles.OWNER, secret[roles.OWNER]), "CREATE TABLE ours (id int)")
    for role in roles.ROLES[1:]:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(address.as_role(role, secret[role]), "SELECT * FROM ours")
    # The launcher finds nothing to object to in what the script made.
    roles.provision(address, secret)


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    documented = set(
        re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    )
    sources = [path for path in ROOT.glob("*/**/*.py") if ".venv" not in path.parts]
    code = "\n".join(path.read_text() for path in sources if "tests" not in path.parts)
    read = set(READS.findall(code)) | set(READS_DIRECTLY.findall(code)) - FOREIGN
    assert read <= documented, f"not in docs/settings.md: {read - documented}"
    elsewhere = [ROOT / "desk", ROOT / "docker-compose.yml", *(ROOT / "deploy").glob("*")]
    text = code + "".join(path.read_text() for path in elsewhere if path.is_file())
    unread = {name for name in documented if not re.search(rf"\b{name}\b", text)}
    assert not unread, f"documented, but nothing reads: {unread}"
