"""One's own key: its passphrase, its recovery code, its replacement, and whoever may open it."""

import re

import pytest
from django.conf import LazySettings
from django.test import Client

from common.errors import RuleError
from ledger.models import Entry, Outbox
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import access, actions, rules
from safes.actions import Holder
from safes.middleware import opener_of
from safes.models import Grant, Mode, Safe, State
from safes.rules import CHECK_SYMBOLS, SECRET_SYMBOLS, Opener, Receipt, RecoveryCode
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World, attest

pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-1")]
WORDS, OTHERS = "four words of length", "another four words"


@pytest.fixture
def ruth(world: World) -> Person:
    """Return an officer with an approved key that a vault passphrase opens."""
    ruth = world.hire("ruth", Role.OFFICER, has_key=False)
    world.openers["ruth"] = actions.make_key(
        ruth, passphrase=WORDS, by=SYSTEM, now=world.now, mode=Mode.PASSPHRASE
    )
    attest(ruth.keys.get())
    return ruth


def shown(page: str) -> RecoveryCode:
    code = RecoveryCode.parse("".join(re.findall(r"<span>([0-9A-Z]{4})</span>", page)))
    assert code is not None
    return code


class TestPassphrase:
    @pytest.mark.usefixtures("beyond_rows")
    def test_it_changes_what_opens_the_key_and_not_the_key(
        self, world: World, ruth: Person
    ) -> None:
        safe = actions.make_safe("case", holders=[Holder(world.openers["ruth"].public, ruth)]).safe
        actions.add(safe, row=safe.pk, items={"body": b"CANARY"})
        actions.change_passphrase(ruth, current=WORDS, new=OTHERS, now=world.now)
        with pytest.raises(RuleError, match="does not open your key"):
            actions.unlock(ruth, passphrase=WORDS)
        opener = actions.unlock(ruth, passphrase=OTHERS)
        assert access.open_items(opener, [(safe.pk, "body")]) == {(safe.pk, "body"): b"CANARY"}

    def test_a_wrong_or_a_short_one_changes_nothing(self, world: World, ruth: Person) -> None:
        with pytest.raises(RuleError, match="does not open your key now"):
            actions.change_passphrase(ruth, current=OTHERS, new=OTHERS, now=world.now)
        with pytest.raises(RuleError, match="15 characters"):
            actions.change_passphrase(ruth, current=WORDS, new="14 characters!", now=world.now)
        assert actions.unlock(ruth, passphrase=WORDS) == world.openers["ruth"]

    def test_whoever_signed_in_elsewhere_chooses_one_and_the_vault_is_open(
        self, client: Client, world: World
    ) -> None:
        world.hire("sso", Role.OFFICER, has_key=False)
        sign_in(client, world, "sso", vault=False)
        assert client.get("/unlock/")["Location"] == "/vault/passphrase/"
        page = client.get("/vault/passphrase/").content.decode()
        assert "Choose a vault passphrase" in page
        assert "present" not in page
        answer = client.post("/vault/passphrase/", {"new": WORDS, "again": WORDS}, follow=True)
        assert "Your key waits for approval" in answer.content.decode()
        assert opener_of(answer.wsgi_request) is not None
        assert world["sso"].keys.get().mode == Mode.PASSPHRASE

    def test_a_sign_in_elsewhere_opens_nothing_by_itself(self, world: World, ruth: Person) -> None:
        assert actions.open_at_sign_in(ruth, password=None, now=world.now) is None
        assert actions.open_at_sign_in(world["stan"], password=None, now=world.now) is None
        assert not world["stan"].keys.exists()

    @pytest.mark.usefixtures("ruth")
    def test_what_was_typed_wrong_is_said_beside_it(self, client: Client, world: World) -> None:
        sign_in(client, world, "ruth")
        typed = {"current": WORDS, "new": "short", "again": "other"}
        page = client.post("/vault/passphrase/", typed).content.decode()
        assert "10 characters too short" in page
        typed = {"current": WORDS, "new": OTHERS, "again": WORDS}
        assert "not the same" in client.post("/vault/passphrase/", typed).content.decode()
        typed = {"current": OTHERS, "new": OTHERS, "again": OTHERS}
        assert (
            "does not open your key now"
            in client.post("/vault/passphrase/", typed).content.decode()
        )
        assert OTHERS not in page


@pytest.mark.req("SEC-3")
class TestOtherSessions:
    """Whoever may have had the vault open elsewhere has it open no longer."""

    @pytest.mark.parametrize("page", ["/vault/replace/", "/vault/recover/"])
    def test_they_end_and_this_one_goes_on(
        self, page: str, client: Client, world: World, ruth: Person
    ) -> None:
        code = actions.make_recovery(ruth, opener=world.openers["ruth"], now=world.now)
        other, strangers = Client(), Client()
        sign_in(other, world, "ruth")
        sign_in(strangers, world, "olga")
        sign_in(client, world, "ruth")
        # what is refused ends nothing
        client.post(page, {"current": OTHERS, "code": "x", "new": OTHERS, "again": OTHERS})
        assert other.get("/vault/").status_code == 200
        client.post(page, {"current": WORDS, "code": str(code), "new": OTHERS, "again": OTHERS})
        assert other.get("/vault/")["Location"].startswith("/sign-in/")
        assert client.get("/vault/").status_code == 200
        assert opener_of(client.get("/vault/").wsgi_request) is not None
        assert strangers.get("/vault/").status_code == 200
        assert Entry.objects.filter(verb=Verb.SESSIONS_ENDED).count() == 1


class TestWords:
    """The pages name what opens the key: the password, a passphrase, or nothing of one's own."""

    def test_whoever_has_no_passphrase_of_their_own_is_asked_for_what_they_have(
        self, client: Client, world: World, settings: LazySettings
    ) -> None:
        person = world.hire("rita", Role.OFFICER, has_key=False)
        world.openers["rita"] = actions.make_key(person, passphrase=WORDS, by=SYSTEM, now=world.now)
        sign_in(client, world, "rita")
        own = client.get("/vault/").content.decode()
        assert "If you forgot the password" in own
        assert "nobody can open your key for you" in own
        page = client.get("/vault/passphrase/").content.decode()
        assert "Your sign-in password" in page
        assert "Change your vault passphrase" not in page
        assert "present vault passphrase" not in client.get("/vault/replace/").content.decode()
        settings.MANAGED_KEYS = True
        actions.let_server_open(person, opener=world.openers["rita"], now=world.now)
        managed = client.get("/vault/").content.decode()
        assert "You need none while the server opens your key" in managed
        assert "If you forgot" not in managed
        assert 'name="current"' not in client.get("/vault/recovery/").content.decode()

    @pytest.mark.usefixtures("ruth")
    def test_whoever_has_one_is_asked_for_it(self, client: Client, world: World) -> None:
        sign_in(client, world, "ruth")
        page = client.get("/vault/passphrase/").content.decode()
        assert "Change your vault passphrase" in page
        assert "Your present vault passphrase" in page


class TestRecovery:
    def test_the_code_opens_the_key_once_and_gives_the_next(
        self, client: Client, world: World, ruth: Person, process: BecomeProcess
    ) -> None:
        sign_in(client, world, "ruth")
        code = shown(client.post("/vault/recovery/", {"current": WORDS}).content.decode())
        assert len(code.symbols) == SECRET_SYMBOLS + CHECK_SYMBOLS
        sign_in(client, world, "ruth", vault=False)
        typed = {"code": str(code).lower(), "new": OTHERS, "again": OTHERS}
        answer = client.post("/vault/recover/", typed)
        following = shown(answer.content.decode())
        assert following != code
        assert opener_of(client.get("/vault/").wsgi_request) == world.openers["ruth"]
        assert actions.unlock(ruth, passphrase=OTHERS) == world.openers["ruth"]
        again = client.post("/vault/recover/", typed).content.decode()
        assert "not your recovery code, or a newer one" in again
        assert "not shown" not in client.get("/vault/recover/").content.decode()
        verbs = set(Entry.objects.values_list("verb", flat=True))
        assert {Verb.RECOVERY_MADE, Verb.KEY_RECOVERED} <= verbs
        with process("worker"):
            told = Outbox.objects.get(template="key_recovered")
        assert told.to == f"person:{ruth.pk}"

    def test_passphrases_cannot_be_guessed_without_end(self, ruth: Person) -> None:
        for _ in range(rules.TRIES):
            with pytest.raises(RuleError, match="does not open your key"):
                actions.unlock(ruth, passphrase=OTHERS)
        with pytest.raises(RuleError, match="Too many"):
            actions.unlock(ruth, passphrase=WORDS)

    def test_a_slip_is_noticed_before_anything_is_tried(
        self, client: Client, world: World, ruth: Person
    ) -> None:
        code = actions.make_recovery(ruth, opener=world.openers["ruth"], now=world.now)
        sign_in(client, world, "ruth", vault=False)
        wrong = "0" if code.symbols[3] != "0" else "1"
        slipped = code.symbols[:3] + wrong + code.symbols[4:]
        typed = {"code": slipped, "new": OTHERS, "again": OTHERS}
        assert "wrong or missing" in client.post("/vault/recover/", typed).content.decode()

    def test_it_is_no_receipt_and_belongs_to_one_person(self, world: World, ruth: Person) -> None:
        code = actions.make_recovery(ruth, opener=world.openers["ruth"], now=world.now)
        assert Receipt(code.symbols).opener.secret != code.key
        sam = world.hire("sam", Role.OFFICER, has_key=False)
        actions.make_key(sam, passphrase=WORDS, by=SYSTEM, now=world.now)
        with pytest.raises(RuleError, match="not your recovery code"):
            actions.recover(sam, code=code, passphrase=OTHERS, now=world.now)

    def test_the_code_lies_nowhere(self, world: World, ruth: Person) -> None:
        code = actions.make_recovery(ruth, opener=world.openers["ruth"], now=world.now)
        key = ruth.keys.get()
        kept = bytes(key.wrapped) + bytes(key.recovery or b"")
        assert code.key not in kept
        assert world.openers["ruth"].secret not in kept
        assert code.symbols not in repr(code)


class TestManaged:
    def test_the_server_opens_it_and_every_page_says_so(
        self, client: Client, world: World, settings: LazySettings
    ) -> None:
        settings.MANAGED_KEYS = True
        sam = world.hire("sam", Role.OFFICER, has_key=False)
        made = actions.open_at_sign_in(sam, password=None, now=world.now)
        assert made is not None
        assert sam.keys.get().mode == Mode.MANAGED
        assert actions.open_at_sign_in(sam, password=None, now=world.now) == made
        world.openers["sam"] = made
        sign_in(client, world, "sam")
        assert "The server can open your key" in client.get("/vault/").content.decode()
        assert "The server can open what is sealed here" in client.get("/desk/").content.decode()
        safety = client.get("/speak/safety/").content.decode()
        assert "keys of those who read are kept on the server" in safety

    def test_a_site_that_did_not_choose_it_says_nothing_of_it(
        self, client: Client, world: World
    ) -> None:
        sign_in(client, world, "olga")
        assert "server can open" not in client.get("/desk/").content.decode()
        safety = client.get("/speak/safety/").content.decode()
        assert "keys of those who read are kept on the server" not in safety

    def test_nobody_is_made_to_give_up_a_passphrase(
        self, client: Client, world: World, ruth: Person, settings: LazySettings
    ) -> None:
        settings.MANAGED_KEYS = True
        assert actions.open_at_sign_in(ruth, password=None, now=world.now) is None
        sign_in(client, world, "ruth")
        client.post("/vault/")
        assert actions.open_at_sign_in(ruth, password=None, now=world.now) is not None

    def test_where_the_site_does_not_allow_it_nobody_can_choose_it(
        self, client: Client, world: World, ruth: Person
    ) -> None:
        sign_in(client, world, "ruth")
        page = client.post("/vault/", follow=True).content.decode()
        assert "does not keep people" in page
        assert ruth.keys.get().mode == Mode.PASSPHRASE

    def test_a_site_that_turns_back_asks_for_a_passphrase(
        self, client: Client, world: World, settings: LazySettings
    ) -> None:
        settings.MANAGED_KEYS = True
        sam = world.hire("sam", Role.OFFICER, has_key=False)
        opener = actions.open_at_sign_in(sam, password=None, now=world.now)
        settings.MANAGED_KEYS = False
        assert actions.open_at_sign_in(sam, password=None, now=world.now) is None
        sign_in(client, world, "sam", vault=False)
        client.post("/vault/passphrase/", {"new": WORDS, "again": WORDS})
        assert actions.unlock(sam, passphrase=WORDS) == opener


@pytest.mark.usefixtures("beyond_rows")
class TestReplacing:
    @pytest.fixture
    def held(self, world: World, ruth: Person) -> tuple[Safe, Safe]:
        """Return a case and its concern, which the case opens."""
        omar = world["omar"]
        both = [Holder(world.openers[who.username].public, who) for who in (ruth, omar)]
        case = actions.make_safe("case", holders=both).safe
        concern = actions.make_safe("concern", holders=[*both, Holder.of_safe(case)]).safe
        for safe in (case, concern):
            actions.add(safe, row=safe.pk, items={"body": b"BEFORE"})
        return case, concern

    def read(self, opener: Opener, safe: Safe, field: str = "body") -> bytes | None:
        return access.open_items(opener, [(safe.pk, field)]).get((safe.pk, field))

    def test_the_new_key_opens_everything_and_the_old_one_nothing_new(
        self, world: World, ruth: Person, held: tuple[Safe, Safe]
    ) -> None:
        old = world.openers["ruth"]
        copied = list(Grant.objects.filter(person=ruth))
        new = actions.replace_key(ruth, opener=old, passphrase=OTHERS, now=world.now)
        assert new != old
        for safe in held:
            current = Safe.objects.get(pk=safe.pk)
            assert current.epoch == 2
            actions.add(current, row=safe.pk, items={"later": b"LATER"})
        Grant.objects.bulk_create(copied)
        for safe in held:
            assert self.read(new, safe) == b"BEFORE"
            assert self.read(new, safe, "later") == b"LATER"
            assert self.read(world.openers["omar"], safe, "later") == b"LATER"
            assert self.read(old, safe, "later") is None
        assert actions.unlock(ruth, passphrase=OTHERS) == new

    @pytest.mark.usefixtures("held")
    def test_nothing_more_is_sealed_to_it_until_colleagues_approved_it(
        self, world: World, ruth: Person, process: BecomeProcess
    ) -> None:
        actions.replace_key(ruth, opener=world.openers["ruth"], passphrase=OTHERS, now=world.now)
        assert actions.holders_of([ruth]) == ([], [ruth])
        key = ruth.keys.get(epoch=2)
        for name in ("olga", "adam"):
            actions.approve(key.pk, by=world[name], opener=world.openers[name], now=world.now)
        with process("worker"):
            actions.attest_approved(now=world.now)
        holders, _ = actions.holders_of([ruth])
        assert [holder.public for holder in holders] == [bytes(key.public)]

    def test_what_waits_for_them_goes_on_waiting(
        self, world: World, ruth: Person, process: BecomeProcess
    ) -> None:
        waiting = Holder(world.openers["ruth"].public, ruth, State.DORMANT)
        olga = Holder(world.openers["olga"].public, world["olga"])
        safe = actions.make_safe("concern", holders=[waiting, olga]).safe
        actions.add(safe, row=safe.pk, items={"body": b"CANARY"})
        new = actions.replace_key(
            ruth, opener=world.openers["ruth"], passphrase=OTHERS, now=world.now
        )
        assert self.read(new, safe) is None
        with process("worker"):
            assert actions.activate(safe, ruth)
        assert self.read(new, safe) == b"CANARY"

    def test_the_page_replaces_it_and_the_vault_is_open_with_the_new_one(
        self, client: Client, world: World, held: tuple[Safe, Safe]
    ) -> None:
        sign_in(client, world, "ruth")
        typed = {"current": WORDS, "new": OTHERS, "again": OTHERS}
        page = client.post("/vault/replace/", typed, follow=True)
        assert "You have a new key" in page.content.decode()
        opener = opener_of(page.wsgi_request)
        assert opener is not None
        assert opener != world.openers["ruth"]
        assert self.read(opener, held[0]) == b"BEFORE"

    def test_a_session_with_the_old_key_can_change_nothing(
        self, world: World, ruth: Person
    ) -> None:
        old = world.openers["ruth"]
        actions.replace_key(ruth, opener=old, passphrase=OTHERS, now=world.now)
        with pytest.raises(RuleError, match="older key"):
            actions.make_recovery(ruth, opener=old, now=world.now)
