"""Where each act is registered under its name, with what has to be there before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from tests.world import World

# Each takes a world, prepares what has to be there before, and returns the act itself.
Prepared = Callable[[World], Callable[[], object]]
ACTS: dict[str, Prepared] = {}

WORDS = "four words of length"


@contextmanager
def as_owner() -> Iterator[None]:
    """Prepare what only the owner may write."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ed_owner")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ed_web")


def act(name: str) -> Callable[[Prepared], Prepared]:
    """Register what does the act of this name."""

    def register(prepare: Prepared) -> Prepared:
        ACTS[name] = prepare
        return prepare

    return register
