"""What each kind of person gets where people are told of a case, and where scripts are kept."""

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

SEEN = {**for_("hana", "olga", "anna"), **HIDDEN_CASE}
LED_ON = {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE}
EARLY = {"ines": HIDDEN, "otto": HIDDEN}
NOTHING_THERE = {**for_("hana", "olga", "anna", status=404), **HIDDEN_CASE}
NO_TELLING = "00000000-0000-4000-8000-000000000000"

ROUTES: Matrix = {
    "desk:telling": ({"ref": "CASE"}, SEEN),
    "desk:telling-tell": ({"ref": "CASE"}, LED_ON),
    "desk:telling-decide": ({"ref": "CASE"}, LED_ON),
    "desk:telling-told": ({"ref": "CASE"}, LED_ON),
    "desk:telling-untold": ({"ref": "CASE"}, LED_ON),
    "desk:concern-telling": ({"ref": "CONCERN"}, {**for_("hana", "omar", "olga"), **EARLY}),
    "desk:concern-telling-tell": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), **EARLY},
    ),
    "desk:concern-telling-decide": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), **EARLY},
    ),
    # policy owners and the head keep the texts, whoever writes to people reads them
    "setup:scripts": ({}, for_(*OFFICE)),
    "setup:script": ({"code": "reporter-delay-en"}, for_(*OFFICE)),
    "setup:script-decide": ({}, for_(*OFFICE, status=ONWARD)),
}

SAID = {"text": "It takes longer.", "approval": "changed"}
POSTS: Matrix = {
    "desk:telling-tell": (
        {
            "to": "PARTY",
            "script": "SCRIPT",
            "text": "It was put right.",
            "approver": "@hana",
        },
        ON_THE_TEAM,
    ),
    # nothing waits
    "desk:telling-decide": ({"telling": NO_TELLING, "what": "back"}, NOTHING_THERE),
    "desk:telling-told": (
        {"telling": NO_TELLING, "means": "letter", "told_on": "2026-03-16"},
        NOTHING_THERE,
    ),
    "desk:telling-untold": ({"to": "PARTY", "why": "harm", "words": "So."}, ON_THE_TEAM),
    "desk:concern-telling-tell": (
        {"to": "TOLD_OF", "script": "EARLY_SCRIPT", "text": "We have it."},
        {**BEFORE_TRIAGE, "hana": AGAIN},
    ),
    "desk:concern-telling-decide": (
        {"telling": NO_TELLING, "what": "back"},
        {**for_("hana", "omar", "olga", status=404), **EARLY},
    ),
    "setup:scripts": (
        {"audience": "reporter", "milestone": "delay", "language": "fr", **SAID},
        for_("hana", status=DONE),
    ),
    "setup:script": (SAID, for_("hana", status=DONE)),
    # nothing waits
    "setup:script-decide": ({"draft": NO_TELLING, "what": "drop"}, for_(*OFFICE, status=AGAIN)),
}
