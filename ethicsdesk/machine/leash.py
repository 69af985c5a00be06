"""Run a Python module whose forked children die with it: gunicorn's and Celery's workers."""

import os
import runpy
import signal
import sys

from ethicsdesk.machine.processes import die_with_parent


def main() -> None:
    """Become the module that the arguments name."""
    forking = [os.getpid()]

    def note_parent() -> None:
        forking[0] = os.getpid()

    os.register_at_fork(
        before=note_parent,
        after_in_child=lambda: die_with_parent(signal.SIGKILL, forking[0]),
    )
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
