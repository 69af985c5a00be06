"""The servers of one house, and the environment that its processes are given."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from ethicsdesk.machine import accounts, keys, programs, roles, valkey
from ethicsdesk.machine.postgres import SUPERUSER, Cluster, Shape
from ethicsdesk.machine.processes import end_all
from ethicsdesk.machine.roles import Address
from ethicsdesk.machine.state import ROOT, State
from ethicsdesk.machine.valkey import Valkey

# process -> its role in both clusters. Beat only sends ticks: it is let in nowhere.
PROCESSES = {
    "owner": roles.OWNER,
    "web": "ed_web",
    "speak": "ed_speak",
    "worker": "ed_worker",
    "cleaner": "ed_cleaner",
    "beat": None,
    "watchdog": "ed_watchdog",
    "test": roles.TEST,
}
# Each sees its own folder of keys: workers sign checkpoints and write mail, the cleaner alone opens
# what is lent to it. Who acts for an operator, and the tests, see all.
KEY_FOLDERS = {"owner": keys.ALL, "test": keys.ALL, "worker": keys.WORKER, "cleaner": keys.CLEANER}
STOP_SECONDS = 10
EXTERNAL = ("DATABASE_URL", "KEYSTORE_URL", "REDIS_URL", "LIMITS_URL")


class Addresses(NamedTuple):
    """Where the servers of a running house are."""

    main: Address
    keystore: Address
    redis: str
    limits: str


@dataclass(frozen=True)
class Site:
    """What the processes are told beside the addresses."""

    origin: str
    demo: bool = False
    testing: bool = False


class House:
    """The servers of one state folder: embedded ones, or those that the environment names."""

    def __init__(self, state: State, *, throwaway: bool = False) -> None:
        """Decide which servers are ours; nothing is started yet."""
        self.state = state
        self.throwaway = throwaway
        self.servers: list[Cluster | Valkey] = []
        self._given = {name: os.environ.get(name, "") for name in EXTERNAL}

    def start(self) -> Addresses:
        """Make the keys, start what is ours, side by side, and make the roles."""
        keys.ensure(self.state)
        main = self._cluster("main", "DATABASE_URL", Shape(throwaway=self.throwaway))
        keystore = self._cluster("keystore", "KEYSTORE_URL", Shape("16MB", self.throwaway))
        broker = self._valkey("valkey", "REDIS_URL", valkey.BROKER)
        limits = self._valkey("limits", "LIMITS_URL", valkey.LIMITS)
        for server in self.servers:
            server.initialise()
        for server in self.servers:
            server.launch()
        for server in self.servers:
            server.await_ready()
        self.state.write("made", {"by": "desk"})
        addresses = Addresses(
            self._database(main, "DATABASE_URL"),
            self._database(keystore, "KEYSTORE_URL"),
            broker.url if broker else self._given["REDIS_URL"],
            limits.cache_url if limits else self._given["LIMITS_URL"],
        )
        secret = roles.passwords(self.state, testing=self.throwaway)
        for address in addresses[:2]:
            roles.provision(address, secret)
        return addresses

    def end(self) -> None:
        """Stop the servers that are ours."""
        for server in self.servers:
            server.give_up()
        running = [(server.process, server.ending) for server in self.servers if server.process]
        end_all(running, STOP_SECONDS)

    def _cluster(self, name: str, variable: str, shape: Shape) -> Cluster | None:
        if self._given[variable]:
            return None
        account = accounts.service()
        cluster = Cluster(
            self.state.servers(account) / name,
            log=self.state / "log" / f"{name}.log",
            programs=programs.postgres(account),
            account=account,
            shape=shape,
        )
        self.servers.append(cluster)
        return cluster

    def _valkey(self, name: str, variable: str, manner: Mapping[str, str]) -> Valkey | None:
        if self._given[variable]:
            return None
        account = accounts.service()
        server = Valkey(
            self.state.servers(account) / name,
            log=self.state / "log" / f"{name}.log",
            program=programs.valkey(account),
            account=account,
            manner={**manner, "appendonly": "no"} if self.throwaway else manner,
        )
        self.servers.append(server)
        return server

    def _database(self, cluster: Cluster | None, variable: str) -> Address:
        """Return the address of our database, which is made in a cluster of our own."""
        if cluster is None:
            address = Address(self._given[variable])
            if self.throwaway:
                roles.empty_for_tests(address)
            return address
        who = f"{SUPERUSER}:{quote(cluster.password, safe='')}"
        server = f"postgresql://{who}@{quote(str(cluster.socket), safe='')}"
        roles.make_database(Address(f"{server}/postgres"))
        return Address(f"{server}/{roles.DATABASE}")


def environment(state: State, addresses: Addresses, site: Site, process: str) -> dict[str, str]:
    """Return the whole environment of a process: its own role, and the keys that it needs."""
    secret = roles.passwords(state)
    role = PROCESSES[process]
    password = secret[role] if role else ""
    folder = state / KEY_FOLDERS.get(process, keys.COMMON).folder
    given = {name: value for name, value in os.environ.items() if name not in EXTERNAL}
    return {
        "ETHICSDESK_HOSTS": "127.0.0.1,localhost,[::1]",
        **({"ETHICSDESK_MAIL": f"file://{quote(str(state / 'mail'))}"} if site.demo else {}),
        **given,
        **_ours(state, site, process, folder),
        "DATABASE_URL": addresses.main.as_role(role, password),
        "KEYSTORE_URL": addresses.keystore.as_role(role, password),
        "REDIS_URL": addresses.redis,
        "LIMITS_URL": addresses.limits,
    }


def _ours(state: State, site: Site, process: str, folder: Path) -> Mapping[str, str]:
    """Return the variables that are ours to set, whatever the caller's environment says."""
    return {
        "DJANGO_SETTINGS_MODULE": "ethicsdesk.settings",
        "ETHICSDESK_DEMO": "1" if site.demo else "0",
        "ETHICSDESK_KEYS": str(folder),
        "ETHICSDESK_ORIGIN": os.environ.get("ETHICSDESK_ORIGIN", site.origin),
        "ETHICSDESK_PROCESS": process,
        "ETHICSDESK_STATE": str(state.folder),
        "ETHICSDESK_STATIC": str(state / "static"),
        "PYTHONPATH": str(ROOT),
        **({} if process == "test" else {"TMPDIR": str(state / "tmp")}),
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
    }


def python(*arguments: str) -> list[str]:
    """Return the command that runs our Python with some arguments."""
    return [sys.executable, *arguments]
