"""What each process may do in the database: one role a process, none of them owner or superuser.

Every table stands here; a test walks the catalogue. Applied by `manage.py grant_roles` after each
migration, as the owner. Which rows a process sees, row security says (docs/adr/0013): on every
table but those of `OPEN`.
"""

import re
from collections.abc import Mapping, Sequence

READ = "SELECT"
WRITE = "SELECT, INSERT, UPDATE"
APPEND = "SELECT, INSERT"
ALONG = "SELECT, INSERT, UPDATE (case_id)"
ALONG_NUMBERED = "SELECT, INSERT, UPDATE (case_id, n)"
CHANGE = "SELECT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"

WEB, SPEAK, WORKER, WATCHDOG = "ed_web", "ed_speak", "ed_worker", "ed_watchdog"
# it opens uploads that are lent to it; what it sees beside them is closed by row security as well
CLEANER = "ed_cleaner"
ROLES = (WEB, SPEAK, WORKER, CLEANER, WATCHDOG)

Table = dict[str, str]


def _same(privileges: str, *roles: str) -> Table:
    return dict.fromkeys(roles, privileges)


# every column but these; models declare the columns as common.withheld
_NO_PASSWORD = "SELECT BUT (password)"  # noqa: S105 - the name of a column
_NO_SECRET = "SELECT BUT (wrapped, salt, recovery)"  # noqa: S105 - the names of columns
_OTHERS = (SPEAK, WORKER, WATCHDOG)
_LEDGER = _same(APPEND, WEB, SPEAK, WORKER, WATCHDOG)
_DOOR = _same(ALL, WEB, SPEAK) | _same(WRITE, WORKER, WATCHDOG)

# table: {role: privileges}; a role that is not named has none.
MAIN: dict[str, Table] = {
    # the ledger: everybody appends, nobody changes; facts are read by workers alone
    "ledger_entry": _LEDGER | {SPEAK: "INSERT", CLEANER: "INSERT"},
    "ledger_detail": {
        WEB: "INSERT",
        SPEAK: "INSERT",
        WORKER: "SELECT, INSERT, DELETE",
        CLEANER: "INSERT",
        WATCHDOG: "INSERT",
    },
    "ledger_stream": _same(WRITE, *ROLES),
    "ledger_pending": {
        WEB: APPEND,
        SPEAK: APPEND,
        WORKER: "SELECT, INSERT, DELETE",
        CLEANER: "INSERT",
        WATCHDOG: APPEND,
    },
    "ledger_leaf": {WEB: READ, WORKER: APPEND},
    "ledger_subtree": {WEB: READ, WORKER: APPEND},
    "ledger_checkpoint": {WEB: READ, WORKER: APPEND},
    "ledger_cursor": {WORKER: WRITE, WEB: READ},
    # what is told, and to whom, is read by who delivers it
    "ledger_outbox": {
        WEB: "INSERT,"
        " SELECT (id, channel, addressee, next_try_at, tries, problem, sent_at, dead_at),"
        " UPDATE (next_try_at, tries, problem, dead_at)",
        SPEAK: "INSERT",
        WORKER: ALL,
        WATCHDOG: WRITE,
    },
    # people: the reporter's door knows who reads, and no password
    "people_unit": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "people_person": _same(_NO_PASSWORD, *_OTHERS) | {WEB: WRITE},
    # who stands close to whom: everybody who decides who reads has to know
    "people_reportingline": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "people_tie": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "people_delegation": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "people_absence": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "people_recheck": {WEB: "INSERT", SPEAK: "INSERT", WORKER: "SELECT, DELETE"},
    "people_apiclient": {WEB: WRITE},
    "people_apitoken": {WEB: WRITE},
    "people_replay": _same(ALL, WEB, SPEAK),
    "people_session": {WEB: ALL},
    "people_feedlink": {WEB: WRITE},
    "people_invitation": {WEB: WRITE},
    "people_rolechange": {WEB: WRITE},
    # allauth's: second factors, and whom a provider means; the rest of its tables stays empty
    "mfa_authenticator": {WEB: ALL},
    "socialaccount_socialaccount": {WEB: ALL},
    "socialaccount_socialapp": {},
    "socialaccount_socialtoken": {},
    "account_emailaddress": {},
    "account_emailconfirmation": {},
    # what lasts only the worker deletes, and only on record;
    # safes: ciphertext is closed to the processes that only keep time
    "safes_sealed": {
        WEB: ALL,
        SPEAK: ALL,
        WORKER: "SELECT (id, safe_id), DELETE",
        CLEANER: "INSERT",
    },
    # the public halves alone: sealing needs no more
    "safes_userkey": _same(_NO_SECRET, *_OTHERS) | {WEB: WRITE},
    # colleagues vouch in the web, but only who has the signing key attests
    "safes_keyapproval": {WEB: WRITE, WORKER: READ},
    "safes_attestation": _same(READ, WEB, SPEAK, WATCHDOG) | {WORKER: APPEND},
    "safes_escrowkey": _same(READ, WEB, SPEAK, WORKER, WATCHDOG),
    "safes_safe": _same(WRITE, WEB, SPEAK)
    | {WORKER: "SELECT, UPDATE, DELETE", WATCHDOG: CHANGE, CLEANER: READ},
    "safes_erasure": {WEB: READ, WORKER: WRITE},
    "safes_grant": _DOOR | {WORKER: ALL},
    "safes_missinggrant": _DOOR | {WORKER: ALL},
    # files: the cleaner sees what is lent to it, and can seal what it makes of it
    "files_stream": {
        WEB: ALL,
        SPEAK: ALL,
        WORKER: "SELECT (id, safe_id, row, which), DELETE",
        CLEANER: APPEND,
    },
    "files_chunk": {
        WEB: ALL,
        SPEAK: ALL,
        WORKER: "SELECT (id, stream_id, n), DELETE",
        CLEANER: APPEND,
    },
    "files_loan": {
        **_same("SELECT (id, stream_id), INSERT, DELETE", WEB, SPEAK),
        WORKER: "SELECT (id, stream_id, until, tries), UPDATE (tries), DELETE",
        CLEANER: "SELECT, UPDATE (tries), DELETE",
    },
    # time
    "escalation_clock": _same(WRITE, WEB, SPEAK) | {WORKER: ALL, WATCHDOG: WRITE},
    "escalation_steptaken": {
        # a clock that is moved to another version says of which its steps were
        WEB: "SELECT, UPDATE (version_id)",
        WORKER: "SELECT, INSERT, UPDATE (version_id), DELETE",
        WATCHDOG: APPEND,
    },
    # that a calendar moved it is told by whoever counts it again
    "escalation_clockmove": {
        WEB: READ,
        WORKER: "SELECT, INSERT, DELETE",
        WATCHDOG: APPEND,
    },
    # a pause ends by itself, by hand, or with what is taken back
    "escalation_pause": {
        WEB: WRITE,
        SPEAK: "SELECT, UPDATE (ended_at, ended_by_id)",
        WORKER: "SELECT, UPDATE, DELETE",
        WATCHDOG: CHANGE,
    },
    "escalation_reminderpreference": _same(READ, WORKER, WATCHDOG) | {WEB: WRITE},
    "escalation_heartbeat": {WEB: READ, WORKER: WRITE, WATCHDOG: WRITE},
    # everybody who starts a clock counts its times
    "escalation_calendar": _same(READ, SPEAK, WATCHDOG) | _same(WRITE, WEB, WORKER),
    "escalation_calendarday": _same(READ, SPEAK, WATCHDOG) | _same(ALL, WEB, WORKER),
    "escalation_calendarofunit": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: ALL},
    "escalation_calendarchange": _same(APPEND, WEB, WORKER) | {WATCHDOG: READ},
    "escalation_path": _same(READ, SPEAK, WORKER, WATCHDOG)
    | {WEB: "SELECT, INSERT, UPDATE (retired_at, retired_by_id)"},
    # what was published, and its steps, a trigger keeps as they are
    "escalation_pathversion": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "escalation_pathstep": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: ALL},
    "escalation_pathmove": {WEB: APPEND, WORKER: "SELECT, UPDATE (done_at, moved)"},
    "escalation_standard": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "escalation_standardchange": {WEB: WRITE},
    # policies
    "policies_policy": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: APPEND},
    "policies_policyversion": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: APPEND},
    "policies_promise": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: APPEND},
    # who was asked to read what: workers ask and release, everybody says for themselves
    "policies_campaign": {WEB: WRITE, WORKER: CHANGE, WATCHDOG: READ},
    "policies_acknowledgement": {
        WEB: "SELECT, UPDATE (done_at)",
        WORKER: WRITE,
        WATCHDOG: READ,
    },
    # the catalogue of signs of pressure
    "policies_indicator": {
        WEB: "SELECT, INSERT, UPDATE (state, decided_by_id, decided_at)",
        WORKER: READ,
    },
    # the catalogue of scripts
    "policies_script": {
        WEB: "SELECT, INSERT, UPDATE (state, decided_by_id, decided_at)",
        WORKER: READ,
    },
    # questionnaires: what was published a trigger keeps as it is
    "questionnaires_questionnaire": _same(READ, SPEAK, WORKER)
    | {WEB: "SELECT, INSERT, UPDATE (retired_at, retired_by_id)"},
    "questionnaires_formversion": _same(READ, SPEAK, WORKER) | {WEB: WRITE},
    # entrances for outsiders
    "cases_entrance": _same(READ, SPEAK, WORKER) | {WEB: WRITE},
    # concerns and cases
    "cases_category": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "cases_concern": _same(WRITE, WEB, SPEAK)
    | {WORKER: "SELECT, UPDATE, DELETE", WATCHDOG: CHANGE, CLEANER: "SELECT (id, mode)"},
    "cases_wall": {WEB: APPEND, SPEAK: APPEND, WORKER: "SELECT, DELETE", WATCHDOG: READ},
    "cases_message": {WEB: WRITE, SPEAK: WRITE, WORKER: "SELECT, DELETE"},
    "cases_attachment": {
        WEB: ALL,
        SPEAK: ALL,
        WORKER: "SELECT, UPDATE (state, why), DELETE",
        CLEANER: "SELECT, UPDATE (media_type, state, why, is_scanned)",
    },
    "cases_originalrequest": {
        WEB: ALL,
        SPEAK: "SELECT (id, attachment_id), DELETE",
        WORKER: "SELECT, DELETE",
    },
    # a sweep holds the case while it brings somebody in
    "cases_case": {
        WEB: WRITE,
        SPEAK: "SELECT, UPDATE (next_due_at)",
        WORKER: "SELECT, UPDATE, DELETE",
        WATCHDOG: CHANGE,
    },
    # everybody sees their own alone
    "cases_visit": {WEB: WRITE},
    # their own, and those of others that are shared
    "cases_savedview": {WEB: "SELECT, INSERT, UPDATE (is_shared), DELETE"},
    # what the door brings nearer comes nearer in the list of whoever is on it
    "cases_member": {
        WEB: WRITE,
        SPEAK: "SELECT, UPDATE (next_due_at)",
        WORKER: ALL,
        WATCHDOG: WRITE,
    },
    # the safes of areas that are set apart; who keeps time takes keys out of them
    "cases_compartment": _same(READ, SPEAK, WATCHDOG) | {WEB: APPEND, WORKER: "SELECT, DELETE"},
    # what was merged takes its rows along; of those that are signed a trigger lets nothing else
    # change, as the models say
    "cases_note": {WEB: ALONG, WORKER: "SELECT, DELETE"},
    # words that are begun: whoever writes them alone
    "cases_entrydraft": {WEB: ALL, WORKER: "SELECT, DELETE"},
    "cases_phasechange": {WEB: APPEND, WORKER: "SELECT, DELETE"},
    # a step of a path opens tasks; the reporter's door cancels those of what is withdrawn
    "cases_task": {
        WEB: WRITE,
        SPEAK: "SELECT (id, case_id, concern_id, done_at, cancelled_at), UPDATE (cancelled_at)",
        WORKER: ALL,
        WATCHDOG: WRITE,
    },
    # a slip is taken back, and a flag gets its next review or is lifted
    "cases_clientlink": {WEB: "SELECT, INSERT, UPDATE (taken_back_at)", WORKER: "SELECT, DELETE"},
    "cases_redflag": {
        WEB: "SELECT, INSERT, UPDATE (case_id, review_id, lifted_at)",
        WORKER: "SELECT, DELETE",
    },
    # how concerns and cases stand to each other: a slip is taken back, and stays on record
    "cases_link": {
        WEB: "SELECT, INSERT, UPDATE (case_id, other_case_id, taken_back_at, taken_back_by_id)",
        # of what is said at the door to have happened since
        SPEAK: "INSERT",
        WORKER: "SELECT, DELETE",
    },
    "cases_triage": {WEB: ALONG, WORKER: "SELECT, DELETE"},
    # the record of a case: what was written, found or done is added to, and not changed
    **{
        f"cases_{name}": {WEB: ALONG, WORKER: "SELECT, DELETE"}
        for name in ("found", "custody", "bears")
    },
    # what was entered by mistake is struck, and stays
    "cases_party": {
        WEB: "SELECT, INSERT, UPDATE (case_id, struck_at, struck_by_id)",
        WORKER: "SELECT, DELETE",
    },
    "cases_allegation": {
        WEB: "SELECT, INSERT, UPDATE (case_id, n, struck_at, struck_by_id)",
        WORKER: "SELECT, DELETE",
    },
    "cases_reopening": {WEB: APPEND, WORKER: "SELECT, DELETE"},
    "cases_merge": {WEB: APPEND, WORKER: "SELECT, DELETE"},
    # the reporter's door asks whether a file that it takes away is evidence
    "cases_exhibit": {
        WEB: "SELECT, INSERT, UPDATE (case_id, n, struck_at, struck_by_id)",
        SPEAK: "SELECT (id, attachment_id)",
        WORKER: "SELECT, DELETE",
    },
    "cases_closing": {
        WEB: "SELECT, INSERT, UPDATE (state, decided_by_id, decided_at)",
        WORKER: "SELECT, DELETE",
    },
    "cases_bundle": {
        WEB: "SELECT, INSERT, UPDATE (until)",
        WORKER: "SELECT, UPDATE (gone_at), DELETE",
    },
    # coaching and mediation
    "cases_agreement": {WEB: ALONG, WORKER: "SELECT, DELETE"},
    "cases_meeting": {WEB: ALONG, WORKER: "SELECT, DELETE"},
    "cases_trackchange": {WEB: APPEND, WORKER: "SELECT, DELETE"},
    # whom it is about is heard
    "cases_statement": {
        WEB: "SELECT, INSERT, UPDATE (case_id, state, why, given_on, ended_by_id, ended_at)",
        WORKER: "SELECT, DELETE",
    },
    "cases_interview": {
        WEB: "SELECT, INSERT, UPDATE (case_id, n, held_on, called_off_at)",
        WORKER: "SELECT, DELETE",
    },
    # what follows from what was found
    "cases_outcome": {WEB: ALONG, WORKER: "SELECT, DELETE"},
    # what is to be found out, and how
    "cases_plan": {
        WEB: "SELECT, INSERT, UPDATE (state, decided_by_id, decided_at)",
        WORKER: "SELECT, DELETE",
    },
    "cases_question": {WEB: APPEND, WORKER: "SELECT, DELETE"},
    "cases_minutes": {WEB: ALONG, WORKER: "SELECT, DELETE"},
    "cases_reply": {WEB: ALONG, WORKER: "SELECT, DELETE"},
    # of what something was taken out, and who let the copy go; the cleaner makes those of files
    "cases_redaction": {
        WEB: "SELECT, INSERT, UPDATE (case_id, n, safe_id, state, reviewed_by_id, reviewed_at,"
        " handed_by_id, handed_on)",
        WORKER: "SELECT, UPDATE (state, why), DELETE",
        CLEANER: "SELECT (id, case_id, n, safe_id, attachment_id, state, why), UPDATE (state, why)",
    },
    # what people are told; the door shows by when, and nothing that waits
    "cases_telling": {
        WEB: "SELECT, INSERT, UPDATE (case_id, state, decided_by_id, decided_at, means, told_by_id,"
        " told_on, message_id, promise_id, kept_on)",
        # what waits goes with what its reporter takes back
        SPEAK: "SELECT (id, concern_id, milestone, state, told_on, until, kept_on), UPDATE (state)",
        WORKER: "SELECT, DELETE",
    },
    # those who may be made to pay: how they are a reporter may say at the door
    "cases_retaliationrisk": {WEB: ALONG, WORKER: "SELECT, DELETE"},
    "cases_checkin": {
        WEB: "SELECT, INSERT, UPDATE (case_id, answer, answered_on, asking, by_id, at,"
        " called_off_at)",
        SPEAK: "SELECT, UPDATE (answer, answered_on)",
        WORKER: "SELECT, DELETE",
    },
    "cases_remedy": {
        WEB: "SELECT, INSERT, UPDATE (case_id, done_on, done_by_id)",
        WORKER: "SELECT, DELETE",
    },
    # how it was weighed, and what protects people
    "cases_assessment": {WEB: ALONG, WORKER: "SELECT, DELETE"},
    # what was asked, marked or placed stays; what came of it is added
    "cases_authorisation": {
        WEB: "SELECT, INSERT, UPDATE (case_id, answer, answered_by_id, answered_at)",
        WORKER: "SELECT, DELETE",
    },
    "cases_mark": {
        WEB: "SELECT, INSERT, UPDATE (taken_back_at, taken_back_by_id)",
        WORKER: "SELECT, DELETE",
    },
    "cases_safeguard": {
        WEB: "SELECT, INSERT, UPDATE (case_id, review_id, ended_at, ended_by_id)",
        WORKER: "SELECT, DELETE",
    },
    # the reporter's door shows the trace; workers end what is open, and read no share
    "cases_identityrequest": {
        WEB: WRITE,
        SPEAK: READ,
        WORKER: "SELECT, UPDATE, DELETE",
        WATCHDOG: READ,
    },
    # row security on cases asks it, whoever reads
    "cases_caseuserobjectpermission": {WEB: ALL, SPEAK: READ, WORKER: "SELECT, DELETE"},
    "cases_casegroupobjectpermission": {WEB: READ, WORKER: "SELECT, DELETE"},
    # retention: people decide, the worker erases
    "retention_rule": {WEB: WRITE, WORKER: READ},
    "retention_hold": {WEB: WRITE, WORKER: "SELECT, DELETE"},
    "retention_disposal": {WEB: WRITE, WORKER: "SELECT, UPDATE, DELETE"},
    "retention_tombstone": {WEB: READ, WORKER: APPEND},
    # figures are made by workers, and people read what was released of them
    "audits_fact": {WORKER: "SELECT, INSERT, UPDATE (subject)"},
    "audits_snapshot": {WORKER: APPEND},
    "audits_release": {WEB: READ, WORKER: APPEND},
    "audits_report": {WEB: WRITE, WORKER: WRITE},
    "audits_reportfile": {WEB: READ, WORKER: APPEND},
    "audits_verification": {WEB: APPEND, WORKER: WRITE},
    # Django's own
    "auth_group": {},
    "auth_group_permissions": {},
    "auth_permission": {WEB: READ},
    "django_content_type": {WEB: READ},
    "django_migrations": {},
    # sessions stand in people_session
    "django_session": {},
    "guardian_groupobjectpermission": {},
    "guardian_userobjectpermission": {},
    "people_person_groups": {},
    "people_person_user_permissions": {},
}

# Numbers that are drawn by hand; what a table counts by itself needs no privilege.
SEQUENCES = {"cases_case_number": (WEB,)}

KEYSTORE: dict[str, Table] = {
    "safes_outerkey": {
        WEB: APPEND,
        SPEAK: APPEND,
        WORKER: "SELECT, INSERT, DELETE",
        WATCHDOG: READ,
    },
    "safes_erasure": {WORKER: APPEND},
    "django_migrations": {},
}

_ORGANISATION = "what the organisation is, publishes or promises: the same for everybody"
_RELEASED = "protected figures, which anybody who reads figures may see"
_CLOSE = "who stands close to whom, on whatever subject: whoever decides who reads has to know"
_STAFF = "about who works here, and of no concern or case"
_KEYS = "keys of persons, by their public halves and signatures: sealing needs everybody's"
_EMPTY = "Django's, allauth's or guardian's, in which no row of ours lies"

# Tables without row security, and why none is needed.
OPEN: dict[str, str] = {
    "ledger_stream": "counts by opaque names, which every act has to raise",
    "ledger_pending": "entries by their id alone, for as long as they wait to be sealed",
    "ledger_leaf": "entries by their id and hash alone: whoever verifies needs all of them",
    "ledger_subtree": "hashes of many entries at once",
    "ledger_checkpoint": "public: witnesses keep it",
    "ledger_cursor": "how far a reader came",
    "people_unit": _ORGANISATION,
    "people_person": "who works here; row security itself asks it",
    "people_person_groups": _EMPTY,
    "people_person_user_permissions": _EMPTY,
    "people_reportingline": _CLOSE,
    "people_tie": _CLOSE,
    "people_delegation": _CLOSE,
    "people_absence": _STAFF,
    "people_recheck": "moments at which somebody's line, tie or delegation changed, and no name",
    "people_apiclient": "programs of the organisation",
    "people_apitoken": "hashes of tokens",
    "people_replay": "found and opened by the idempotency key alone, which is not kept",
    "people_session": "read by its key before anybody is known; its vault is sealed to the browser",
    "people_invitation": _STAFF,
    "people_feedlink": "hashes of calendar links and the days of their last use: asked by the hash",
    "people_rolechange": _STAFF,
    "mfa_authenticator": _STAFF,
    "socialaccount_socialaccount": _STAFF,
    "socialaccount_socialapp": _EMPTY,
    "socialaccount_socialtoken": _EMPTY,
    "account_emailaddress": _EMPTY,
    "account_emailconfirmation": _EMPTY,
    "safes_userkey": _KEYS,
    "safes_keyapproval": _KEYS,
    "safes_attestation": _KEYS,
    "safes_escrowkey": _KEYS,
    "escalation_reminderpreference": _STAFF,
    "escalation_heartbeat": "when a process last did its work",
    "escalation_calendar": _ORGANISATION,
    "escalation_calendarday": _ORGANISATION,
    "escalation_calendarofunit": _ORGANISATION,
    "escalation_calendarchange": "what changed about a calendar: of clocks in fives, no subject",
    "escalation_path": _ORGANISATION,
    "escalation_pathversion": _ORGANISATION,
    "escalation_pathstep": _ORGANISATION,
    "escalation_pathmove": "that clocks go over to another version, and how many: none of them",
    "escalation_standard": _ORGANISATION,
    "escalation_standardchange": _ORGANISATION,
    "policies_policy": _ORGANISATION,
    "policies_policyversion": _ORGANISATION,
    "policies_promise": _ORGANISATION,
    "policies_indicator": _ORGANISATION,
    "policies_script": _ORGANISATION,
    "policies_campaign": "which policy is to be read by when: units, roles, and nobody's name",
    # questionnaires
    "questionnaires_questionnaire": _ORGANISATION,
    "questionnaires_formversion": _ORGANISATION,
    "cases_category": _ORGANISATION,
    "cases_entrance": _ORGANISATION,
    "retention_rule": _ORGANISATION,
    "audits_snapshot": "counts of a whole day, which no process but the workers reads",
    "audits_release": _RELEASED,
    "audits_report": _RELEASED,
    "audits_reportfile": _RELEASED,
    "audits_verification": "whether the ledger is whole",
    "auth_group": _EMPTY,
    "auth_group_permissions": _EMPTY,
    "auth_permission": "the names of permissions",
    "django_content_type": "the names of models",
    "django_migrations": "what was migrated",
    "django_session": _EMPTY,
    "guardian_groupobjectpermission": _EMPTY,
    "guardian_userobjectpermission": _EMPTY,
}

# (table, column) of every column, whoever asks
COLUMNS = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""
_BUT = re.compile(r"SELECT BUT \(([^)]*)\)")


def spelled(tables: Mapping[str, Table], columns: Sequence[tuple[str, str]]) -> dict[str, Table]:
    """Return the privileges as PostgreSQL takes them: where some columns are kept, the others."""

    def spell(table: str, privileges: str) -> str:
        kept = [part for found in _BUT.findall(privileges) for part in found.split(", ")]
        named = ", ".join(column for of, column in columns if of == table and column not in kept)
        return _BUT.sub(f"SELECT ({named})", privileges)

    return {
        table: {role: spell(table, privileges) for role, privileges in roles.items()}
        for table, roles in tables.items()
    }
