"""Keep the house standing: start everything in order, restart what dies, stop in order."""

import contextlib
import http.client
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType
from typing import NamedTuple

from ethicsdesk.machine.house import House, Site, python
from ethicsdesk.machine.postgres import Cluster
from ethicsdesk.machine.processes import Process, end_all, turn_over
from ethicsdesk.machine.running import RUNNING, Place
from ethicsdesk.machine.state import ROOT, State
from ethicsdesk.machine.trouble import Trouble, say
from ethicsdesk.machine.valkey import Valkey

HOST = "127.0.0.1"
READY_SECONDS = 120
LOOK_EVERY = 0.25
# A process that ends again and again is started after longer and longer pauses.
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
LEASH = ("-m", "ethicsdesk.machine.leash")
# A task that takes longer is killed; its transaction is rolled back and it is handed out again.
STOP_SECONDS = 12
# A process that cannot start at all is not tried for ever.
TRIES_TO_START = 4


class Ended(BaseException):
    """Somebody asked us to stop."""


class Keeper:
    """Starts one thing again whenever it ends, after a pause that grows while it keeps ending."""

    def __init__(self, name: str, start: Callable[[], Process | None]) -> None:
        """Name what is kept, and how it is started; nothing is started yet."""
        self.name = name
        self.process: Process | None = None
        self._start = start
        self.ended = 0
        self._pause = 0.0
        self._not_before = 0.0

    def start(self) -> None:
        """Start it."""
        self.process = self._start()

    def look(self) -> None:
        """Start it again if it has ended and its pause is over."""
        now = time.monotonic()
        if self.process and not self.process.alive:
            steady = now - self.process.born > STEADY_SECONDS
            self._pause = 0.5 if steady or not self._pause else min(self._pause * 2, LONGEST_PAUSE)
            code = self.process.code
            say(f"{self.name} ended (code {code}); starting it again in {self._pause:g} s")
            self.process.kill()
            self.process = None
            self.ended += 1
            self._not_before = now + self._pause
        if self.process is None and now >= self._not_before:
            try:
                self.start()
            except Trouble as trouble:
                say(trouble)
                self._not_before = now + LONGEST_PAUSE


class Part(NamedTuple):
    """One of the house's own processes, and what it runs."""

    name: str
    command: list[str]


def take_port(port: int) -> socket.socket:
    """Take the port before anything is started, so that nobody else can meanwhile.

    Who comes before the web process is there waits for it.
    """
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, port))
        door.listen(socket.SOMAXCONN)
    except (OSError, OverflowError) as error:
        door.close()
        reason = getattr(error, "strerror", None) or str(error)
        msg = f"port {port} cannot be used ({reason}). Give a free one: ./desk up --port NUMBER"
        raise Trouble(msg) from None
    return door


def gunicorn(state: State, bind: str) -> list[str]:
    """Return the command of a process that answers the web at an address.

    It logs errors alone: at `warning` it notes the address of whoever sends what is no request.
    """
    return [
        *python(*LEASH, "gunicorn", "ethicsdesk.wsgi", "--bind", bind),
        *("--workers", "2", "--worker-class", "gthread", "--threads", "4", "--preload"),
        *("--log-level", "error", "--graceful-timeout", "6", "--timeout", "60"),
        *("--worker-tmp-dir", str(state / "log"), "--no-control-socket"),
    ]


def parts(state: State, door: int) -> list[Part]:
    """Return the processes in the order in which they start."""
    celery = python(*LEASH, "celery", "-A", "ethicsdesk.celery")
    quiet = ["-l", "WARNING"]
    schedule = ["-s", str(state / "beat-schedule"), "--pidfile="]
    worker = ["worker", "-c", "2", "--without-gossip", "--without-mingle", *quiet]
    manage = python(*LEASH, "manage")
    return [
        Part("web", gunicorn(state, f"fd://{door}")),
        Part("worker", [*celery, *worker]),
        Part("cleaner", [*manage, "cleaner"]),
        Part("watchdog", [*manage, "watchdog"]),
        Part("beat", [*celery, "beat", *schedule, *quiet]),
    ]


class Supervisor:
    """One running house."""

    def __init__(self, state: State, port: int, *, empty: bool) -> None:
        """Take the state and the port, or say who holds them."""
        if not state.take():
            msg = (
                f"the state folder {state.folder} is in use by another ./desk. Stop that one, or "
                "give this one a folder of its own with --state."
            )
            raise Trouble(msg)
        state.forget(RUNNING)
        state.sweep_out()
        self.state = state
        self.door = take_port(port)
        self.port = self.door.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}/"
        self.house = House(state)
        self.servers: list[Keeper] = []
        self.parts: list[Keeper] = []
        self.demo = self._decide_demo(empty=empty)

    def _decide_demo(self, *, empty: bool) -> bool:
        """Return whether this state shows demo data: the first start decides, for good."""
        kept = self.state.read("demo")
        if kept is None:
            kept = {"wanted": not empty, "done": False}
            self.state.write("demo", kept)
        return bool(kept["wanted"])

    def run(self) -> None:
        """Start everything, say so, and keep it running until Ended is raised."""
        began = time.monotonic()
        addresses = self.house.start()
        self.servers = [self._server_keeper(server) for server in self.house.servers]
        place = Place(self.state, addresses, Site(self.url.rstrip("/"), self.demo))
        place.prepare(embedded=len(self.house.servers) == len(addresses))
        place.note()
        self._fill(place)
        self._start_parts(place)
        self._await_ready()
        say(f"ready in {time.monotonic() - began:.1f} s; state and logs in {self.state.folder}")
        with contextlib.suppress(BrokenPipeError):
            print(f"ready: {self.url}", flush=True)
        while True:
            self._look()

    def _fill(self, place: Place) -> None:
        """Make the demo data, once."""
        if not self.demo or self.state.read("demo")["done"]:
            return
        say("filling it with demo data; a later start does not ...")
        place.run("making the demo data", python(str(ROOT / "manage.py"), "demo"), "owner")
        self.state.write("demo", {"wanted": True, "done": True})

    def _start_parts(self, place: Place) -> None:
        for part in parts(self.state, self.door.fileno()):
            keeper = Keeper(part.name, self._starter(part, place))
            self.parts.append(keeper)
            keeper.start()

    def _starter(self, part: Part, place: Place) -> Callable[[], Process]:
        log = turn_over(self.state / "log" / f"{part.name}.log")
        fds = [self.door.fileno()] if part.name == "web" else []

        def start() -> Process:
            env = place.environment(part.name)
            return Process(part.command, log=log, env=env, cwd=ROOT, pass_fds=fds)

        return start

    @staticmethod
    def _server_keeper(server: Cluster | Valkey) -> Keeper:
        def start() -> Process | None:
            server.launch()
            return server.process

        keeper = Keeper(server.name, start)
        keeper.process = server.process
        return keeper

    def _look(self) -> None:
        for keeper in self.servers + self.parts:
            keeper.look()
        time.sleep(LOOK_EVERY)

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        answer = "no answer"
        while time.monotonic() < deadline:
            answer = self._ask()
            if answer == "200":
                return
            self._look()
            failing = [keeper.name for keeper in self.parts if keeper.ended >= TRIES_TO_START]
            if failing:
                answer = f"{', '.join(failing)} cannot start"
                break
        msg = (
            f"{self.url}health/ready says {answer}. {self.state / 'log'} has a log of each process."
        )
        raise Trouble(msg)

    def _ask(self) -> str:
        """Return the status of the page that says whether we are ready, or why there is none."""
        line = http.client.HTTPConnection(HOST, self.port, timeout=3)
        try:
            line.request("GET", "/health/ready")
            return str(line.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            return str(error)
        finally:
            line.close()

    def end(self) -> None:
        """Stop what runs: what makes work before what does it, and last the servers."""
        self.state.forget(RUNNING)
        running = [(one.process, signal.SIGTERM) for one in reversed(self.parts) if one.process]
        end_all(running, STOP_SECONDS)
        self.house.end()
        self.door.close()


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Ended


def up(state: State, port: int, *, empty: bool) -> int:
    """Run the house until we are told to stop; return the exit code."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        # Under nohup a hang-up is not meant for us.
        signal.signal(signal.SIGHUP, _stop)
    supervisor: Supervisor | None = None
    try:
        supervisor = Supervisor(state, port, empty=empty)
        supervisor.run()
    except Ended:
        say("stopping ...")
    finally:
        if supervisor:
            supervisor.end()
    say("stopped")
    return 0
