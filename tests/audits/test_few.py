"""Figures of a handful: nothing is told apart, and what was late is called by its name."""

from datetime import timedelta

from escalation import actions as escalation
from tests.audits.conftest import FIRST, SEEN, Fold, cells_of, figures_of
from tests.conftest import BecomeProcess
from tests.world import World


def test_what_was_not_kept_in_time_is_called_by_its_name(
    world: World, fold: Fold, process: BecomeProcess
) -> None:
    world.file()
    with process("worker"):
        escalation.sweep(now=world.now + timedelta(days=10))
    fold(SEEN)
    labels = {row["code"]: row["label"] for row in figures_of()["tables"]["breaches"]}
    assert labels["triage"] == "Triage"
    assert labels["first_message"] == "First personal message"


def test_nothing_between_none_and_ten_can_be_told_apart(world: World, fold: Fold) -> None:
    world.file(FIRST)
    fold(SEEN)
    one = figures_of("2026-01")
    none = figures_of("2026-02")
    assert one["counts"] == none["counts"]
    assert one["measures"] == none["measures"]
    assert {cell for rows in one["tables"].values() for cell in cells_of(rows).values()} == {"<11"}
