"""What each kind of person gets at setting up."""

from tests.architecture.routes.registry import (
    AGAIN,
    DONE,
    HIDDEN,
    NO_REPORT,
    OFFICE,
    ONLY_POST,
    ONWARD,
    Matrix,
    for_,
)

ROUTES: Matrix = {
    "setup:health": ({}, for_("adam")),
    "setup:letters": ({}, for_("adam")),
    "setup:letters-again": ({}, for_("adam", status=ONWARD)),
    "setup:letters-drop": ({}, for_("adam", status=ONWARD)),
    "setup:people": ({}, for_("adam", "hana")),
    "setup:invite": ({}, for_("adam")),
    "setup:person": ({"person": "STAN"}, for_("adam", "hana")),
    "setup:lock": ({"person": "STAN"}, for_("adam", "hana", status=ONLY_POST)),
    "setup:reset": ({"person": "STAN"}, for_("adam", "hana", status=ONLY_POST)),
    "setup:invite-again": ({"person": "STAN"}, for_("adam", status=ONLY_POST)),
    "setup:line": ({"person": "STAN"}, for_("adam")),
    "setup:leave": ({"person": "STAN"}, for_("adam", status=ONLY_POST)),
    "setup:decide": ({"change": NO_REPORT}, for_("adam", "hana", status=ONLY_POST)),
    # questionnaires: either drafts, the other publishes
    "setup:forms": ({}, for_("adam", "hana")),
    "setup:form": ({"code": "coercion"}, for_("adam", "hana")),
    "setup:form-preview": ({"code": "coercion"}, for_("adam", "hana")),
    "setup:form-compare": ({"code": "coercion"}, for_("adam", "hana")),
    "setup:form-draft": ({"code": "coercion"}, for_("adam", "hana", status=ONWARD)),
    "setup:form-scope": ({"code": "coercion"}, for_("adam", "hana", status=ONWARD)),
    "setup:form-sections": ({"code": "coercion"}, for_("adam", "hana", status=ONWARD)),
    "setup:form-section": ({"code": "coercion", "n": "1"}, for_("adam", "hana")),
    "setup:form-questions": ({"code": "coercion"}, for_("adam", "hana", status=ONWARD)),
    "setup:form-question": ({"code": "coercion", "key": "deadline"}, for_("adam", "hana")),
    "setup:form-decide": ({"code": "coercion"}, for_("adam", "hana", status=ONWARD)),
    "setup:form-retire": ({"code": "coercion"}, for_("adam", "hana", status=ONWARD)),
    # entrances for outsiders
    "setup:entrances": ({}, for_("adam", "hana")),
    "setup:entrance": ({"code": "ENTRANCE"}, for_("adam", "hana")),
    "setup:entrance-state": ({"code": "ENTRANCE"}, for_("adam", "hana", status=ONWARD)),
    "setup:entrance-poster": ({"code": "ENTRANCE"}, for_("adam", "hana")),
    # adam drafts, hana publishes
    "setup:paths": ({}, for_("adam", "hana")),
    "setup:path": ({"code": "standard"}, for_("adam", "hana")),
    "setup:path-draft": ({"code": "standard"}, for_("adam", "hana", status=ONWARD)),
    "setup:path-rungs": ({"code": "standard"}, for_("adam", "hana", status=ONWARD)),
    "setup:path-rung": ({"code": "standard", "n": "1"}, for_("adam", "hana")),
    "setup:path-decide": ({"code": "standard"}, for_("adam", "hana", status=ONWARD)),
    "setup:path-move": ({"code": "standard"}, for_("adam", "hana", status=ONWARD)),
    "setup:path-retire": ({"code": "standard"}, for_("adam", "hana", status=ONWARD)),
    "setup:keys": ({}, for_(*OFFICE, "carl", "adam")),
    "setup:calendars": ({}, for_("adam", "hana")),
    "setup:calendar-units": ({}, for_("adam", "hana", status=ONWARD)),
    "setup:calendar": ({"code": "office"}, for_("adam", "hana")),
    "setup:calendar-day": ({"code": "office"}, for_("adam", "hana", status=ONWARD)),
    "setup:calendar-forget": ({"code": "office"}, for_("adam", "hana", status=ONWARD)),
    "setup:calendar-retire": ({"code": "office"}, for_("adam", "hana", status=ONWARD)),
    "setup:retention": ({}, for_("adam", "hana")),
    "setup:standards": ({}, for_("adam", "hana")),
    "setup:standard-decide": ({}, for_("adam", "hana", status=ONWARD)),
    "setup:retention-decide": ({}, for_("adam", "hana", status=ONWARD)),
}

POSTS: Matrix = {
    # questionnaires
    "setup:forms": ({"name": "Gifts", "code": "gifts"}, for_("adam", "hana", status=DONE)),
    # nothing to do on the page itself; the preview says what would be read
    "setup:form-preview": ({"asked": "deadline"}, for_("adam", "hana")),
    # a draft stands already, and nothing was published
    "setup:form-draft": ({}, for_("adam", "hana", status=AGAIN)),
    "setup:form-retire": ({}, for_("adam", "hana", status=AGAIN)),
    "setup:form-scope": ({"language": "en", "seen": "MARK"}, for_("adam", "hana", status=DONE)),
    "setup:form-sections": ({"title": "More", "seen": "MARK"}, for_("adam", "hana", status=DONE)),
    "setup:form-section": ({"title": "First", "seen": "MARK"}, for_("adam", "hana", status=DONE)),
    "setup:form-questions": (
        {"label": "Who?", "sort": "line", "section": "1", "seen": "MARK"},
        for_("adam", "hana", status=DONE),
    ),
    "setup:form-question": ({"what": "remove", "seen": "MARK"}, for_("adam", "hana", status=DONE)),
    # adam wrote at it, so hana publishes
    "setup:form-decide": (
        {"what": "publish", "seen": "MARK"},
        {**for_("hana", status=DONE), "adam": AGAIN},
    ),
    # entrances for outsiders
    "setup:entrances": (
        {"title": "For families", "language": "en"},
        for_("adam", "hana", status=DONE),
    ),
    "setup:entrance": (
        {"title": "For families", "language": "en"},
        for_("adam", "hana", status=DONE),
    ),
    "setup:entrance-state": ({"what": "close"}, for_("adam", "hana", status=DONE)),
    "setup:standards": (
        {"kind": "answer", "count": "1", "unit": "days", "path": "PATH"},
        for_("adam", status=DONE),
    ),
    # nothing waits
    "setup:standard-decide": (
        {"change": "1", "what": "drop"},
        for_("adam", "hana", status=AGAIN),
    ),
    "setup:calendars": ({"name": "Kathmandu"}, for_("adam", status=DONE)),
    "setup:calendar-units": ({"unit": "UNIT", "calendar": "office"}, for_("adam", status=DONE)),
    # its hours are missing, so nobody would work
    "setup:calendar": ({"name": "The office"}, for_("adam", status=AGAIN)),
    "setup:calendar-day": ({"day": "2099-01-01", "name": "Off"}, for_("adam", status=AGAIN)),
    "setup:calendar-forget": ({"day": "2099-01-01"}, for_("adam", status=AGAIN)),
    "setup:calendar-retire": ({}, for_("adam", status=AGAIN)),
    "setup:paths": ({"name": "Guidance", "code": "guidance"}, for_("adam", status=DONE)),
    # adam's draft stands already, so he begins no other; the head drafts nothing
    "setup:path-draft": ({}, for_("adam", status=AGAIN)),
    "setup:path-rungs": (
        {"count": "5", "unit": "days", "anchor": "after", "given": "always", "does": "remind"},
        for_("adam", status=DONE),
    ),
    "setup:path-rung": ({"what": "up"}, for_("adam", status=DONE)),
    # it is not proposed yet
    "setup:path-decide": ({"what": "publish"}, for_("adam", "hana", status=AGAIN)),
    # no other version was ever published
    "setup:path-move": ({"reason": "law"}, for_("adam", status=AGAIN)),
    # the standard path stays
    "setup:path-retire": ({}, for_("adam", status=AGAIN)),
    # everybody's key is approved already
    "setup:keys": ({"key": "0"}, for_(*OFFICE, "carl", "adam", status=HIDDEN)),
    # what is longer counts at once, set by an administrator
    "setup:retention": (
        {"outcome": "upheld", "months": "60", "law": "D.Lgs. 24/2023"},
        for_("adam", status=DONE),
    ),
    # adam proposed it, so hana confirms
    "setup:retention-decide": (
        {"rule": "RULE", "what": "confirm"},
        {**for_("hana", status=DONE), "adam": AGAIN},
    ),
    "setup:invite": (
        {"name": "New", "username": "new", "email": "new@example.org"},
        for_("adam", status=DONE),
    ),
    "setup:person": ({"roles": "leadership"}, for_("adam", status=DONE)),
    "setup:invite-again": ({}, for_("adam", status=DONE)),
    "setup:line": ({"q": "omar", "manager": "@omar"}, for_("adam", status=DONE)),
    "setup:leave": ({}, for_("adam", status=DONE)),
    "setup:letters-again": ({}, for_("adam", status=DONE)),
    "setup:letters-drop": ({}, for_("adam", status=AGAIN)),
    "setup:lock": ({}, for_("adam", "hana", status=DONE)),
    "setup:reset": ({}, for_("adam", "hana", status=DONE)),
    "setup:decide": ({"decision": "approve"}, for_("adam", "hana", status=HIDDEN)),
}
