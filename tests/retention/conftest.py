"""What tests of retention share: something that ended long ago, and a worker who erases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from audits import actions as audits
from cases import actions as cases
from cases.lifecycle import Finding, Mode, Phase, WhyBack
from cases.models import Case, Concern, Note
from files.actions import Upload
from ledger import actions as ledger
from people.middleware import act_as
from retention import actions
from retention.access import Kept
from retention.lifecycle import Ground
from retention.models import Disposal
from safes.rules import Receipt
from tests.conftest import BecomeProcess
from tests.world import World

YEARS = timedelta(days=4 * 366)
PDF = b"%PDF-1.7 CANARY-FILE"
# every word that anybody writes in `Past`; after the erasure none of them opens for anybody
WORDS = "CANARY"


@dataclass
class Past:
    """A case of years ago, with all that can hang on one."""

    concern: Concern
    receipt: Receipt
    case: Case
    world: World

    @property
    def kept(self) -> Kept:
        """Return it as retention sees it, afresh, for the officer who led it."""
        act_as(self.world["olga"])
        return Kept(Case.objects.select_related("safe", "category").get(pk=self.case.pk))


def long_ago(world: World, **changes: object) -> Past:
    """File, triage, work and close a case four years before the world's today."""
    act_as(world["olga"])
    now, world.now = world.now, world.now - YEARS
    told: dict[str, object] = {
        "narrative": f"{WORDS} in the story.",
        "mode": Mode.CONFIDENTIAL,
        "identity": cases.Identity(f"{WORDS} Reporter", "rae@example.org"),
        "notify": "canary@example.org",
        **changes,
    }
    concern, receipt = world.file(None, **told)
    cases.add_file(concern, name=f"{WORDS}.pdf", content=PDF, now=world.now)
    case = world.triage(concern)
    cases.sign_note(
        case, by=world["olga"], kind=Note.Kind.NOTE, text=f"{WORDS} in a note.", now=world.now
    )
    cases.go_back(
        case, by=world["olga"], at=Phase.PLANNING, why=WhyBack.NOT_NEEDED, words=f"{WORDS} back.",
        now=world.now,
    )  # fmt: skip
    ours = Upload.of(f"{WORDS}-ours.pdf", PDF)
    cases.add_to_case(case, upload=ours, by=world["olga"], now=world.now)
    cases.say(concern, text=f"{WORDS} said.", now=world.now)
    cases.grant_view(case, by=world["olga"], person=world["anna"], now=world.now)
    close(world, case)
    world.now = now
    return Past(concern, receipt, case, world)


def close(world: World, case: Case, finding: Finding = Finding.SUBSTANTIATED) -> None:
    """Close a case."""
    world.close(
        case,
        finding=finding,
        reason=f"{WORDS} in the reason.",
        message=f"{WORDS} in the outcome.",
        now=world.now,
    )


def decide(world: World, *things: Kept, ground: Ground = Ground.TIME_OVER) -> list[Disposal]:
    """Let olga propose and hana approve."""
    act_as(world["olga"])
    proposed = actions.propose(
        things, ground=ground, by=world["olga"], now=world.now, reason="They asked in writing."
    )
    ids = [one.pk for one in proposed]
    act_as(world["hana"])
    return actions.approve(ids, by=world["hana"], now=world.now)


@pytest.fixture(autouse=True)
def no_grace(settings: Settings) -> None:
    """Let nothing wait between approval and erasing, unless a test says otherwise."""
    settings.DISPOSAL_GRACE = timedelta(0)


Work = Callable[[datetime], int]


@pytest.fixture
def work(process: BecomeProcess) -> Work:
    """Give what a worker does of its own accord: seal, fold, erase."""

    def as_worker(now: datetime) -> int:
        with process("worker"):
            while ledger.seal(now=now):
                pass
            audits.fold(now=now)
            return actions.erase(now=now)

    return as_worker
