"""What each process may do in the database: one role a process, none of them owner or superuser.

Every table stands here or falls under EVERYWHERE; a test walks the catalogue. Applied by
`manage.py grant_roles` after each migration, as the owner.
"""

READ = "SELECT"
WRITE = "SELECT, INSERT, UPDATE"
APPEND = "SELECT, INSERT"
ALL = "SELECT, INSERT, UPDATE, DELETE"

WEB, SPEAK, WORKER, WATCHDOG = "ed_web", "ed_speak", "ed_worker", "ed_watchdog"
# it opens uploads that are lent to it; what it sees beside them is closed by row security as well
CLEANER = "ed_cleaner"
ROLES = (WEB, SPEAK, WORKER, CLEANER, WATCHDOG)

Table = dict[str, str]


def _same(privileges: str, *roles: str) -> Table:
    return dict.fromkeys(roles, privileges)


_LEDGER = _same(APPEND, WEB, SPEAK, WORKER, WATCHDOG)
_DOOR = _same(ALL, WEB, SPEAK) | _same(WRITE, WORKER, WATCHDOG)
# only the worker deletes, and only on record
_LASTING = _same(WRITE, WEB, SPEAK, WATCHDOG) | {WORKER: ALL}

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
    "ledger_checkpoint": {WEB: READ, WORKER: APPEND},
    "ledger_cursor": {WORKER: WRITE, WEB: READ},
    "ledger_outbox": {WEB: APPEND, SPEAK: APPEND, WORKER: ALL, WATCHDOG: WRITE},
    # people: the reporter's door knows who reads, and no password
    "people_unit": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "people_person": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    # who stands close to whom: everybody who decides who reads has to know
    "people_reportingline": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "people_tie": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "people_delegation": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "people_recheck": {WEB: "INSERT", SPEAK: "INSERT", WORKER: "SELECT, DELETE"},
    "people_apiclient": {WEB: WRITE},
    "people_apitoken": {WEB: WRITE},
    "people_replay": _same(ALL, WEB, SPEAK),
    "people_session": {WEB: ALL},
    "people_invitation": {WEB: WRITE},
    "people_rolechange": {WEB: WRITE},
    # allauth's: second factors, and whom a provider means; the rest of its tables stays empty
    "mfa_authenticator": {WEB: ALL},
    "socialaccount_socialaccount": {WEB: ALL},
    "socialaccount_socialapp": {},
    "socialaccount_socialtoken": {},
    "account_emailaddress": {},
    "account_emailconfirmation": {},
    # safes: ciphertext is closed to the processes that only keep time
    "safes_sealed": {
        WEB: ALL,
        SPEAK: ALL,
        WORKER: "SELECT (id, safe_id), DELETE",
        CLEANER: "INSERT",
    },
    "safes_userkey": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    # colleagues vouch in the web, but only who has the signing key attests
    "safes_keyapproval": {WEB: WRITE, WORKER: READ},
    "safes_attestation": _same(READ, WEB, SPEAK, WATCHDOG) | {WORKER: APPEND},
    "safes_escrowkey": _same(READ, WEB, SPEAK, WORKER, WATCHDOG),
    "safes_safe": _LASTING | {CLEANER: READ},
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
    "escalation_clock": _LASTING,
    "escalation_steptaken": {
        WEB: READ,
        WORKER: "SELECT, INSERT, DELETE",
        WATCHDOG: APPEND,
    },
    "escalation_heartbeat": {WEB: READ, WORKER: WRITE, WATCHDOG: WRITE},
    "escalation_path": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: APPEND},
    "escalation_pathversion": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: APPEND},
    "escalation_pathstep": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: APPEND},
    # policies
    "policies_policy": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: APPEND},
    "policies_policyversion": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: APPEND},
    "policies_promise": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: APPEND},
    # concerns and cases
    "cases_category": _same(READ, SPEAK, WORKER, WATCHDOG) | {WEB: WRITE},
    "cases_concern": _LASTING | {CLEANER: "SELECT (id, mode)"},
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
    "cases_case": {WEB: WRITE, SPEAK: READ, WORKER: ALL, WATCHDOG: WRITE},
    "cases_member": {WEB: WRITE, SPEAK: READ, WORKER: ALL, WATCHDOG: WRITE},
    "cases_note": {WEB: APPEND, WORKER: "SELECT, DELETE"},
    "cases_triage": {WEB: APPEND, WORKER: "SELECT, DELETE"},
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
    # figures are made by workers and read by people
    "audits_fact": {WEB: READ, WORKER: "SELECT, INSERT, UPDATE (subject)"},
    "audits_snapshot": {WEB: READ, WORKER: APPEND},
    "audits_release": {WEB: READ, WORKER: APPEND},
    "audits_report": {WEB: WRITE, WORKER: WRITE},
    "audits_reportfile": {WEB: READ, WORKER: APPEND},
    "audits_verification": {WEB: APPEND, WORKER: WRITE},
    # Django's own
    "auth_group": _same(READ, WEB, WORKER),
    "auth_group_permissions": _same(READ, WEB, WORKER),
    "auth_permission": _same(READ, WEB, WORKER),
    "django_content_type": _same(READ, WEB, WORKER),
    "django_migrations": {},
    # sessions stand in people_session
    "django_session": {},
    "guardian_groupobjectpermission": {},
    "guardian_userobjectpermission": {},
    "people_person_groups": _same(READ, WEB, WORKER),
    "people_person_user_permissions": _same(READ, WEB, WORKER),
}

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
