"""Real backups of both clusters, as docs/running.md says: what was erased after them stays gone."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from audits import actions as audits
from ethicsdesk import doctor
from ethicsdesk.machine import accounts, programs, roles
from ethicsdesk.machine.roles import Address
from ledger import actions as ledger
from ledger import reports
from ledger.models import Entry
from ledger.verbs import Verb
from retention import actions
from safes import access as opening
from safes import reports as safes
from tests.conftest import DATABASES
from tests.machine.conftest import run
from tests.retention.conftest import Past, decide, long_ago
from tests.retention.test_erasing import everything_of, opened
from tests.world import World, build

pytestmark = pytest.mark.req("SEC-5", "OPS-3")


def postgres(program: str, *arguments: str | Path, url: str) -> None:
    """Run one of PostgreSQL's programs on a database."""
    folder = programs.postgres(accounts.service())
    parts = urlsplit(url)
    done = subprocess.run(
        [folder / program, "--no-password", *arguments],
        env={
            "PATH": os.environ["PATH"],
            "LD_LIBRARY_PATH": str(folder.parent / "lib"),
            "PGHOST": unquote(parts.netloc.rpartition("@")[2]),
            "PGUSER": unquote(parts.username or ""),
            "PGPASSWORD": unquote(parts.password or ""),
            "PGDATABASE": parts.path.lstrip("/"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


class Site:
    """A server with both our databases; what is done in them is committed."""

    def __init__(self, server: str, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.secret = dict.fromkeys((*roles.ROLES, roles.TEST), "handed-over")

    def url(self, alias: str) -> str:
        """Return the superuser's URL of a database."""
        return f"{self.server}/{alias}"

    def back_up(self, name: str) -> None:
        """Dump the main cluster, and after it the keystore."""
        for alias in DATABASES:
            file = self.folder / f"{name}-{alias}"
            postgres("pg_dump", "--format=custom", f"--file={file}", url=self.url(alias))

    def restore(self, name: str, *aliases: str) -> None:
        """Bring clusters back into databases that are new."""
        for alias in aliases:
            connections[alias].close()
            run(self.url("postgres"), f'DROP DATABASE IF EXISTS "{alias}" WITH (FORCE)')
            run(self.url("postgres"), f'CREATE DATABASE "{alias}"')
            roles.provision(Address(self.url(alias)), self.secret)
            postgres(
                "pg_restore",
                *("--clean", "--if-exists", "--exit-on-error", "--single-transaction"),
                *(f"--dbname={alias}", self.folder / f"{name}-{alias}"),
                url=self.url(alias),
            )


@pytest.fixture
def site(server: str, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    """Give a site with the tables of the tests' own house, and work there in its place."""
    site = Site(server, tmp_path)
    with django_db_blocker.unblock(), override_settings(DISPOSAL_GRACE=timedelta(0)):
        theirs = {alias: dict(connections[alias].settings_dict) for alias in DATABASES}
        for alias, variable in zip(DATABASES, ("DATABASE_URL", "KEYSTORE_URL"), strict=True):
            connections[alias].close()
            # nothing is committed there but what migrations put in, and no wall hides that
            postgres(
                "pg_dump",
                *("--format=custom", f"--role={roles.OWNER}", "--enable-row-security"),
                f"--file={tmp_path / f'empty-{alias}'}",
                url=os.environ[variable],
            )
        site.restore("empty", *DATABASES)
        host = unquote(urlsplit(server).netloc.rpartition("@")[2])
        password = site.secret[roles.TEST]
        ours = {"HOST": host, "PORT": "", "USER": roles.TEST, "PASSWORD": password}
        try:
            for alias in DATABASES:
                connections[alias].settings_dict.update(ours, NAME=alias)
            yield site
        finally:
            for alias in DATABASES:
                connections[alias].close()
                connections[alias].settings_dict.update(theirs[alias])


@contextmanager
def committed(role: str = "ed_web") -> Iterator[None]:
    """Do something with a role's rights in both databases, and commit it."""
    with ExitStack() as stack:
        for alias in DATABASES:
            stack.enter_context(transaction.atomic(using=alias))
            stack.enter_context(connections[alias].cursor()).execute(f"SET LOCAL ROLE {role}")
        stack.enter_context(override_settings(PROCESS=role.removeprefix("ed_")))
        yield


def erase(now: datetime) -> None:
    """Do what a worker does of its own accord."""
    with committed("ed_worker"):
        while ledger.seal(now=now):
            pass
        audits.fold(now=now)
        actions.erase(now=now)


def test_what_was_erased_after_a_backup_is_gone_after_its_restore(
    site: Site, now: datetime
) -> None:
    with committed():
        world = build(now)
        past = long_ago(world)
        kept, kept_receipt = world.file(narrative="It stays.")
    site.back_up("older")
    walls = standing()
    with committed():
        decide(world, past.kept)
    erase(now)
    record = site.folder / "erasures.json"
    witness = site.folder / "witness"
    with committed("ed_worker"):
        call_command("erasures", out=record, stdout=StringIO())
        call_command("checkpoint", out=witness, stdout=StringIO())
        gone = everything_of(past)
        assert gone["cases.Concern"] == 1

    # the main cluster alone: its rows are back, their keys are not, and the keystore knows
    site.restore("older", "default")
    with committed("ed_owner"):
        assert opened(past, world) == set()
    replay(past, world, gone, None)

    # both: everything is back as it was, until the file is read
    site.restore("older", *DATABASES)
    with committed("ed_owner"):
        # hana decided that it is closed
        assert opened(past, world) == {"reporter", "olga", "omar", "hana"}
    assert standing() == walls
    with committed("ed_worker"):
        problems = reports.verify(now=now, witnessed=[witness.read_text()]).problems
        assert any("witness" in one for one in problems), problems
        assert safes.overdue() == []
    replay(past, world, gone, record)
    with committed("ed_owner"):
        place = (kept.pk, "narrative")
        assert opening.open_texts(kept_receipt.opener, [place]) == {place: "It stays."}


def standing() -> list[str]:
    """Return what doctor finds of roles, grants and row security, which a restore could lose."""
    with committed("ed_worker"):
        found = [str(one) for alias in DATABASES for one in doctor.database(alias)]
    assert any("Row security stands around" in one for one in found)
    return found


def replay(past: Past, world: World, gone: dict[str, int], told: Path | None) -> None:
    """Replay the erasures: nothing is left that was gone before, and the ledger is whole."""
    with committed("ed_worker"):
        assert everything_of(past) != gone
        call_command("replay_erasures", from_=told, stdout=StringIO())
    erase(world.now)
    with committed("ed_worker"):
        assert everything_of(past) == gone
        assert safes.overdue() == []
        assert reports.verify(now=world.now).problems == []
        assert Entry.objects.filter(verb=Verb.ERASURES_REPLAYED).count() == 1
    with committed("ed_owner"):
        assert opened(past, world) == set()
