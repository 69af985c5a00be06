"""Every route and every form stands here with what each kind of person gets; none is missing."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from cases import actions
from cases.lifecycle import Mode, TaskKind
from cases.models import Case
from common import clock
from escalation import actions as escalation
from escalation.models import Clock, Path
from escalation.rules import Limit
from ledger import actions as ledger
from people.middleware import act_as
from people.models import Person
from people.rules import Role
from policies import actions as policies
from policies.models import Acknowledgement, Policy
from retention import actions as retention
from retention.access import Kept
from retention.lifecycle import Ground, HoldGround, Outcome
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.retention.conftest import long_ago
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-2")]

DEMO_ONLY = {"demo:empty-insert", "demo:mail", "demo:mail-one"}
# who comes: nobody is not signed in; omar is an officer who is not on the case; otto is walled off
WHO = ("nobody", "stan", "carl", "adam", "chief", "anna", "ines", "hana", "omar", "olga", "otto")
SIGN_IN, NO, HIDDEN, ONLY_POST, ASKED, FINE, ONWARD = 302, 403, 404, 405, 401, 200, 302
CONFLICT = 409


def everyone(status: int) -> dict[str, int]:
    return dict.fromkeys(WHO, status)


def signed_in(status: int, **others: int) -> dict[str, int]:
    return {**everyone(status), "nobody": SIGN_IN, **others}


def for_(*names: str, status: int = FINE, else_: int = NO) -> dict[str, int]:
    return {**signed_in(else_), **dict.fromkeys(names, status)}


OFFICE = ("ines", "hana", "omar", "olga", "otto")
READERS = ("chief", "anna", "hana")
NO_REPORT = "00000000-0000-4000-8000-000000000000"
HIDDEN_CASE = dict.fromkeys(("ines", "omar", "otto"), HIDDEN)

# route: (what fills its place, what a GET gives to whom)
ROUTES: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    "home": ({}, everyone(FINE)),
    "sign-in": ({}, {**everyone(ONWARD), "nobody": FINE}),
    "sign-out": ({}, signed_in(ONLY_POST)),
    "unlock": ({}, signed_in(FINE)),
    "sign-in-code": ({}, everyone(ONWARD)),
    "sign-in-again": ({}, signed_in(FINE)),
    "sign-in-elsewhere": ({}, everyone(ONLY_POST)),
    # no provider is configured
    "sign-in-elsewhere-back": ({}, everyone(HIDDEN)),
    "invitation": ({"invitation": NO_REPORT, "token": "x"}, everyone(HIDDEN)),
    "account": ({}, signed_in(FINE)),
    "account-code": ({}, signed_in(FINE)),
    "account-passkey": ({}, signed_in(FINE)),
    "account-recovery": ({}, signed_in(ONLY_POST)),
    "account-remove": ({"factor": "0"}, signed_in(ONLY_POST)),
    "account-sessions": ({}, signed_in(ONLY_POST)),
    "account-reminders": ({}, signed_in(FINE)),
    "account-password": ({}, signed_in(FINE)),
    "components": ({}, everyone(FINE)),
    "live": ({}, everyone(FINE)),
    "ready": ({}, everyone(FINE)),
    "intake:landing": ({}, everyone(FINE)),
    "intake:file": ({}, everyone(ONWARD)),
    "intake:return": ({}, everyone(FINE)),
    "intake:finish": ({}, everyone(ONWARD)),
    "intake:safety": ({}, everyone(FINE)),
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
    # everybody speaks of themselves alone
    "me:conflicts": ({}, signed_in(FINE)),
    "me:end-tie": ({"tie": NO_REPORT}, signed_in(ONLY_POST)),
    "me:away": ({}, signed_in(FINE)),
    "me:away-others": ({}, for_("adam", "hana")),
    "me:back": ({}, signed_in(ONLY_POST)),
    "me:call-off": ({"absence": NO_REPORT}, signed_in(ONLY_POST)),
    "account-calendar": ({}, signed_in(FINE)),
    "account-calendar-end": ({"link": NO_REPORT}, signed_in(ONLY_POST)),
    "me:stand-ins": ({}, signed_in(FINE)),
    "me:accept": ({"delegation": NO_REPORT}, signed_in(ONLY_POST)),
    "me:end-stand-in": ({"delegation": NO_REPORT}, signed_in(ONLY_POST)),
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
    "vault": ({}, signed_in(FINE, stan=NO)),
    "vault-passphrase": ({}, signed_in(FINE, stan=NO)),
    "vault-recovery": ({}, signed_in(FINE, stan=NO)),
    "vault-recover": ({}, signed_in(FINE, stan=NO)),
    "vault-replace": ({}, signed_in(FINE, stan=NO)),
    "setup:calendars": ({}, for_("adam", "hana")),
    "setup:calendar-units": ({}, for_("adam", "hana", status=ONWARD)),
    "setup:calendar": ({"code": "office"}, for_("adam", "hana")),
    "setup:calendar-day": ({"code": "office"}, for_("adam", "hana", status=ONWARD)),
    "setup:calendar-forget": ({"code": "office"}, for_("adam", "hana", status=ONWARD)),
    "setup:calendar-retire": ({"code": "office"}, for_("adam", "hana", status=ONWARD)),
    "setup:retention": ({}, for_("adam", "hana")),
    "setup:standards": ({}, for_("adam", "hana")),
    "setup:standard-decide": ({}, for_("adam", "hana", status=ONWARD)),
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
    **{
        f"desk:phase-{way}": (
            {"ref": "CASE"},
            {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
        )
        for way in ("on", "back")
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
    "setup:retention-decide": ({}, for_("adam", "hana", status=ONWARD)),
    # custodians are led to what waits for them
    "desk:queue": ({}, {**for_(*OFFICE), "carl": ONWARD}),
    "desk:search": ({}, for_(*OFFICE)),
    # everybody has a policy to read here; who has nothing due is refused (tests of what is due)
    "desk:today": ({}, signed_in(FINE)),
    "escalation:due": ({}, signed_in(FINE)),
    # a script asks: whoever is not signed in is told so, and led nowhere
    "escalation:live": ({}, everyone(FINE)),
    # whoever has the secret needs no session, and nobody knows this one
    "calendar-feed": ({"secret": "x"}, everyone(HIDDEN)),
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
    # a case: its team, the head, and the auditor to whom it was given
    "desk:case": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna"), **HIDDEN_CASE},
    ),
    "desk:add": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:files": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna"), **HIDDEN_CASE},
    ),
    "desk:access": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna"), **HIDDEN_CASE},
    ),
    "desk:subject": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
    "desk:member": (
        {"ref": "CASE"},
        {**for_("hana", "olga", "anna", status=ONWARD), **HIDDEN_CASE},
    ),
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
    "desk:close": ({"ref": "CASE"}, {**for_("olga"), **HIDDEN_CASE}),
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
    "insight:dashboard": ({}, for_(*READERS)),
    "insight:reports": ({}, for_(*READERS)),
    "insight:download": ({"report": NO_REPORT, "form": "json"}, for_(*READERS, status=HIDDEN)),
    "insight:ledger": ({}, for_(*READERS)),
    "insight:checkpoint": ({}, for_(*READERS)),
    # programs come with a token, people with a session get nothing here
    "api:page": ({}, everyone(FINE)),
    "api:openapi": ({}, everyone(FINE)),
    "api:categories": ({}, everyone(ASKED)),
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


# What a POST gives to whom, when all that is entered is right: DONE is an act and a way onward,
# AGAIN the page that says why not. Who is refused here is refused by the page or by its action.
DONE, AGAIN = 302, 200
BEFORE_TRIAGE = {**for_("hana", "omar", "olga", status=DONE), "ines": HIDDEN, "otto": HIDDEN}
ON_THE_TEAM = {**for_("olga", status=DONE), **HIDDEN_CASE}
TRIAGE = {
    "category": "CATEGORY",
    "in_danger": "no",
    "urgency": "2",
    "severity": "2",
    "reason": "Nothing signed.",
    "lead": "@omar",
}
PASSPHRASES = {"current": "not this one", "new": "one that is long", "again": "one that is long"}
ENDING = {"finding": "unsubstantiated", "reason": "Nothing signed.", "message": "We found nothing."}
POSTS: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    # what is hidden from somebody cannot be picked
    "desk:queue": (
        {"pick": "CONCERN", "to": "@omar"},
        {**BEFORE_TRIAGE, "ines": AGAIN, "otto": AGAIN, "carl": ONWARD},
    ),
    "desk:search": ({"words": "client"}, for_(*OFFICE, status=AGAIN)),
    # Enter in a field shows the page with what was typed, and does nothing
    "desk:access": ({"q": "sta"}, {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE}),
    "desk:concern": (
        {"text": "Begun."},
        {**for_("hana", "omar", "olga", status=AGAIN), "ines": HIDDEN, "otto": HIDDEN},
    ),
    "desk:case": (
        {"text": "Begun."},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    # the head may, once a key was passed on
    "desk:answer": ({"text": "Thank you."}, {**BEFORE_TRIAGE, "hana": AGAIN}),
    "desk:assign": ({"to": "@omar"}, BEFORE_TRIAGE),
    "desk:danger": ({}, BEFORE_TRIAGE),
    "desk:triage": (TRIAGE, {**BEFORE_TRIAGE, "hana": AGAIN}),
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
    "desk:concern-tasks-add": ({"kind": "check_in", "assignee": "@omar"}, BEFORE_TRIAGE),
    "desk:concern-tasks-done": ({"words": "All is well."}, BEFORE_TRIAGE),
    "desk:concern-tasks-cancel": ({"reason": "She left."}, BEFORE_TRIAGE),
    "desk:concern-tasks-hand": ({"to": "@olga"}, BEFORE_TRIAGE),
    "desk:phase-on": ({"at": "planning"}, ON_THE_TEAM),
    "desk:phase-back": (
        {"at": "planning", "why": "not_needed", "words": "It was a joke."},
        ON_THE_TEAM,
    ),
    "desk:tasks-add": ({"kind": "referral", "assignee": "@olga"}, ON_THE_TEAM),
    "desk:tasks-done": ({"words": "All is well."}, ON_THE_TEAM),
    "desk:tasks-cancel": ({"reason": "She left."}, ON_THE_TEAM),
    # olga is alone on the team
    "desk:tasks-hand": (
        {"to": "@omar"},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    "setup:standards": (
        {"kind": "answer", "count": "1", "unit": "days", "path": "PATH"},
        for_("adam", status=DONE),
    ),
    # nothing waits
    "setup:standard-decide": (
        {"change": "1", "what": "drop"},
        for_("adam", "hana", status=AGAIN),
    ),
    "desk:add": ({"kind": "note", "text": "I called."}, ON_THE_TEAM),
    # the head's key sleeps: without the words open, the page says so and nobody is named
    "desk:concern-subject": ({"person": "@stan"}, BEFORE_TRIAGE | {"hana": AGAIN}),
    "desk:subject": ({"q": "stan", "person": "@stan"}, ON_THE_TEAM),
    "desk:member": ({"member-person": "@omar"}, ON_THE_TEAM),
    "desk:auditor": ({"auditor-person": "@abel"}, ON_THE_TEAM),
    "desk:close": (ENDING, ON_THE_TEAM),
    # its time has run out long ago, and nothing rests
    "desk:concern-pause": (
        {"clock": "TICKING", "reason": "reporter", "until": "2099-01-01"},
        {**BEFORE_TRIAGE, "hana": AGAIN, "omar": AGAIN, "olga": AGAIN},
    ),
    "desk:concern-resume": (
        {"again-clock": "TICKING"},
        {**BEFORE_TRIAGE, "hana": AGAIN, "omar": AGAIN, "olga": AGAIN},
    ),
    # what runs on a case is owed by law: the form offers none of it to anybody who sees the page
    "desk:pause": (
        {"clock": "OWED", "reason": "reporter", "until": "2099-01-01"},
        {**for_("hana", "olga", "anna", status=AGAIN), **HIDDEN_CASE},
    ),
    "desk:resume": ({"again-clock": "OWED"}, {**for_("olga", status=AGAIN), **HIDDEN_CASE}),
    "account-reminders": (
        {"how": "daily", "daily_at": "08:00", "quiet_from": "20:00", "quiet_until": "07:00"},
        signed_in(DONE),
    ),
    "setup:calendars": ({"name": "Kathmandu"}, for_("adam", status=DONE)),
    "setup:calendar-units": ({"unit": "UNIT", "calendar": "office"}, for_("adam", status=DONE)),
    # its hours are missing, so nobody would work
    "setup:calendar": ({"name": "The office"}, for_("adam", status=AGAIN)),
    "setup:calendar-day": ({"day": "2099-01-01", "name": "Off"}, for_("adam", status=AGAIN)),
    "setup:calendar-forget": ({"day": "2099-01-01"}, for_("adam", status=AGAIN)),
    "setup:calendar-retire": ({}, for_("adam", status=AGAIN)),
    # what is typed there is nobody's passphrase or code
    "vault": ({}, signed_in(DONE, stan=NO)),
    "vault-passphrase": (PASSPHRASES, signed_in(AGAIN, stan=NO)),
    "vault-recovery": (PASSPHRASES, signed_in(AGAIN, stan=NO)),
    "vault-recover": (PASSPHRASES, signed_in(AGAIN, stan=NO)),
    "vault-replace": (PASSPHRASES, signed_in(AGAIN, stan=NO)),
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
    "setup:keys": ({"key": "1"}, for_(*OFFICE, "carl", "adam", status=HIDDEN)),
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
    "desk:step-off": ({"off-reason": "We are cousins."}, BEFORE_TRIAGE),
    # olga leads it already
    "desk:take-over": (
        {"take-reason": "She is ill."},
        {**for_("hana", status=DONE), "olga": AGAIN, **HIDDEN_CASE},
    ),
    "desk:recuse": ({"off-reason": "We are cousins.", "off-to": "@omar"}, ON_THE_TEAM),
    "staff:acknowledgement": ({}, signed_in(HIDDEN, stan=DONE)),
    # they are being asked already
    "staff:campaigns": (
        {"whom": "everybody", "count": "14", "time": "days"},
        for_("hana", status=AGAIN),
    ),
    "staff:campaign-end": ({}, for_("hana", status=DONE)),
    # nobody declares anything about themselves, and nobody ends what is another's
    "account-calendar": ({"name": "Phone"}, signed_in(DONE)),
    # there is no such link, and nothing happens
    "account-calendar-end": ({}, signed_in(DONE)),
    "me:conflicts": ({"q": "stan", "about": "@stan"}, {**signed_in(DONE), "stan": AGAIN}),
    "me:end-tie": ({}, signed_in(HIDDEN)),
    "me:stand-ins": (
        {"q": "stan", "to": "@stan", "since": "2026-03-16"},
        {**signed_in(DONE), "stan": AGAIN},
    ),
    # a slip of the year
    "me:away": ({"since": "2999-12-31"}, signed_in(AGAIN)),
    # the day is past
    "me:away-others": (
        {"person": "@omar", "until": "2026-01-01"},
        for_("adam", "hana", status=AGAIN),
    ),
    # nobody is away, which leads back to the page with a word
    "me:back": ({}, signed_in(DONE)),
    "me:call-off": ({}, signed_in(HIDDEN)),
    "me:accept": ({}, signed_in(HIDDEN)),
    "me:end-stand-in": ({}, signed_in(HIDDEN)),
    # no period is released yet
    "insight:reports": ({"period": ""}, for_(*READERS, status=AGAIN)),
    "insight:ledger": ({}, for_("anna", status=DONE)),
    # nobody has a second factor in the database: what leads back to the page does so with a word
    "account-recovery": ({}, signed_in(DONE)),
    "account-remove": ({}, signed_in(HIDDEN)),
    "account-sessions": ({}, signed_in(DONE)),
    "account-code": ({"code": "000000"}, signed_in(AGAIN)),
    "account-passkey": ({"name": "Key", "credential": "{}"}, signed_in(AGAIN)),
    # nobody has a password
    "account-password": ({"old": "x", "new": "a long enough phrase"}, signed_in(AGAIN)),
    "sign-in-again": ({"password": "wrong"}, signed_in(AGAIN)),
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
    # the last, since nobody is signed in afterwards
    "sign-out": ({}, signed_in(DONE)),
}
# the doors whose forms are tried by whoever is not signed in, or in tests of their own
OPEN_FORMS = {"sign-in", "unlock", "sign-in-code", "sign-in-elsewhere", "invitation"}
OPEN_DOORS = ("intake:", "api:", "demo:")


def routes(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield the full name of every route, and what answers there."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from routes(pattern, inner)
        elif pattern.name:
            yield ":".join((*spaces, pattern.name)), pattern.callback


def test_every_route_stands_in_the_matrix() -> None:
    assert {name for name, _ in routes(get_resolver())} - DEMO_ONLY == set(ROUTES)


def test_every_form_of_somebody_signed_in_stands_in_the_matrix() -> None:
    forms = {
        name
        for name, view in routes(get_resolver())
        if hasattr(getattr(view, "view_class", None), "post") and not name.startswith(OPEN_DOORS)
    }
    assert forms - OPEN_FORMS == set(POSTS)


@pytest.fixture
def place(world: World, process: BecomeProcess) -> dict[str, str]:
    """Return the references of a concern about otto, a case given to anna, and a request."""
    waiting, _ = world.file(excluded=(world["otto"],))
    file = actions.add_file(waiting, name="letter.pdf", content=b"%PDF-1.7 x", now=world.now)
    world.clean(file)
    omars, olgas = (
        actions.ask_for_original(file, by=world[name], reason="The log.", now=clock.now())
        for name in ("omar", "olga")
    )
    opener = world.openers["olga"]
    actions.release_original(omars, by=world["olga"], opener=opener, now=clock.now())
    worked, _ = world.file(excluded=(world["otto"],))
    case = world.triage(worked)
    actions.grant_view(case, by=world["olga"], person=world["anna"], now=world.now)
    identity = actions.Identity("Rita Reporter")
    sealed, _ = world.file(excluded=(world["otto"],), mode=Mode.CONFIDENTIAL, identity=identity)
    world.triage(sealed)
    act_as(world["olga"])
    request = actions.ask_identity(sealed, by=world["olga"], reason="I must call.", now=world.now)
    check_in, review = (
        actions.add_task(
            about, by=world["olga"], kind=kind, assignee=world[does], words="", now=world.now
        )
        for about, kind, does in (
            (waiting, TaskKind.CHECK_IN, "omar"),
            (case, TaskKind.SAFEGUARD_REVIEW, "olga"),
        )
    )
    Person.objects.filter(username="adam").update(is_superuser=True)
    with process("worker"):
        ledger.seal(now=world.now)
    with process("owner"):
        ticking = Clock.objects.get(subject_id=waiting.pk, kind="triage")
        owed = Clock.objects.get(subject_id=worked.pk, kind="feedback")
    campaign, asked = _who_is_asked_to_read(world, process)
    kept = _what_retention_has(world, case)
    return {
        "CAMPAIGN": campaign,
        "ASKED_TO_READ": asked,
        "CONCERN": waiting.ref,
        "TICKING": str(ticking.pk),
        "OWED": str(owed.pk),
        "UNIT": str(world.unit.pk),
        "CASE": case.ref,
        "SEALED": sealed.ref,
        "REQUEST": request.ref,
        "ORIGINAL": str(olgas.pk),
        "STAN": str(world["stan"].pk),
        "CHECK_IN": str(check_in.pk),
        "REVIEW": str(review.pk),
        "PATH": str(Path.objects.get(code="standard").pk),
        **kept,
    }


def _who_is_asked_to_read(world: World, process: BecomeProcess) -> tuple[str, str]:
    """Return a campaign that asks everybody, and what stan was asked."""
    campaign = policies.start_campaign(
        Policy.objects.get(),
        by=world["hana"],
        audience=policies.Audience(),
        limit=Limit(days=14),
        is_material=False,
        now=clock.now(),
    )
    with process("worker"):
        policies.see_to_campaigns(now=clock.now())
        asked = Acknowledgement.objects.get(person=world["stan"])
    return str(campaign.pk), str(asked.pk)


def _what_retention_has(world: World, case: Case) -> dict[str, str]:
    """Return what is due, what omar proposed while he was on its case, a rule and a hold."""
    old, asked = (long_ago(world, excluded=(world["otto"],)) for _ in range(2))
    act_as(world["olga"])
    opener = world.openers["olga"]
    actions.add_member(
        asked.case, by=world["olga"], opener=opener, person=world["omar"], now=world.now
    )
    act_as(world["omar"])
    (row,) = retention.propose(
        [Kept(asked.case)], ground=Ground.TIME_OVER, by=world["omar"], now=world.now
    )
    asked.case.members.filter(person=world["omar"]).update(left_at=world.now)
    escalation.start_draft(Path.objects.get(code="standard"), by=world["adam"], now=world.now)
    rule = retention.set_rule(
        category=None, outcome=Outcome.UPHELD, months=6, law="Less", by=world["adam"], now=world.now
    )
    act_as(world["hana"])
    hold = retention.place_hold(
        Kept(case), ground=HoldGround.CLAIM, reason="A claim.", by=world["hana"], now=world.now
    )
    act_as(None)
    return {"OLD": old.case.ref, "ASKED": str(row.pk), "RULE": str(rule.pk), "HOLD": str(hold.pk)}


@pytest.mark.parametrize("who", WHO)
def test_everybody_gets_what_the_matrix_says(
    who: str, world: World, place: dict[str, str], client: Client
) -> None:
    if who != "nobody":
        sign_in(client, world, who, vault=who in world.openers)
    wrong = {}
    for name, (arguments, expected) in ROUTES.items():
        filled = {key: place.get(value, value) for key, value in arguments.items()}
        status = client.get(reverse(name, kwargs=filled)).status_code
        if status != expected[who]:
            wrong[name] = f"{status}, not {expected[who]}"
    assert wrong == {}


@pytest.mark.parametrize("who", WHO)
def test_everybody_does_what_the_matrix_says(
    who: str, world: World, place: dict[str, str], client: Client
) -> None:
    world.hire("abel", Role.AUDITOR)
    if who != "nobody":
        sign_in(client, world, who, vault=who in world.openers)
    wrong = {}
    for name, (entered, expected) in POSTS.items():
        filled = {key: place.get(value, value) for key, value in ROUTES[name][0].items()}
        data = {key: place.get(value, _entered(value, world)) for key, value in entered.items()}
        # each finds everything as it was
        with transaction.atomic():
            answer = client.post(reverse(name, kwargs=filled), data)
            transaction.set_rollback(True)
        to_sign_in = answer.headers.get("Location", "").startswith("/sign-in/")
        if answer.status_code != expected[who] or to_sign_in != (who == "nobody"):
            wrong[name] = f"{answer.status_code}, not {expected[who]}"
    assert wrong == {}


def _entered(value: str, world: World) -> str:
    """Return what a form takes for a person, or for the one category."""
    if value.startswith("@"):
        return str(world[value.removeprefix("@")].pk)
    return str(world.category.pk) if value == "CATEGORY" else value
