"""Bring tables, grants and static files up to date in one Django process; run as the owner role."""

import sys

import django
from django.core.management import CommandError, call_command


def schema() -> None:
    """Migrate both databases, grant each role what it may, start clocks of kinds that are new."""
    call_command("migrate", verbosity=0)
    # what stands there is of this app alone; the plan of all apps takes seconds and makes nothing
    call_command("migrate", "safes", database="keystore", verbosity=0)
    call_command("grant_roles", verbosity=0)
    call_command("start_clocks", verbosity=0)


def static() -> None:
    """Collect the static files under their far-future names."""
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)


PARTS = {"schema": schema, "static": static}

if __name__ == "__main__":
    django.setup()
    try:
        for part in sys.argv[1:]:
            PARTS[part]()
    except CommandError as error:
        sys.exit(str(error))
