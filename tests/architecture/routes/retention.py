"""What each kind of person gets at retention."""

from tests.architecture.routes.registry import (
    AGAIN,
    DONE,
    HIDDEN,
    HIDDEN_CASE,
    NO,
    OFFICE,
    ONWARD,
    Matrix,
    for_,
)

ROUTES: Matrix = {
    # until when it is kept: whoever sees the case, of those who work here
    "retention:disposal": ({}, for_(*OFFICE)),
    "retention:propose": ({}, for_(*OFFICE, status=ONWARD)),
    "retention:decide": ({}, for_(*OFFICE, status=ONWARD)),
    "retention:stop": ({}, for_(*OFFICE, status=ONWARD)),
    "retention:keeping": ({"ref": "CASE"}, {**for_("hana", "olga"), **HIDDEN_CASE}),
    "retention:hold": (
        {"ref": "CASE"},
        {**for_("hana", "olga", status=ONWARD), **HIDDEN_CASE},
    ),
    "retention:lift": (
        {"ref": "CASE"},
        {**for_("hana", "olga", status=ONWARD), **HIDDEN_CASE},
    ),
    "retention:request": (
        {"ref": "CASE"},
        {**for_("hana", "olga", status=ONWARD), **HIDDEN_CASE},
    ),
}

POSTS: Matrix = {
    # the independent person proposes nothing
    "retention:propose": (
        {"pick": "OLD"},
        {**for_(*OFFICE, status=AGAIN), "hana": DONE, "olga": DONE, "ines": NO},
    ),
    # omar proposed it once; whoever sees what is proposed decides, the independent person too
    "retention:decide": (
        {"pick": "ASKED", "what": "approve"},
        {**for_("hana", "olga", "ines", status=DONE), "omar": HIDDEN, "otto": HIDDEN},
    ),
    "retention:stop": (
        {"pick": "ASKED", "reason": "Not yet."},
        {**for_("hana", "olga", "ines", status=DONE), "omar": HIDDEN, "otto": HIDDEN},
    ),
    "retention:hold": (
        {"ground": "audit", "reason": "An audit."},
        {**for_("hana", "olga", status=DONE), **HIDDEN_CASE},
    ),
    # hana placed it
    "retention:lift": (
        {"hold": "HOLD", "reason": "Over."},
        {**for_("olga", status=DONE), "hana": AGAIN, **HIDDEN_CASE},
    ),
    # it is open
    "retention:request": (
        {"ground": "court_order", "reason": "The court of Leeds."},
        {**for_("hana", "olga", status=AGAIN), **HIDDEN_CASE},
    ),
}
