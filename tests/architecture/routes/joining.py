"""What each kind of person gets at what cases have to do with each other."""

from tests.architecture.routes.registry import (
    AGAIN,
    HIDDEN_CASE,
    NO_REPORT,
    ON_THE_TEAM,
    ONWARD,
    Matrix,
    for_,
)

ROUTES: Matrix = {
    **{
        f"desk:{page}": ({"ref": "CASE"}, {**for_("hana", "olga"), **HIDDEN_CASE})
        for page in ("related", "merge", "split")
    },
    **{
        f"desk:related-{act}": (
            {"ref": "CASE"},
            {**for_("hana", "olga", status=ONWARD), **HIDDEN_CASE},
        )
        for act in ("say", "back")
    },
}

WORDS = {"reason": "The same visit."}
POSTS: Matrix = {
    "desk:related": ({"words": "1"}, {**for_("hana", "olga", status=AGAIN), **HIDDEN_CASE}),
    "desk:related-say": ({"other": "CONCERN", "kind": "related", **WORDS}, ON_THE_TEAM),
    # nothing was said yet
    "desk:related-back": (
        {"link": NO_REPORT},
        {**for_("hana", "olga", status=AGAIN), **HIDDEN_CASE},
    ),
    # no other case is there, one concern, and one allegation
    "desk:merge": (
        {"into": "CASE", **WORDS},
        {**for_("hana", "olga", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:split": (
        {"concern": "CONCERN", "lead": "@olga", **WORDS},
        {**for_("hana", "olga", status=AGAIN), **HIDDEN_CASE},
    ),
}
