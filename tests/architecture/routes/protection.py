"""What each kind of person gets where those are watched over whom a case protects."""

from tests.architecture.routes.registry import HIDDEN_CASE, ON_THE_TEAM, ONWARD, Matrix, for_

SEEN = {**for_("hana", "olga", "anna"), **HIDDEN_CASE}
LED_ON = {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE}
NOTHING_THERE = {**for_("hana", "olga", "anna", status=404), **HIDDEN_CASE}
NO_REMEDY = "00000000-0000-4000-8000-000000000000"

ROUTES: Matrix = {
    "desk:protection": ({"ref": "CASE"}, SEEN),
    "desk:protection-check": ({"ref": "CASE"}, LED_ON),
    "desk:protection-remedy": ({"ref": "CASE"}, LED_ON),
    "desk:protection-restored": ({"ref": "CASE"}, LED_ON),
    "desk:protection-risk": ({"ref": "CASE"}, LED_ON),
}
POSTS: Matrix = {
    "desk:protection-risk": (
        {"to": "REPORTER", "point": "report", "level": "low", "asking": "here"},
        # who sees the case and not its concerns cannot name a reporter
        {**ON_THE_TEAM, "anna": 404},
    ),
    "desk:protection-check": (
        {"to": "REPORTER", "answer": "no", "asking": "here", "on": "2026-03-16"},
        {**ON_THE_TEAM, "anna": 404},
    ),
    "desk:protection-remedy": (
        {"kind": "apology", "words": "To her.", "owner": "@olga", "due_on": "2030-01-01"},
        ON_THE_TEAM,
    ),
    # nothing was promised
    "desk:protection-restored": (
        {"remedy": NO_REMEDY, "on": "2026-03-16", "words": ""},
        NOTHING_THERE,
    ),
}
