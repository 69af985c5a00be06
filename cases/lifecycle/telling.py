"""How people are told: where a text is on its way to them, and by which means it goes. Pure."""

from django.db.models import TextChoices

from cases.lifecycle.refusals import not_now
from common import moves


class TellingState(TextChoices):
    """Where something that is told to somebody is."""

    WAITING = "waiting", "Waits for another person"
    APPROVED = "approved", "Approved, and to be told"
    TOLD = "told", "Told"
    REFUSED = "refused", "Sent back"
    WITHDRAWN = "withdrawn", "Taken back"
    WAIVED = "waived", "Not told"


class TellingMove(TextChoices):
    """What can happen to something that is to be told."""

    APPROVE = "approve", "approved"
    TELL = "tell", "told"
    REFUSE = "refuse", "sent back"
    WITHDRAW = "withdraw", "taken back"


class Means(TextChoices):
    """By which way somebody is told."""

    HERE = "here", "Their own channel here"
    LETTER = "letter", "A letter"
    EMAIL = "email", "E-mail"
    PHONE = "phone", "By telephone"
    IN_PERSON = "in_person", "In person"
    TRUSTED = "trusted", "Through somebody they trust"


# whoever has no receipt has no channel here
BY_HAND = tuple(one for one in Means if one != Means.HERE)


class WhyUntold(TextChoices):
    """Why somebody is not told what came of it."""

    DECLINED = "declined", "They do not want to hear of it"
    UNREACHABLE = "unreachable", "They cannot be reached"
    NOT_YET = "not_yet", "They may not be told yet"
    HARM = "harm", "It would put somebody in danger"
    NOTHING = "nothing", "Nothing of it concerns them any more"


TELLING_MOVES: dict[tuple[TellingState, TellingMove], TellingState] = {
    (TellingState.WAITING, TellingMove.APPROVE): TellingState.APPROVED,
    # a reporter is told here, in the same act
    (TellingState.WAITING, TellingMove.TELL): TellingState.TOLD,
    (TellingState.APPROVED, TellingMove.TELL): TellingState.TOLD,
    (TellingState.WAITING, TellingMove.REFUSE): TellingState.REFUSED,
    (TellingState.WAITING, TellingMove.WITHDRAW): TellingState.WITHDRAWN,
    (TellingState.APPROVED, TellingMove.WITHDRAW): TellingState.WITHDRAWN,
}


def telling_after(state: str, move: TellingMove) -> TellingState:
    """Return the state that `move` leads to, or refuse it."""
    now = TellingState(state)
    refusal = not_now("text", now.label, move.label)
    return moves.after(TELLING_MOVES, now, move, refusal=refusal)
