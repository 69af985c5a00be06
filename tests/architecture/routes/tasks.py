"""What each kind of person gets at tasks."""

from tests.architecture.routes.registry import (
    AGAIN,
    BEFORE_TRIAGE,
    HIDDEN,
    HIDDEN_CASE,
    ON_THE_TEAM,
    ONWARD,
    Matrix,
    for_,
)

ROUTES: Matrix = {
    "desk:concern-tasks": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga"), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:concern-tasks-add": (
        {"ref": "CONCERN"},
        {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
    ),
    **{
        f"desk:concern-tasks-{what}": (
            {"ref": "CONCERN", "task": "CHECK_IN"},
            {**for_("hana", "omar", "olga", status=ONWARD), "ines": HIDDEN, "otto": HIDDEN},
        )
        for what in ("done", "cancel", "hand")
    },
    "desk:tasks": ({"ref": "CASE"}, {**for_("hana", "olga", "anna"), **HIDDEN_CASE}),
    "desk:tasks-add": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    **{
        f"desk:tasks-{what}": (
            {"ref": "CASE", "task": "REVIEW"},
            {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
        )
        for what in ("done", "cancel", "hand")
    },
}

POSTS: Matrix = {
    "desk:concern-tasks-add": ({"kind": "check_in", "assignee": "@omar"}, BEFORE_TRIAGE),
    "desk:concern-tasks-done": ({"words": "All is well."}, BEFORE_TRIAGE),
    "desk:concern-tasks-cancel": ({"reason": "She left."}, BEFORE_TRIAGE),
    "desk:concern-tasks-hand": ({"to": "@olga"}, BEFORE_TRIAGE),
    "desk:tasks-add": ({"kind": "referral", "assignee": "@olga"}, ON_THE_TEAM),
    "desk:tasks-done": ({"words": "All is well."}, ON_THE_TEAM),
    "desk:tasks-cancel": ({"reason": "She left."}, ON_THE_TEAM),
    # olga is alone on the team
    "desk:tasks-hand": (
        {"to": "@omar"},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
}
