"""The commands of `./desk`, once the environment is ready."""

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence

from ethicsdesk.machine import checking, managing, people, testing, tracing, up
from ethicsdesk.machine.state import State
from ethicsdesk.machine.trouble import Trouble, say

# Commands whose arguments belong to somebody else: Django, pytest, the benchmarks.
HANDED_ON: dict[str, Callable[[Sequence[str]], int]] = {
    "manage": lambda rest: managing.manage(State(), rest),
    "test": lambda rest: testing.test(rest, aside=False),
    "bench": managing.bench,
}


STATE = "--state"
EPILOG = (
    "Every command takes --state DIR, the folder of a house's state, as ETHICSDESK_STATE names it; "
    "without either each clone has one of its own."
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./desk", allow_abbrev=False, epilog=EPILOG)
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up", help="run EthicsDesk on this machine", epilog=EPILOG)
    start.add_argument("--port", type=int, default=8000, help="the port on 127.0.0.1 (8000)")
    start.add_argument("--empty", action="store_true", help="begin without demo data")
    personas = commands.add_parser("personas", help="the people of the demo data", epilog=EPILOG)
    personas.add_argument("--json", action="store_true", help="all of it, for a program")
    trace = commands.add_parser("trace", help="requirements and the tests that prove them")
    trace.add_argument("--json", action="store_true", help="for a program")
    commands.add_parser("check", help="everything but the tests")
    commands.add_parser("fix", help="repair what can be repaired")
    return parser


def _without_state(arguments: Sequence[str]) -> list[str]:
    """Take `--state DIR` out, wherever it stands before a `--`, and leave it in the environment.

    So it is the same for our own commands and for those of Django, which know nothing of it.
    """
    end = list(arguments).index("--") if "--" in arguments else len(arguments)
    ours, rest = list(arguments[:end]), list(arguments[end:])
    kept: list[str] = []
    while ours:
        one = ours.pop(0)
        name, is_given, folder = one.partition("=")
        if name != STATE:
            kept.append(one)
            continue
        folder = folder if is_given else (ours.pop(0) if ours else "")
        if not folder or folder.startswith("-"):
            msg = f"{STATE} wants the folder of a state after it. Nothing was done."
            raise Trouble(msg)
        os.environ["ETHICSDESK_STATE"] = folder
    return kept + rest


def _run(given: Sequence[str]) -> int:
    arguments = _without_state(given)
    if arguments and arguments[0] in HANDED_ON:
        return HANDED_ON[arguments[0]](arguments[1:])
    options = _parser().parse_args(arguments)
    match options.command:
        case "up":
            return up.up(State(), options.port, empty=options.empty)
        case "personas":
            return people.personas(State(), as_json=options.json)
        case "trace":
            return tracing.trace(as_json=options.json)
        case "check":
            return checking.check()
        case _:
            return checking.fix()


def main(arguments: Sequence[str]) -> int:
    """Run a command; what an operator can put right is said in a sentence."""
    try:
        return _run(arguments)
    except Trouble as trouble:
        say(trouble)
    except BrokenPipeError:
        # Whoever read our answer has gone; Python must not try to write the rest of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
            raise
        say(f"{error.filename or 'the disk'}: {error.strerror}. Make room, then try again.")
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
