"""What each kind of person gets at the reporter's door and the API."""

from tests.architecture.routes.registry import (
    ASKED,
    FINE,
    NO_REPORT,
    ONLY_POST,
    ONWARD,
    Matrix,
    everyone,
)

ROUTES: Matrix = {
    "intake:landing": ({}, everyone(FINE)),
    # none is open: the first page of everybody
    "intake:entrance": ({"code": "none"}, everyone(FINE)),
    "intake:file": ({}, everyone(ONWARD)),
    "intake:return": ({}, everyone(FINE)),
    "intake:finish": ({}, everyone(ONWARD)),
    "intake:safety": ({}, everyone(FINE)),
    # programs come with a token, people with a session get nothing here
    "api:page": ({}, everyone(FINE)),
    "api:openapi": ({}, everyone(FINE)),
    "api:categories": ({}, everyone(ASKED)),
    "api:questionnaires": ({}, everyone(ASKED)),
    "api:concerns": ({}, everyone(ASKED)),
    "api:concern-readers": ({}, everyone(ASKED)),
    "api:receipts": ({}, everyone(ONLY_POST)),
    "api:receipt-readers": ({}, everyone(ONLY_POST)),
    "api:receipt-exclusions": ({}, everyone(ONLY_POST)),
    "api:receipt-messages": ({}, everyone(ONLY_POST)),
    "api:cases": ({}, everyone(ASKED)),
    "api:case": ({"ref": "CASE"}, everyone(ASKED)),
    "api:clocks": ({}, everyone(ASKED)),
    "api:acknowledgements": ({}, everyone(ASKED)),
    "api:paths": ({}, everyone(ASKED)),
    "api:standards": ({}, everyone(ASKED)),
    "api:calendars": ({}, everyone(ASKED)),
    "api:calendar-days": ({"code": "office"}, everyone(ASKED)),
    "api:checkpoints": ({}, everyone(ASKED)),
    "api:latest-checkpoint": ({}, everyone(ASKED)),
    "api:figures": ({}, everyone(ASKED)),
    "api:reports": ({}, everyone(ASKED)),
    "api:report": ({"report": NO_REPORT}, everyone(ASKED)),
    "api:report-file": ({"report": NO_REPORT, "form": "json"}, everyone(ASKED)),
}

POSTS: Matrix = {}
