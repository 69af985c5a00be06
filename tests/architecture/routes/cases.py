"""What each kind of person gets at a case."""

from tests.architecture.routes.registry import (
    AGAIN,
    CONFLICT,
    DONE,
    HIDDEN_CASE,
    NO_REPORT,
    ON_THE_TEAM,
    ONWARD,
    Matrix,
    for_,
)

ROUTES: Matrix = {
    "desk:clients": ({"ref": "CASE"}, {**for_("hana", "olga", "anna"), **HIDDEN_CASE}),
    "desk:flag": ({"ref": "CASE"}, {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE}),
    **{
        f"desk:phase-{way}": (
            {"ref": "CASE"},
            {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
        )
        for way in ("on", "back")
    },
    # a case: its team, the head, and the auditor to whom it was given
    "desk:case": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna"), **HIDDEN_CASE},
    ),
    "desk:add": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    **{
        f"desk:{act}": (
            {"ref": "CASE"},
            {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
        )
        for act in ("draft", "draft-drop")
    },
    "desk:note": (
        {"ref": "CASE", "note": "NOTE"},
        {**for_("hana", "olga", "anna"), **HIDDEN_CASE},
    ),
    "desk:amend": (
        {"ref": "CASE", "note": "NOTE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:files": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna"), **HIDDEN_CASE},
    ),
    "desk:files-add": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    # what the office added: the head sees that it is there and holds no key to it
    "desk:case-file": ({"ref": "CASE", "n": "1"}, {**for_("hana", "olga"), **HIDDEN_CASE}),
    "desk:case-download": (
        {"ref": "CASE", "n": "1"},
        {**for_("olga"), "hana": CONFLICT, **HIDDEN_CASE},
    ),
    # nobody has released it yet
    "desk:case-original": (
        {"ref": "CASE", "n": "1"},
        {**for_("olga", status=CONFLICT), **HIDDEN_CASE},
    ),
    **{
        f"desk:case-{act}": (
            {"ref": "CASE", "n": "1"},
            {**for_("hana", "olga", status=ONWARD), **HIDDEN_CASE},
        )
        for act in ("again", "ask", "release")
    },
    "desk:access": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna"), **HIDDEN_CASE},
    ),
    "desk:subject": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    **{
        f"desk:{act}": (
            {"ref": "CASE"},
            {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
        )
        for act in ("member", "place")
    },
    "desk:auditor": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:take-over": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:recuse": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:pause": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:resume": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
}

POSTS: Matrix = {
    "desk:clients": ({}, {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE}),
    # no client is named there
    "desk:flag": (
        {"link": NO_REPORT, "why": "He threatens."},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    # Enter in a field shows the page with what was typed, and does nothing
    "desk:access": ({"q": "sta"}, {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE}),
    "desk:case": (
        {"text": "Begun."},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:phase-on": ({"at": "planning"}, ON_THE_TEAM),
    "desk:phase-back": (
        {"at": "planning", "why": "not_needed", "words": "It was a joke."},
        ON_THE_TEAM,
    ),
    # no file came with it (tests/files/test_office.py has one)
    "desk:files-add": ({}, {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE}),
    # it is clean already, olga has asked already, and nobody releases to themselves
    "desk:case-again": ({}, {**for_("olga", status=AGAIN), **HIDDEN_CASE}),
    "desk:case-ask": ({"reason": "The log."}, {**for_("olga", status=AGAIN), **HIDDEN_CASE}),
    "desk:case-release": (
        {"request": "ORIGINAL_OF_CASE"},
        {**for_("olga", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:add": ({"kind": "note", "text": "I called."}, ON_THE_TEAM),
    "desk:draft": ({"kind": "note", "text": "I was called"}, ON_THE_TEAM),
    "desk:draft-drop": ({}, {**for_("hana", "olga", "anna", status=DONE), **HIDDEN_CASE}),
    "desk:amend": ({"text": "I called.", "why": "A slip.", "over": "1"}, ON_THE_TEAM),
    "desk:subject": ({"q": "stan", "person": "@stan"}, ON_THE_TEAM),
    "desk:member": ({"member-person": "@omar"}, ON_THE_TEAM),
    # nobody but olga is on it whose place could be changed
    "desk:place": (
        {"place-do": "end"},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:auditor": ({"auditor-person": "@abel"}, ON_THE_TEAM),
    # what runs on a case is owed by law: the form offers none of it to anybody who sees the page
    "desk:pause": (
        {"clock": "OWED", "reason": "reporter", "until": "2099-01-01"},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:resume": ({"again-clock": "OWED"}, {**for_("olga", status=AGAIN), **HIDDEN_CASE}),
    # olga leads it already
    "desk:take-over": (
        {"take-reason": "She is ill."},
        {**for_("hana", status=DONE), "olga": AGAIN, **HIDDEN_CASE},
    ),
    "desk:recuse": ({"off-reason": "We are cousins.", "off-to": "@omar"}, ON_THE_TEAM),
}
