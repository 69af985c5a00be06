"""What each kind of person gets at signing in, accounts, and what is one's own."""

from tests.architecture.routes.registry import (
    AGAIN,
    DONE,
    FINE,
    HIDDEN,
    NO,
    NO_REPORT,
    ONLY_POST,
    ONWARD,
    Matrix,
    everyone,
    for_,
    signed_in,
)

PASSPHRASES = {"current": "not this one", "new": "one that is long", "again": "one that is long"}

ROUTES: Matrix = {
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
    "vault": ({}, signed_in(FINE, stan=NO)),
    "vault-passphrase": ({}, signed_in(FINE, stan=NO)),
    "vault-recovery": ({}, signed_in(FINE, stan=NO)),
    "vault-recover": ({}, signed_in(FINE, stan=NO)),
    "vault-replace": ({}, signed_in(FINE, stan=NO)),
    # whoever has the secret needs no session, and nobody knows this one
    "calendar-feed": ({"secret": "x"}, everyone(HIDDEN)),
}

POSTS: Matrix = {
    "account-reminders": (
        {"how": "daily", "daily_at": "08:00", "quiet_from": "20:00", "quiet_until": "07:00"},
        signed_in(DONE),
    ),
    # what is typed there is nobody's passphrase or code
    "vault": ({}, signed_in(DONE, stan=NO)),
    "vault-passphrase": (PASSPHRASES, signed_in(AGAIN, stan=NO)),
    "vault-recovery": (PASSPHRASES, signed_in(AGAIN, stan=NO)),
    "vault-recover": (PASSPHRASES, signed_in(AGAIN, stan=NO)),
    "vault-replace": (PASSPHRASES, signed_in(AGAIN, stan=NO)),
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
    # nobody has a second factor in the database: what leads back to the page does so with a word
    "account-recovery": ({}, signed_in(DONE)),
    "account-remove": ({}, signed_in(HIDDEN)),
    "account-sessions": ({}, signed_in(DONE)),
    "account-code": ({"code": "000000"}, signed_in(AGAIN)),
    "account-passkey": ({"name": "Key", "credential": "{}"}, signed_in(AGAIN)),
    # nobody has a password
    "account-password": ({"old": "x", "new": "a long enough phrase"}, signed_in(AGAIN)),
    "sign-in-again": ({"password": "wrong"}, signed_in(AGAIN)),
    # the last, since nobody is signed in afterwards
    "sign-out": ({}, signed_in(DONE)),
}
