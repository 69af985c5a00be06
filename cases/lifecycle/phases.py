"""The phases of an investigation. Pure."""

from itertools import pairwise

from django.db.models import TextChoices

from common import moves


class Phase(TextChoices):
    """Where the investigation of a case is (ISO 37002:2021, 8.4.1 and 8.5; ISO/TS 37008:2023).

    Each but the first is the code of the duty that runs meanwhile (escalation.rules.kinds).
    """

    NONE = "none", "No investigation"
    PLANNING = "planning", "Planning"
    GATHERING = "gathering", "Evidence"
    FINDINGS = "findings", "Findings"
    OUTCOME = "outcome", "Outcome"


class PhaseMove(TextChoices):
    """What can happen to the phase of an investigation."""

    GO_ON = "on", "taken on"
    GO_BACK = "back", "taken back"


class WhyBack(TextChoices):
    """Why an investigation goes back to the phase before."""

    NEW = "new", "Something new came up"
    MISSING = "missing", "Something is missing"
    SCOPE = "scope", "What is looked into changes"
    REVIEW = "review", "Whoever reviewed it asks for more"
    MISTAKE = "mistake", "It was taken on by mistake"
    NOT_NEEDED = "not_needed", "No investigation is needed"


INVESTIGATED = (Phase.PLANNING, Phase.GATHERING, Phase.FINDINGS, Phase.OUTCOME)
_STEPS = list(pairwise((Phase.NONE, *INVESTIGATED)))
PHASE_MOVES: dict[tuple[Phase, PhaseMove], Phase] = {
    **{(before, PhaseMove.GO_ON): after for before, after in _STEPS},
    **{(after, PhaseMove.GO_BACK): before for before, after in _STEPS},
}
# why an investigation that was begun is given up, and why one that goes on goes back
_GIVEN_UP = (WhyBack.NOT_NEEDED, WhyBack.MISTAKE)


def phase_after(phase: str, move: PhaseMove) -> Phase:
    """Return the phase that `move` leads to, or refuse it."""
    now = Phase(phase)
    refusal = f"At “{now.label}” an investigation cannot be {move.label}. Nothing was changed."
    return moves.after(PHASE_MOVES, now, move, refusal=refusal)


def why_back(phase: str) -> list[WhyBack]:
    """Return the reasons for which an investigation goes back from a phase."""
    is_given_up = PHASE_MOVES.get((Phase(phase), PhaseMove.GO_BACK)) == Phase.NONE
    return list(_GIVEN_UP) if is_given_up else [why for why in WhyBack if why != WhyBack.NOT_NEEDED]
