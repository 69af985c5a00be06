"""The life of a file on its way to a clean copy. Pure."""

from django.db.models import TextChoices

from common import moves


class FileState(TextChoices):
    """Where a file is on its way to a clean copy."""

    RECEIVED = "received", "Waiting to be cleaned"
    CHECKED = "checked", "Being cleaned"
    CLEANED = "cleaned", "Clean copy"
    QUARANTINED = "quarantined", "Kept apart"
    REJECTED = "rejected", "Not taken"


class FileMove(TextChoices):
    """What can happen to a file."""

    CHECK = "check", "checked"
    CLEAN = "clean", "cleaned"
    QUARANTINE = "quarantine", "kept apart"
    REJECT = "reject", "refused"
    SEND_AGAIN = "send_again", "sent to the cleaner again"


_WAITING = (FileState.RECEIVED, FileState.CHECKED, FileState.QUARANTINED)
# a file is begun again where its cleaner was killed, or its scanner came back
FILE_MOVES: dict[tuple[FileState, FileMove], FileState] = {
    **{(state, FileMove.CHECK): FileState.CHECKED for state in _WAITING},
    **{(state, FileMove.QUARANTINE): FileState.QUARANTINED for state in _WAITING},
    **{(state, FileMove.REJECT): FileState.REJECTED for state in _WAITING},
    (FileState.CHECKED, FileMove.CLEAN): FileState.CLEANED,
    (FileState.QUARANTINED, FileMove.SEND_AGAIN): FileState.RECEIVED,
}


def file_after(state: str, move: FileMove) -> FileState:
    """Return the state that `move` leads to, or refuse it."""
    refusal = f"This file cannot be {move.label} now. Nothing was changed."
    return moves.after(FILE_MOVES, FileState(state), move, refusal=refusal)
