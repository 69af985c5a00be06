"""Acts of safes: keys, recovery, approval, escrow."""

from collections.abc import Callable

from django.test import override_settings

from ledger.rules import SYSTEM
from safes import actions as safes
from safes.models import OuterKey
from safes.rules import Opener
from tests.architecture.acts.registry import WORDS, act, as_owner
from tests.world import World


@act("safes.actions.part_with")
def _(w: World) -> Callable[[], object]:
    return lambda: safes.part_with(w["olga"], by=w["adam"], now=w.now)


@act("safes.actions.decide_change")
def _(w: World) -> Callable[[], object]:
    w.file()
    change = safes.part_with(w["olga"], by=w["adam"], now=w.now)
    assert change is not None
    return lambda: safes.decide_change(change, approve=True, by=w["hana"], now=w.now)


@act("safes.actions.make_key")
def _(w: World) -> Callable[[], object]:
    return lambda: safes.make_key(
        w["stan"], passphrase="a passphrase of length", by=SYSTEM, now=w.now
    )


def keyed(w: World) -> Opener:
    return safes.make_key(w["stan"], passphrase=WORDS, by=SYSTEM, now=w.now)


@act("safes.actions.change_password")
def _(w: World) -> Callable[[], object]:
    w["stan"].set_password("the old password of stan")
    w["stan"].save()
    return lambda: safes.change_password(
        w["stan"], old="the old password of stan", new="the new password of stan", now=w.now
    )


@act("safes.actions.change_passphrase")
def _(w: World) -> Callable[[], object]:
    keyed(w)
    return lambda: safes.change_passphrase(w["stan"], current=WORDS, new=WORDS * 2, now=w.now)


@act("safes.actions.let_server_open")
def _(w: World) -> Callable[[], object]:
    opener = keyed(w)

    def attempt() -> None:
        with override_settings(MANAGED_KEYS=True):
            safes.let_server_open(w["stan"], opener=opener, now=w.now)

    return attempt


@act("safes.actions.open_at_sign_in")
def _(w: World) -> Callable[[], object]:
    return lambda: safes.open_at_sign_in(w["stan"], password=WORDS, now=w.now)


@act("safes.actions.make_recovery")
def _(w: World) -> Callable[[], object]:
    opener = keyed(w)
    return lambda: safes.make_recovery(w["stan"], opener=opener, now=w.now)


@act("safes.actions.recover")
def _(w: World) -> Callable[[], object]:
    code = safes.make_recovery(w["stan"], opener=keyed(w), now=w.now)
    return lambda: safes.recover(w["stan"], code=code, passphrase=WORDS, now=w.now)


@act("safes.actions.replace_key")
def _(w: World) -> Callable[[], object]:
    w.file()
    opener = w.openers["olga"]
    return lambda: safes.replace_key(w["olga"], opener=opener, passphrase=WORDS, now=w.now)


@act("safes.actions.approve")
def _(w: World) -> Callable[[], object]:
    keyed(w)
    key = w["stan"].keys.get()
    return lambda: safes.approve(key.pk, by=w["olga"], opener=w.openers["olga"], now=w.now)


@act("safes.actions.attest_approved")
def _(w: World) -> Callable[[], object]:
    keyed(w)
    key = w["stan"].keys.get()
    for name in ("olga", "adam"):
        safes.approve(key.pk, by=w[name], opener=w.openers[name], now=w.now)
    return lambda: safes.attest_approved(now=w.now)


@act("safes.actions.attest_founders")
def _(w: World) -> Callable[[], object]:
    keyed(w)
    return lambda: safes.attest_founders([w["stan"]], now=w.now)


@act("safes.actions.make_escrow")
def _(w: World) -> Callable[[], object]:
    return lambda: safes.make_escrow(now=w.now)


@act("safes.actions.open_escrow")
def _(w: World) -> Callable[[], object]:
    with as_owner():
        _, halves = safes.make_escrow(now=w.now)
    concern, _ = w.file()
    return lambda: safes.open_escrow(
        concern.safe,
        subject=concern.subject,
        reference=concern.ref,
        person=w["hana"],
        halves=halves,
        now=w.now,
    )


@act("safes.actions.end_escrow")
def _(w: World) -> Callable[[], object]:
    with as_owner():
        safes.make_escrow(now=w.now)
    return lambda: safes.end_escrow(now=w.now)


@act("safes.actions.record_rotation")
def _(w: World) -> Callable[[], object]:
    return lambda: safes.record_rotation("master", key="master-2.key", now=w.now)


@act("safes.actions.sweep_orphans")
def _(w: World) -> Callable[[], object]:
    keys = safes.rows_for("concern", [[]])[1]
    OuterKey.objects.using("keystore").bulk_create(keys)
    return lambda: safes.sweep_orphans(now=w.now.replace(year=2036))
