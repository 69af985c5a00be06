"""What each kind of person gets at every member of staff."""

from tests.architecture.routes.registry import (
    AGAIN,
    DONE,
    FINE,
    HIDDEN,
    ONLY_POST,
    Matrix,
    for_,
    signed_in,
)

ROUTES: Matrix = {
    "staff:policies": ({}, signed_in(FINE)),
    "staff:policy": ({"code": "speaking-up"}, signed_in(FINE)),
    # everybody reads for themselves, whoever owns the policy asks
    "staff:acknowledgements": ({}, signed_in(FINE)),
    "staff:acknowledgement": ({"asked": "ASKED_TO_READ"}, signed_in(HIDDEN, stan=FINE)),
    "staff:campaigns": ({"code": "speaking-up"}, for_("hana")),
    "staff:campaign-end": (
        {"code": "speaking-up", "campaign": "CAMPAIGN"},
        for_("hana", status=ONLY_POST),
    ),
}

POSTS: Matrix = {
    "staff:acknowledgement": ({}, signed_in(HIDDEN, stan=DONE)),
    # they are being asked already
    "staff:campaigns": (
        {"whom": "everybody", "count": "14", "time": "days"},
        for_("hana", status=AGAIN),
    ),
    "staff:campaign-end": ({}, for_("hana", status=DONE)),
}
