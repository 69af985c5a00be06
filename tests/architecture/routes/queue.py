"""What each kind of person gets at the queue, today and search."""

from tests.architecture.routes.registry import (
    AGAIN,
    BEFORE_TRIAGE,
    DONE,
    FINE,
    HIDDEN,
    NO_REPORT,
    OFFICE,
    ONWARD,
    Matrix,
    for_,
    signed_in,
)

ROUTES: Matrix = {
    # custodians are led to what waits for them
    "desk:queue": ({}, {**for_(*OFFICE), "carl": ONWARD}),
    "desk:cases": ({}, {**for_(*OFFICE), "carl": ONWARD}),
    "desk:search": ({}, for_(*OFFICE)),
    # who is signed out is told so, in a word that a script reads
    "desk:arrived": ({}, {**for_(*OFFICE), "carl": ONWARD, "nobody": FINE}),
    "desk:view-keep": ({}, {**for_(*OFFICE, status=ONWARD), "carl": ONWARD}),
    "desk:view-drop": ({"view": NO_REPORT}, {**for_(*OFFICE, status=ONWARD), "carl": ONWARD}),
    # a page on which nothing stands yet
    "desk:take-down": ({}, for_(*OFFICE)),
    # everybody has a policy to read here; who has nothing due is refused (tests of what is due)
    "desk:today": ({}, signed_in(FINE)),
}

POSTS: Matrix = {
    # what is hidden from somebody cannot be picked
    "desk:queue": (
        {"pick": "CONCERN", "to": "@omar", "given": "asked"},
        {**BEFORE_TRIAGE, "ines": AGAIN, "otto": AGAIN, "carl": ONWARD},
    ),
    # it is answered with the receipt, and leads nowhere
    "desk:take-down": (
        {
            "in_danger": "no",
            "channel": "phone",
            "said_on": "2026-03-16",
            "kind": "report",
            "told": "He asked for money.",
            "category": "CATEGORY",
            "mode": "anonymous",
        },
        for_(*OFFICE, status=AGAIN),
    ),
    # everything open is not worth keeping: they are told so on the queue
    "desk:view-keep": ({"is_shared": "on"}, {**for_(*OFFICE, status=DONE), "carl": ONWARD}),
    # somebody else's view is not there, and neither is none
    "desk:view-drop": ({}, {**for_(*OFFICE, status=HIDDEN), "carl": ONWARD}),
    "desk:search": ({"words": "client"}, for_(*OFFICE, status=AGAIN)),
}
