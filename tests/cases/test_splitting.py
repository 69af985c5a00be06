"""What is taken out of a case leaves nothing of itself behind, and is held and walled as before."""

from datetime import timedelta
from uuid import uuid4

import pytest

from cases import access, actions
from cases.actions.walls import raise_walls
from cases.lifecycle import (
    Document,
    ExhibitKind,
    Ground,
    Level,
    Purpose,
    RedactionState,
)
from cases.lifecycle.bundles import Copy
from cases.lifecycle.purposes import Purpose as Whither
from cases.models import Bundle, Case, Concern, Redaction, Wall
from cases.rules.redaction import Removal
from common import days
from common.errors import RuleError
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from retention import actions as retention
from retention.access import Kept
from retention.lifecycle import HoldGround
from safes import actions as safes
from safes.models import Erasure, MissingGrant
from tests.cases.test_merging import a_case, joins, opens
from tests.conftest import BecomeProcess
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-9")]
DAY = timedelta(days=1)
STORY = "It is about the car park."


def joined(world: World, case: Case) -> Concern:
    """Let another concern join a case, with a file."""
    concern, _ = world.file(narrative=STORY)
    actions.add_file(concern, name="park.txt", content=b"words", now=world.now)
    act_as(world["olga"])
    actions.join(
        concern, into=case, by=world["olga"], opener=world.openers["olga"], urgency=Level.NORMAL,
        severity=Level.NORMAL, in_danger=False, reason="The same, it seemed.", now=world.now,
    )  # fmt: skip
    return Concern.objects.get(pk=concern.pk)


def copied(world: World, case: Case, concern: Concern, by: str = "olga") -> Redaction:
    """Return a redacted copy of what was told."""
    act_as(world[by])
    return actions.redact_text(
        case,
        by=world[by],
        wanted=actions.Wanted(Document.CONCERN, concern.pk, Purpose.COURT, "The court"),
        text=STORY,
        taken=[Removal(0, 2, Ground.PERSONAL)],
        now=world.now,
        opener=world.openers[by],
    )


def take_out(world: World, concern: Concern, lead: str = "olga") -> Case:
    act_as(world["olga"])
    return actions.take_out(
        concern, by=world["olga"], opener=world.openers["olga"], lead=world[lead],
        reason="Another matter.", now=world.now,
    )  # fmt: skip


def bundle(world: World, case: Case, n: int, *, has_reporters: bool) -> Bundle:
    return Bundle.objects.create(
        case=case, n=n, purpose=Whither.COURT, has_reporters=has_reporters, has_files=False,
        areas=[], size=1, made_by=world["olga"], made_at=world.now - DAY, until=world.now + DAY,
    )  # fmt: skip


def erased(world: World, process: BecomeProcess, case: Case, concern: Concern) -> None:
    with process("worker"):
        found = Concern.objects.get(pk=concern.pk)
        safes.reopen_erasures(
            [
                Erasure(
                    id=uuid4(),
                    on=days.day_of(world.now),
                    ground="court_order",
                    subjects=[f"case:{case.pk}", found.subject],
                    safes=[case.safe_id, found.safe_id],
                )
            ]
        )
        retention.erase(now=world.now)


@pytest.mark.req("SEC-5")
def test_copies_go_with_what_is_taken_out_of_a_case_and_are_erased_with_it(
    world: World, process: BecomeProcess
) -> None:
    case = a_case(world)
    concern, other = joined(world, case), joined(world, case)
    joins(world, case, "omar")
    piece = actions.Piece(
        kind=ExhibitKind.DATA, title="The park", received_on=days.day_of(world.now),
        attachment=other.attachments.get(),
    )  # fmt: skip
    act_as(world["olga"])
    actions.add_exhibit(
        case, by=world["olga"], piece=piece, now=world.now, opener=world.openers["olga"]
    )
    with pytest.raises(RuleError, match=r"a file of this concern stands as number 1"):
        take_out(world, other)
    stays, goes = copied(world, case, other), copied(world, case, concern)
    with process("owner"):
        Redaction.objects.filter(pk=goes.pk).update(state=RedactionState.WAITING)
    with pytest.raises(RuleError, match="redacted copy is being made"):
        take_out(world, concern)
    with process("owner"):
        Redaction.objects.filter(pk=goes.pk).update(state=RedactionState.MADE)
    bundles = [bundle(world, case, n, has_reporters=n == 1) for n in (1, 2)]
    sent_twice = Concern.objects.get(pk=concern.pk)
    sent_twice.case = case
    fresh = take_out(world, concern)
    for row in (stays, goes):
        row.refresh_from_db()
    assert (goes.case, goes.n, goes.safe) == (fresh, 1, fresh.safe)
    assert (stays.case, stays.n) == (case, 1)
    olga, opener = world["olga"], world.openers["olga"]
    assert actions.read_redacted(goes, by=olga, opener=opener, now=world.now) is not None
    assert opens(world, "olga", goes.pk, "recipient") == "The court"
    # pressed twice: it is in another case already, and there are others to take out here
    with pytest.raises(RuleError, match="took this out of the case meanwhile"):
        take_out(world, sent_twice)
    # whoever comes later reads nothing of what left, in no bundle either
    assert [one.n for one in case.bundles.kept(world.now)] == [2]
    with pytest.raises(RuleError, match="This bundle is over"):
        actions.read_bundle(
            Bundle.objects.get(pk=bundles[0].pk), form=Copy.ARCHIVE, by=olga, opener=opener,
            now=world.now,
        )  # fmt: skip
    # of a copy that stayed when this was not so yet: numbered over, and erased with what it tells
    with process("owner"):
        Redaction.objects.filter(pk=goes.pk).update(case=case, n=2)
    act_as(world["omar"])
    assert not Redaction.objects.filter(pk=goes.pk).exists()
    assert copied(world, case, other, by="omar").n == 3
    act_as(world["olga"])
    erased(world, process, fresh, concern)
    with process("worker"):
        assert not Case.objects.filter(pk=fresh.pk).exists()
        assert not Concern.objects.filter(pk=concern.pk).exists()
        assert Redaction.objects.filter(case=case).count() == 2


@pytest.mark.req("SEC-5", "TRI-6")
def test_what_is_taken_out_is_held_and_walled_as_what_it_was_taken_from(world: World) -> None:
    case = a_case(world)
    concern = joined(world, case)
    Concern.objects.filter(pk=concern.pk).update(owner=world["olga"])
    concern.refresh_from_db()
    # kept away from the rest of the case, and to get a key to this
    act_as(world["olga"])
    around = access.walls_around([world["otto"]], since=days.day_of(world.now))
    raise_walls(case, [], around)
    safes.miss(concern.safe, [world["otto"]], now=world.now)
    for kept, ground in ((Kept(case), HoldGround.LITIGATION), (Kept(concern), HoldGround.AUDIT)):
        retention.place_hold(
            kept, ground=ground, reason=f"For {ground}.", by=world["olga"], now=world.now
        )
    with pytest.raises(RuleError, match="cannot lead it"):
        take_out(world, concern, lead="otto")
    fresh = take_out(world, concern, lead="omar")
    act_as(world["olga"])
    for thing in (fresh, Concern.objects.get(pk=concern.pk)):
        assert access.is_walled(world["otto"], list(thing.walls.all()))
    assert Wall.objects.filter(case=fresh).count() == 1
    assert not MissingGrant.objects.filter(safe=concern.safe, person=world["otto"]).exists()
    # the one on the case counts for both, and the one on what was filed held the whole of it
    shared = fresh.holds.get()
    assert (shared.ground, shared.placed_by) == (HoldGround.LITIGATION, world["olga"])
    assert opens(world, "omar", shared.pk, "reason") == "For litigation."
    assert sorted(one.ground for one in Kept(case).holds()) == ["audit", "litigation"]
    assert sorted(one.ground for one in Kept(fresh).holds()) == ["audit", "litigation"]
    for one in (case, fresh):
        placed = Entry.objects.filter(verb=Verb.HOLD_PLACED, subject=f"case:{one.pk}")
        assert placed.exists()
    act_as(world["omar"])
    lifted = retention.lift_hold(
        Kept(Case.objects.get(pk=fresh.pk)), shared.pk, reason="Over.", by=world["omar"],
        now=world.now,
    )  # fmt: skip
    assert lifted.lifted_by == world["omar"]
    act_as(world["olga"])
    assert case.holds.filter(lifted_at=None).count() == 2
