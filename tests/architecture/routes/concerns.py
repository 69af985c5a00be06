"""What each kind of person gets at a concern."""

from tests.architecture.routes.registry import (
    AGAIN,
    BEFORE_TRIAGE,
    CONFLICT,
    DONE,
    HIDDEN,
    HIDDEN_CASE,
    NO,
    NO_REPORT,
    ONWARD,
    Matrix,
    for_,
)

TRIAGE = {
    "category": "CATEGORY",
    "in_danger": "no",
    "urgency": "2",
    "risk": "2-2",
    "reason": "Nothing signed.",
    "lead": "@omar",
    "given": "asked",
}

ROUTES: Matrix = {
    **{
        f"desk:client{back}": (
            {"ref": "CONCERN"},
            {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
        )
        for back in ("", "-back")
    },
    # a concern that waits: every officer and the head, but not whoever it is about
    "desk:concern": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga"), "ines": HIDDEN, "otto": HIDDEN},
    ),
    # what takes a POST alone sends a GET back to its page
    "desk:answer": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:assign": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:file": (
        {"ref": "CONCERN", "n": "1"},
        {**for_("hana", "omar", "olga"), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:concern-pause": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:concern-resume": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:danger": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:concern-subject": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:step-off": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    # hana sees that it is there and holds no key to it
    "desk:download": (
        {"ref": "CONCERN", "n": "1"},
        {**for_("omar", "olga"), "hana": CONFLICT, "ines": HIDDEN, "otto": HIDDEN},
    ),
    # nobody but omar, to whom olga released it; the others are told so where the file is shown
    "desk:original": (
        {"ref": "CONCERN", "n": "1"},
        {**for_("omar"), "hana": CONFLICT, "olga": CONFLICT, "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:again": (
        {"ref": "CONCERN", "n": "1"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:ask": (
        {"ref": "CONCERN", "n": "1"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:release": (
        {"ref": "CONCERN", "n": "1"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:triage": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga"), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:join": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga"), "ines": HIDDEN, "otto": HIDDEN},
    ),
    # a confidential reporter's identity: asked for by whoever works on it, decided by a custodian
    "desk:identity": (
        {"ref": "SEALED"},
        {**for_("hana", "olga"), **HIDDEN_CASE},
    ),
    "desk:identity-ask": (
        {"ref": "SEALED"},
        {**for_("hana", "olga", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:identity-back": (
        {"ref": "SEALED"},
        {**for_("hana", "olga", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:identity-open": (
        {"ref": "SEALED"},
        {**for_("hana", "olga", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:identities": ({}, for_("carl")),
    "desk:identity-request": ({"ref": "REQUEST"}, for_("carl")),
    "desk:identity-grant": ({"ref": "REQUEST"}, for_("carl", status=ONWARD)),
    "desk:identity-refuse": ({"ref": "REQUEST"}, for_("carl", status=ONWARD)),
}

POSTS: Matrix = {
    "desk:client": ({"client": "Bellwether 44"}, BEFORE_TRIAGE),
    # no client is named there
    "desk:client-back": (
        {"link": NO_REPORT},
        {**for_("hana", "omar", "olga", status=HIDDEN), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:concern": (
        {"text": "Begun."},
        {**for_("hana", "omar", "olga", status=AGAIN), "ines": HIDDEN, "otto": HIDDEN},
    ),
    # the head may, once a key was passed on
    "desk:answer": ({"text": "Thank you."}, {**BEFORE_TRIAGE, "hana": AGAIN}),
    "desk:assign": ({"to": "@omar", "given": "asked"}, BEFORE_TRIAGE),
    "desk:danger": ({}, BEFORE_TRIAGE),
    "desk:triage": (TRIAGE, {**BEFORE_TRIAGE, "hana": AGAIN}),
    # into a case of one's own
    "desk:join": (
        {"into": "CASE", "in_danger": "no", "urgency": "2", "severity": "2", "reason": "The same."},
        {**BEFORE_TRIAGE, "hana": AGAIN, "omar": AGAIN},
    ),
    # the concern of the request that is open already: asked again, or not open yet
    "desk:identity-ask": (
        {"reason": "I must call."},
        {**for_("hana", status=NO), "olga": AGAIN, **HIDDEN_CASE},
    ),
    "desk:identity-back": ({}, {**for_("olga", status=DONE), "hana": AGAIN, **HIDDEN_CASE}),
    "desk:identity-open": ({}, {**for_("olga", status=AGAIN), **HIDDEN_CASE}),
    "desk:identity-grant": ({"for_days": "3"}, for_("carl", status=DONE)),
    "desk:identity-refuse": ({"reason": "Write to her."}, for_("carl", status=DONE)),
    # the file is clean already
    "desk:again": ({}, {**BEFORE_TRIAGE, "hana": AGAIN, "omar": AGAIN, "olga": AGAIN}),
    # omar and olga have asked already
    "desk:ask": ({"reason": "The log."}, {**BEFORE_TRIAGE, "omar": AGAIN, "olga": AGAIN}),
    # the head holds no key, and olga asked herself
    "desk:release": ({"request": "ORIGINAL"}, {**BEFORE_TRIAGE, "hana": AGAIN, "olga": AGAIN}),
    # the head's key sleeps: without the words open, the page says so and nobody is named
    "desk:concern-subject": ({"person": "@stan"}, BEFORE_TRIAGE | {"hana": AGAIN}),
    # its time has run out long ago, and nothing rests
    "desk:concern-pause": (
        {"clock": "TICKING", "reason": "reporter", "until": "2099-01-01"},
        {**BEFORE_TRIAGE, "hana": AGAIN, "omar": AGAIN, "olga": AGAIN},
    ),
    "desk:concern-resume": (
        {"again-clock": "TICKING"},
        {**BEFORE_TRIAGE, "hana": AGAIN, "omar": AGAIN, "olga": AGAIN},
    ),
    "desk:step-off": ({"off-reason": "We are cousins."}, BEFORE_TRIAGE),
}
