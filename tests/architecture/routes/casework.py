"""What each kind of person gets at the record of a case, and at its end."""

from tests.architecture.routes.registry import (
    AGAIN,
    HIDDEN_CASE,
    ON_THE_TEAM,
    ONWARD,
    Matrix,
    for_,
)

SEEN = {**for_("hana", "olga", "anna"), **HIDDEN_CASE}
LED_ON = {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE}
# nobody asked to close it, and it is not closed
NOTHING_TO_DECIDE = {**for_("hana", "olga", status=AGAIN), **HIDDEN_CASE}
ENDING = {
    "finding": "unsubstantiated",
    "reason": "Nothing signed.",
    "message": "We found nothing.",
    "no_factors": "on",
    "lessons": "Write dates down.",
    "approver": "@hana",
}

ROUTES: Matrix = {
    "desk:allegations": ({"ref": "CASE"}, SEEN),
    "desk:allegations-add": ({"ref": "CASE"}, LED_ON),
    "desk:party": ({"ref": "CASE"}, LED_ON),
    "desk:allegation": ({"ref": "CASE", "n": "1"}, SEEN),
    "desk:allegation-outcome": ({"ref": "CASE", "n": "2"}, SEEN),
    "desk:strike": ({"ref": "CASE", "what": "allegation", "n": "1"}, SEEN),
    "desk:evidence": ({"ref": "CASE"}, SEEN),
    "desk:evidence-add": ({"ref": "CASE"}, LED_ON),
    "desk:exhibit": ({"ref": "CASE", "n": "1"}, SEEN),
    "desk:custody": ({"ref": "CASE", "n": "1"}, LED_ON),
    "desk:weigh": ({"ref": "CASE", "n": "1"}, LED_ON),
    "desk:plan": ({"ref": "CASE"}, SEEN),
    **{
        f"desk:plan-{what}": ({"ref": "CASE"}, LED_ON)
        for what in ("decide", "sign", "step", "terms")
    },
    "desk:interviews": ({"ref": "CASE"}, SEEN),
    "desk:interviews-plan": ({"ref": "CASE"}, LED_ON),
    "desk:interview": ({"ref": "CASE", "n": "1"}, SEEN),
    "desk:interview-amend": ({"ref": "CASE", "n": "1"}, LED_ON),
    "desk:interview-hold": ({"ref": "CASE", "n": "1"}, LED_ON),
    "desk:interview-off": ({"ref": "CASE", "n": "1"}, LED_ON),
    "desk:interview-reply": ({"ref": "CASE", "n": "1"}, LED_ON),
    "desk:response": ({"ref": "CASE", "n": "1"}, SEEN),
    "desk:response-ask": ({"ref": "CASE", "n": "1"}, LED_ON),
    "desk:response-given": ({"ref": "CASE", "n": "1"}, LED_ON),
    "desk:response-waive": ({"ref": "CASE", "n": "1"}, LED_ON),
    "desk:redact": ({"ref": "CASE"}, {**for_("olga"), **HIDDEN_CASE}),
    "desk:redact-make": ({"ref": "CASE"}, LED_ON),
    "desk:redacted": ({"ref": "CASE", "n": "1"}, SEEN),
    "desk:redacted-copy": ({"ref": "CASE", "n": "1"}, {**for_("olga"), **HIDDEN_CASE}),
    "desk:redacted-hand": ({"ref": "CASE", "n": "1"}, LED_ON),
    "desk:redacted-review": ({"ref": "CASE", "n": "1"}, LED_ON),
    "desk:close": ({"ref": "CASE"}, SEEN),
    "desk:close-approve": ({"ref": "CASE"}, LED_ON),
    "desk:close-back": ({"ref": "CASE"}, LED_ON),
    "desk:close-refuse": ({"ref": "CASE"}, LED_ON),
    "desk:reopen": ({"ref": "CASE"}, LED_ON),
    "desk:bundle": ({"ref": "CASE"}, SEEN),
    "desk:bundle-make": ({"ref": "CASE"}, LED_ON),
    "desk:bundle-copy": ({"ref": "CASE", "n": "1", "form": "pdf"}, {**for_("olga"), **HIDDEN_CASE}),
}

BUNDLE = {"purpose": "court", "recipient": "The labour court", "has_files": "on"}

POSTS: Matrix = {
    "desk:bundle": (BUNDLE, {**for_("olga", status=AGAIN), **HIDDEN_CASE}),
    "desk:bundle-make": (BUNDLE, ON_THE_TEAM),
    # Enter in a field shows the page with what was typed, and does nothing
    "desk:allegations": (
        {"party-name": "Begun."},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:exhibit": (
        {"place": "Begun."},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:allegations-add": (
        {"alleged-text": "A date was moved.", "alleged-category": "CATEGORY"},
        ON_THE_TEAM,
    ),
    "desk:party": ({"party-role": "witness", "party-name": "Rae"}, ON_THE_TEAM),
    "desk:allegation": (
        {"finding": "insufficient_information", "reason": "Nobody was there."},
        ON_THE_TEAM,
    ),
    "desk:allegation-outcome": (
        {
            "subject": "warning",
            "organisation": "process",
            "because": "He knew it.",
            "found": "FOUND",
        },
        ON_THE_TEAM,
    ),
    "desk:strike": ({"reason": "Twice.", "slip": "ALLEGATION"}, ON_THE_TEAM),
    "desk:evidence-add": (
        {"title": "Visit log", "kind": "document", "received_on": "2026-03-16"},
        ON_THE_TEAM,
    ),
    "desk:custody": ({"act": "copied", "place": "Safe 2"}, ON_THE_TEAM),
    "desk:weigh": ({"allegation": "ALLEGATION", "how": "supports"}, ON_THE_TEAM),
    "desk:plan": (
        {"plan-sources": "Begun."},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    # no terms wait
    "desk:plan-decide": (
        {"decide-what": "approve", "decide-version": "00000000-0000-4000-8000-000000000000"},
        {**for_("hana", "olga", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:plan-sign": ({"plan-sources": "The log.", "plan-over": "0"}, ON_THE_TEAM),
    "desk:plan-step": ({"step-words": "Fetch it.", "step-assignee": "@olga"}, ON_THE_TEAM),
    "desk:plan-terms": (
        {
            "terms-purpose": "When was it dated?",
            "terms-scope": "October.",
            "terms-approver": "@hana",
            "terms-over": "0",
        },
        ON_THE_TEAM,
    ),
    "desk:interviews": (
        {"plan-words": "Begun."},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:interviews-plan": (
        {"plan-party": "PARTY", "plan-assignee": "@olga", "plan-words": "The date."},
        ON_THE_TEAM,
    ),
    "desk:interview": (
        {"hold-minutes": "Begun."},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    # it was not held yet
    "desk:interview-amend": (
        {"amend-minutes": "No."},
        {**for_("olga", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:interview-reply": (
        {"reply-agrees": "yes", "reply-how": "signed", "reply-on": "2026-03-16"},
        {**for_("olga", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:interview-hold": (
        {"hold-held_on": "2026-03-16", "hold-minutes": "So."},
        ON_THE_TEAM,
    ),
    "desk:interview-off": ({"off-reason": "She left."}, ON_THE_TEAM),
    "desk:response": (
        {"ask-words": "Begun."},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:response-ask": ({"ask-words": "The date."}, ON_THE_TEAM),
    # nobody asked them yet
    "desk:response-given": (
        {"given-words": "It was so.", "given-given_on": "2026-03-16"},
        {**for_("olga", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:response-waive": (
        {"waive-why": "not_yet", "waive-words": "The police asks."},
        ON_THE_TEAM,
    ),
    "desk:redact": ({"of": "PAPER"}, {**for_("olga", status=AGAIN), **HIDDEN_CASE}),
    "desk:redact-make": (
        {
            "of": "PAPER",
            "purpose": "court",
            "recipient": "The court",
            "words_0": "rang",
            "ground_0": "personal",
        },
        ON_THE_TEAM,
    ),
    "desk:redacted": (
        {"review-words": "Begun."},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    # nobody looks over what they made, nor hands it out before somebody else has
    "desk:redacted-hand": (
        {"hand-on": "2026-03-16", "hand-how": "By hand."},
        {**for_("olga", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:redacted-review": (
        {"review-agrees": "yes"},
        {**for_("olga", status=AGAIN), **HIDDEN_CASE},
    ),
    # an allegation stands without a finding: the page says so
    "desk:close": (ENDING, {**for_("olga", status=AGAIN), **HIDDEN_CASE}),
    "desk:close-approve": ({}, NOTHING_TO_DECIDE),
    "desk:close-back": ({}, NOTHING_TO_DECIDE),
    "desk:close-refuse": ({"returned-reason": "Look again."}, NOTHING_TO_DECIDE),
    "desk:reopen": (
        {"why": "new", "words": "A witness came.", "message": "We look again."},
        NOTHING_TO_DECIDE,
    ),
}
