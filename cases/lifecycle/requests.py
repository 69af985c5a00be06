"""The life of a request to open a reporter's identity. Pure."""

from django.db.models import TextChoices

from cases.lifecycle.refusals import not_now
from common import moves


class RequestState(TextChoices):
    """Where a request to open a reporter's identity is."""

    ASKED = "asked", "Waiting for a custodian"
    GRANTED = "granted", "Open"
    REFUSED = "refused", "Refused"
    EXPIRED = "expired", "Shut again"
    WITHDRAWN = "withdrawn", "Taken back"


class RequestMove(TextChoices):
    """What can happen to a request to open a reporter's identity."""

    GRANT = "grant", "granted"
    REFUSE = "refuse", "refused"
    WITHDRAW = "withdraw", "taken back"
    # its time ran out, or whoever asked no longer works on the concern
    END = "end", "ended"


REQUEST_MOVES: dict[tuple[RequestState, RequestMove], RequestState] = {
    (RequestState.ASKED, RequestMove.GRANT): RequestState.GRANTED,
    (RequestState.ASKED, RequestMove.REFUSE): RequestState.REFUSED,
    (RequestState.ASKED, RequestMove.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.ASKED, RequestMove.END): RequestState.WITHDRAWN,
    (RequestState.GRANTED, RequestMove.WITHDRAW): RequestState.EXPIRED,
    (RequestState.GRANTED, RequestMove.END): RequestState.EXPIRED,
}
# whoever asked cannot ask again meanwhile
PENDING = frozenset({RequestState.ASKED, RequestState.GRANTED})


def request_after(state: str, move: RequestMove) -> RequestState:
    """Return the state that `move` leads to, or refuse it."""
    now = RequestState(state)
    return moves.after(REQUEST_MOVES, now, move, refusal=not_now("request", now.label, move.label))
