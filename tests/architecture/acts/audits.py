"""Acts of audits: reading the ledger and figures, reports."""

from collections.abc import Callable

from audits import actions as audits
from tests.architecture.acts.registry import act
from tests.audits.conftest import keep_file, release_nothing
from tests.world import World


@act("audits.actions.read_ledger")
def _(w: World) -> Callable[[], object]:
    return lambda: audits.read_ledger(by=w["anna"].actor, now=w.now)


@act("audits.actions.read_figures")
def _(w: World) -> Callable[[], object]:
    release_nothing(w.now)
    return lambda: audits.read_figures("2026-01", by=w["chief"].actor, now=w.now)


@act("audits.actions.ask_for_report")
def _(w: World) -> Callable[[], object]:
    release_nothing(w.now)
    return lambda: audits.ask_for_report("2026-01", by=w["chief"].actor, now=w.now)


@act("audits.actions.ask_for_newest")
def _(w: World) -> Callable[[], object]:
    release_nothing(w.now)
    return lambda: audits.ask_for_newest(now=w.now)


@act("audits.actions.read_file")
def _(w: World) -> Callable[[], object]:
    release_nothing(w.now)
    report = audits.ask_for_report("2026-01", by=w["chief"].actor, now=w.now)
    keep_file(report)
    return lambda: audits.read_file(report.pk, "json", by=w["chief"].actor, now=w.now)
