"""What each kind of person gets at figures and clocks."""

from tests.architecture.routes.registry import (
    AGAIN,
    DONE,
    FINE,
    HIDDEN,
    NO_REPORT,
    READERS,
    Matrix,
    everyone,
    for_,
    signed_in,
)

ROUTES: Matrix = {
    "escalation:due": ({}, signed_in(FINE)),
    # a script asks: whoever is not signed in is told so, and led nowhere
    "escalation:live": ({}, everyone(FINE)),
    "insight:dashboard": ({}, for_(*READERS)),
    "insight:reports": ({}, for_(*READERS)),
    "insight:download": ({"report": NO_REPORT, "form": "json"}, for_(*READERS, status=HIDDEN)),
    "insight:ledger": ({}, for_(*READERS)),
    "insight:checkpoint": ({}, for_(*READERS)),
}

POSTS: Matrix = {
    # no period is released yet
    "insight:reports": ({"period": ""}, for_(*READERS, status=AGAIN)),
    "insight:ledger": ({}, for_("anna", status=DONE)),
}
