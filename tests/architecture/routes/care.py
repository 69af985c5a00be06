"""What each kind of person gets at signs of pressure and at what protects people."""

from tests.architecture.routes.registry import (
    AGAIN,
    BEFORE_TRIAGE,
    DONE,
    HIDDEN,
    HIDDEN_CASE,
    OFFICE,
    ON_THE_TEAM,
    ONWARD,
    Matrix,
    for_,
)

ROUTES: Matrix = {
    # policy owners and the head keep the catalogue, whoever triages reads it
    "setup:indicators": ({}, for_(*OFFICE)),
    "setup:indicator": ({"code": "threat"}, for_(*OFFICE)),
    "setup:indicator-decide": ({}, for_(*OFFICE, status=ONWARD)),
    "desk:mark": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:safeguards": ({"ref": "CASE"}, {**for_("hana", "olga", "anna"), **HIDDEN_CASE}),
    "desk:safeguard-place": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:authorisation-ask": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:authorisation-answer": (
        {"ref": "CASE", "asked": "AUTHORISATION"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:early": ({"ref": "CASE"}, {**for_("hana", "olga", "anna"), **HIDDEN_CASE}),
    **{
        f"desk:early-{what}": (
            {"ref": "CASE"},
            {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
        )
        for what in ("change", "meeting", "agreement")
    },
    **{
        f"desk:safeguard-{what}": (
            {"ref": "CASE", "guard": "GUARD"},
            {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
        )
        for what in ("end", "keep")
    },
}

SIGN = {"label": "They whisper", "why": "Who listens?", "source": "Our own", "urgency": "2"}
POSTS: Matrix = {
    "setup:indicators": (SIGN, for_("hana", status=DONE)),
    "setup:indicator": (SIGN, for_("hana", status=DONE)),
    # nothing waits
    "setup:indicator-decide": (
        {"draft": "00000000-0000-4000-8000-000000000000", "what": "drop"},
        for_(*OFFICE, status=AGAIN),
    ),
    "desk:mark": ({}, BEFORE_TRIAGE),
    "desk:early-change": ({"track": "advice", "why": "wished", "words": "So."}, ON_THE_TEAM),
    # an investigation has no sessions
    "desk:early-meeting": (
        {"held_on": "2026-03-02", "present": "affected", "words": "So."},
        {**for_("olga", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:early-agreement": (
        {"agreed": "affected", "words": "So.", "assignee": "@olga"},
        {**for_("olga", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:safeguard-place": ({"kind": "leave", "owner": "@olga"}, ON_THE_TEAM),
    "desk:authorisation-ask": ({"ask-words": "May we go on?"}, ON_THE_TEAM),
    "desk:authorisation-answer": ({"answer": "granted", "words": "He said yes."}, ON_THE_TEAM),
    "desk:safeguard-end": ({"words": "It held."}, ON_THE_TEAM),
    "desk:safeguard-keep": ({"owner": "@olga"}, ON_THE_TEAM),
}
