"""Django's commands and the benchmarks, with the environment of `up`."""

import os
from collections.abc import Sequence

from ethicsdesk.machine.house import EXTERNAL, Site, python
from ethicsdesk.machine.running import borrowed, exit_code
from ethicsdesk.machine.state import ROOT, State
from ethicsdesk.machine.trouble import Trouble

ORIGIN = "http://127.0.0.1:8000"
# These change tables, grants or everything at once; all others work as a worker does.
AS_OWNER = {
    "createcachetable",
    "dbshell",
    "demo",
    "escrow",
    "flush",
    "generate",
    "grant_roles",
    "inspectdb",
    "keys",
    "lift_lock",
    "loaddata",
    "makemigrations",
    "migrate",
    "optimizemigration",
    "pgtrigger",
    "reset_factors",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
}
AS_ITSELF = {"cleaner": "cleaner", "watchdog": "watchdog"}
# These say how a house is; of one that is not there they would say that all is well.
ABOUT_A_HOUSE = {"checkpoint", "doctor", "erasures", "report", "sweep", "verify_ledger"}
# These are asked before the tables are there, or bring them there.
BEFORE_TABLES = {
    "check",
    "diffsettings",
    "findstatic",
    "help",
    "makemigrations",
    "migrate",
    "showmigrations",
    "spectacular",
    "sqlmigrate",
    "squashmigrations",
}


def process_of(command: str) -> str:
    """Return the process in whose name a management command runs."""
    named = os.environ.get("ETHICSDESK_PROCESS")
    return named or AS_ITSELF.get(command) or ("owner" if command in AS_OWNER else "worker")


def _site(state: State) -> Site:
    demo = state.read("demo") or {}
    wanted = bool(demo.get("wanted")) or os.environ.get("ETHICSDESK_DEMO") == "1"
    return Site(os.environ.get("ETHICSDESK_ORIGIN", ORIGIN), wanted)


def manage(state: State, arguments: Sequence[str]) -> int:
    """Run a management command; return its exit code."""
    command = arguments[0] if arguments else "help"
    is_given = any(os.environ.get(name) for name in EXTERNAL)
    if command in ABOUT_A_HOUSE and not is_given and not state.read("made"):
        msg = f"there is no house in {state.folder}. Check the path, or make one with ./desk up."
        raise Trouble(msg)
    with borrowed(state, _site(state), prepared=command not in BEFORE_TABLES) as place:
        env = place.environment(process_of(command))
        return exit_code(python(str(ROOT / "manage.py"), *arguments), env)


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmarks; they start the houses that they measure themselves."""
    return exit_code(python("-m", "bench", *arguments), {**os.environ, "PYTHONPATH": str(ROOT)})
