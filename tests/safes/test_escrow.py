"""The escrow key: two halves, of which one tells nothing, and no use without everybody knowing."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction

from cases import actions as cases
from cases.lifecycle import Kind, Mode
from common import sealing
from common.errors import RuleError
from ledger.models import Entry, Outbox
from ledger.verbs import Verb
from people.models import Person
from people.rules import Role
from safes import access, actions, rules
from safes.models import EscrowKey, Grant
from safes.rules import Opener, Receipt
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = pytest.mark.req("SEC-1")
Files = tuple[str, str]


@pytest.fixture
def files(world: World, tmp_path: Path, process: BecomeProcess) -> Iterator[Files]:
    """Return the names of two halves that were just made; the test runs as the owner."""
    names = (str(tmp_path / "one"), str(tmp_path / "two"))
    with process("owner"):
        say("make", *names)
        yield names


def say(*arguments: str) -> str:
    out = StringIO()
    call_command("escrow", *arguments, stdout=out)
    return out.getvalue()


def use(files: Files, reference: str, person: str) -> str:
    return say("open", *files, "--reference", reference, "--person", person)


def test_what_is_filed_is_sealed_to_it_and_a_draft_is_not(
    world: World, files: Files, process: BecomeProcess
) -> None:
    escrow = bytes(EscrowKey.objects.get().public)
    receipt = Receipt.new()
    draft = cases.start_draft(receipt=receipt, kind=Kind.REPORT, answers={}, now=world.now)
    with process("owner"):
        assert not Grant.objects.filter(holder=escrow).exists()
    filed = cases.file_concern(receipt=receipt, filing=world.filing(), draft=draft, now=world.now)
    assert Grant.objects.filter(holder=escrow, safe=filed.safe).exists()
    direct, _ = world.file()
    assert Grant.objects.filter(holder=escrow, safe=direct.safe).exists()


def test_both_halves_open_it_for_a_person_and_everybody_is_told(world: World, files: Files) -> None:
    concern, _ = world.file(excluded=(world["otto"],))
    hana, where = world.openers["hana"], (concern.pk, "narrative")
    assert access.open_texts(hana, [where]) == {}
    assert "can open" in use(files, concern.ref, "hana")
    assert where in access.open_texts(hana, [where])
    entry = Entry.objects.get(verb=Verb.ESCROW_OPENED)
    assert entry.subject == concern.subject
    assert entry.detail.facts == {"person": str(world["hana"].pk)}
    told = Outbox.objects.filter(template="escrow_opened")
    assert told.filter(to=f"person:{world['olga'].pk}").exists()
    # whom a wall keeps from it is left out when it is delivered: the notice says what it is about
    assert set(told.values_list("context__reference", flat=True)) == {concern.ref}


def test_it_gives_no_custodian_the_other_share_and_holds_none_itself(
    world: World, files: Files, process: BecomeProcess
) -> None:
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=cases.Identity("Rita Reporter"))
    escrow = bytes(EscrowKey.objects.get().public)
    assert Grant.objects.filter(holder=escrow, safe=concern.safe).exists()
    with process("owner"):
        assert not Grant.objects.filter(holder=escrow, safe=concern.identity_safe).exists()
    with pytest.raises(CommandError, match="does not work on concerns"):
        use(files, concern.ref, "carl")
    halves = [bytes.fromhex(Path(name).read_text().splitlines()[2]) for name in files]
    with pytest.raises(RuleError, match="both shares"):
        actions.open_escrow(
            concern.safe,
            subject=concern.subject,
            reference=concern.ref,
            person=world["carl"],
            halves=(halves[0], halves[1]),
            now=world.now,
        )


def test_it_opens_a_case_and_its_concerns(world: World, files: Files) -> None:
    concern, _ = world.file()
    case = world.triage(concern)
    use(files, case.ref, "hana")
    where = (concern.pk, "narrative")
    assert where in access.open_texts(world.openers["hana"], [where])


def test_it_stays_sealed_to_it_in_the_next_epoch(world: World, files: Files) -> None:
    concern, _ = world.file()
    actions.remove(concern.safe, [world["olga"]])
    concern.safe.refresh_from_db()
    actions.add(concern.safe, row=world["stan"].pk, items={"body": b"LATER"})
    use(files, concern.ref, "hana")
    where = (world["stan"].pk, "body")
    assert access.open_texts(world.openers["hana"], [where]) == {where: "LATER"}


def test_one_half_twice_a_strange_half_or_none_opens_nothing(
    world: World, files: Files, tmp_path: Path, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    strange = tmp_path / "strange"
    strange.write_text(f"a\nb\n{'07' * 32}\nc\n")
    short = tmp_path / "short"
    short.write_text("a\nb\n07\nc\n")
    for pair in ((files[0], files[0]), (files[0], str(strange)), (files[1], str(short))):
        with pytest.raises(CommandError, match="not both halves"):
            use(pair, concern.ref, "hana")
    with pytest.raises(CommandError, match="is not a half"):
        use((files[0], str(tmp_path / "nothing")), concern.ref, "hana")
    with process("owner"):
        assert not Entry.objects.filter(verb=Verb.ESCROW_OPENED).exists()


def test_the_halves_are_for_the_eyes_of_one_and_lie_nowhere_else(files: Files) -> None:
    for name in files:
        assert Path(name).stat().st_mode & 0o777 == 0o600
    halves = [bytes.fromhex(Path(name).read_text().splitlines()[2]) for name in files]
    _, opener = actions.opener_from((halves[0], halves[1]))
    escrow = EscrowKey.objects.get()
    assert opener.secret not in bytes(escrow.public) + bytes(escrow.signature)
    assert opener.secret not in halves


def test_each_half_alone_is_as_random_as_any_other() -> None:
    one, other = rules.halve(b"\x00" * 32)
    assert one == other
    assert one != b"\x00" * 32
    assert rules.join(*rules.halve(b"secret")) == b"secret"


def test_a_wall_stands_before_it_and_so_does_a_missing_key(world: World, files: Files) -> None:
    concern, _ = world.file(excluded=(world["otto"],))
    with pytest.raises(CommandError, match="A wall stands"):
        use(files, concern.ref, "otto")
    for name in ("stan", "adam", "anna"):
        with pytest.raises(CommandError, match="does not work on concerns"):
            use(files, concern.ref, name)
    world.hire("oren", Role.OFFICER, has_key=False)
    with pytest.raises(CommandError, match="no approved key"):
        use(files, concern.ref, "oren")
    with pytest.raises(CommandError, match="no such concern"):
        use(files, "nothing", "olga")


def test_what_was_filed_before_there_was_one_stays_closed(
    world: World, tmp_path: Path, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    names = (str(tmp_path / "one"), str(tmp_path / "two"))
    with process("owner"):
        say("make", *names)
        with pytest.raises(CommandError, match="never sealed to the escrow key"):
            use(names, concern.ref, "hana")


def test_there_is_one_at_a_time_and_no_file_is_written_over(
    world: World, files: Files, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="There is a file"):
        say("make", *files)
    with pytest.raises(CommandError, match="already"):
        say("make", str(tmp_path / "three"), str(tmp_path / "four"))
    assert not (tmp_path / "three").exists()


def test_ended_it_opens_nothing_and_nothing_more_is_sealed_to_it(
    world: World, files: Files
) -> None:
    before, _ = world.file()
    assert "opens 1 of" in say("status")
    assert "1 grants were taken away" in say("end")
    after, _ = world.file()
    assert not Grant.objects.filter(safe__in=[before.safe, after.safe], person=None).exclude(
        holder__in=[bytes(grant.holder) for grant in _reporters(before, after)]
    )
    with pytest.raises(CommandError, match="not both halves"):
        use(files, before.ref, "hana")
    assert "There is no escrow key" in say("status")


def _reporters(*concerns: object) -> list[Grant]:
    escrow = bytes(EscrowKey.objects.get().public)
    safes = [concern.safe for concern in concerns]  # type: ignore[attr-defined] # concerns
    return list(Grant.objects.filter(safe__in=safes, person=None).exclude(holder=escrow))


def test_an_escrow_key_that_was_slipped_in_is_refused(world: World, process: BecomeProcess) -> None:
    thief = Opener(sealing.new_secret())
    with pytest.raises(ProgrammingError), transaction.atomic():
        EscrowKey.objects.create(public=thief.public, signature=b"", made_at=world.now)
    with process("owner"):
        signature = thief.signing_key.sign(b"anything")
        EscrowKey.objects.create(public=thief.public, signature=signature, made_at=world.now)
        with pytest.raises(sealing.SealBrokenError):
            world.file()


def test_without_one_nothing_is_sealed_to_anybody_outside(
    world: World, process: BecomeProcess
) -> None:
    concern, _ = world.file()
    assert concern.safe.grants.filter(person=None).count() == 1  # the reporter's
    with process("owner"), pytest.raises(RuleError, match="no escrow key"):
        actions.end_escrow(now=world.now)


def test_it_gives_nobody_both_shares_who_was_a_custodian_before(world: World, files: Files) -> None:
    alone, _ = world.file(mode=Mode.CONFIDENTIAL, identity=cases.Identity("Rita Reporter"))
    world.hire("cora", Role.CUSTODIAN)
    two, _ = world.file(mode=Mode.CONFIDENTIAL, identity=cases.Identity("Sam Reporter"))
    # as a directory may say overnight, so that nobody took the shares from him
    Person.objects.filter(username="carl").update(roles=[Role.OFFICER])
    with pytest.raises(CommandError, match="alone keeps the other share"):
        use(files, alone.ref, "carl")
    assert Grant.objects.filter(safe=alone.identity_safe).count() == 1
    case = world.triage(alone)
    with pytest.raises(CommandError, match="alone keeps the other share"):
        use(files, case.ref, "carl")
    assert "can open" in use(files, two.ref, "carl")
    assert not Grant.objects.filter(safe=two.identity_safe, person=world["carl"]).exists()
    assert Grant.objects.filter(safe=two.identity_safe, person=world["cora"]).exists()
