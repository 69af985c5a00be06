"""One transaction a request, in which the database knows for whom it works."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import StreamingHttpResponse

from common import asking, clock
from ledger.rules import Actor
from people import access, actions
from people.models import Person

# asked of a process whose database may be away: it has to answer all the same
HEALTH = "/health/"
# pieces of a streamed body to a transaction; they lie in memory meanwhile
BATCH = 8
Answer = Callable[[HttpRequest], HttpResponse]


def act_as(person: Person | None) -> None:
    """Tell row security who asks, with the walls of this moment, until the transaction ends."""
    if person is not None:
        person.conflicts = Person.objects.conflicts([person.pk])[person.pk]
    access.ask_as(person)


def _streamed(content: Iterable[bytes], who: Sequence[str]) -> Iterator[bytes]:
    """Yield a body, a few pieces to a transaction, in which the database knows who asked.

    None is open while somebody reads what was yielded: a slow reader would hold a connection, until
    the database ended it. So a body keeps no cursor open between its pieces.
    """
    pieces = iter(content)
    while True:
        with transaction.atomic():
            asking.tell(who)
            batch = list(islice(pieces, BATCH))
        if not batch:
            return
        yield from batch


class RequestTransaction:
    """Runs the view in one transaction; a refusal rolls it back and is recorded afterwards.

    Who was refused stands in `request.refused_by`: a person, or a program (people.api).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if request.path_info.startswith(HEALTH):
            return self.get_response(request)
        person = getattr(request, "user", None)
        person = person if isinstance(person, Person) else None
        with transaction.atomic():
            act_as(person)
            response = self.get_response(request)
            if response.streaming:
                # the body is made only after this transaction has ended
                body = cast("StreamingHttpResponse", response)
                body.streaming_content = _streamed(iter(body), asking.told())
        refused_by: Actor | None = getattr(request, "refused_by", None)
        if refused_by is not None:
            route = request.resolver_match.view_name if request.resolver_match else ""
            actions.deny(by=refused_by, route=route, now=clock.now())
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Undo what a failed view did; Django then answers as it always does."""
        if connection.in_atomic_block:
            transaction.set_rollback(True)
        person = getattr(request, "user", None)
        if isinstance(person, Person) and isinstance(exception, PermissionDenied | Http404):
            request.refused_by = person.actor  # type: ignore[attr-defined] # ours, read above
