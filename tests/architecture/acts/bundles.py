"""Acts of cases upon bundles."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cases import actions
from cases.lifecycle.bundles import Copy
from cases.lifecycle.purposes import Purpose
from cases.models import Bundle, Case
from cases.reports import Asked
from ledger import actions as ledger
from tests.architecture.acts.registry import act, as_owner
from tests.world import World

ASKED = Asked(Purpose.COURT, "The labour court", has_reporters=True, has_files=True)


def case_to_bundle(w: World) -> Case:
    """Return a case of Olga's, of which the ledger is sealed."""
    case = w.triage(w.file()[0])
    with as_owner():
        ledger.seal(now=w.now + timedelta(days=1))
    return Case.objects.get(pk=case.pk)


def bundled(w: World, case: Case, *, now: datetime | None = None) -> Bundle:
    """Make a bundle of a case of Olga's."""
    opener = w.openers["olga"]
    return actions.make_bundle(case, by=w["olga"], opener=opener, asked=ASKED, now=now or w.now)


@act("cases.actions.make_bundle")
def _(w: World) -> Callable[[], object]:
    case = case_to_bundle(w)
    return lambda: bundled(w, case)


@act("cases.actions.read_bundle")
def _(w: World) -> Callable[[], object]:
    bundle = bundled(w, case_to_bundle(w))
    return lambda: actions.read_bundle(
        bundle, form=Copy.PRINT, by=w["olga"], opener=w.openers["olga"], now=w.now
    )


@act("cases.actions.expire_bundles")
def _(w: World) -> Callable[[], object]:
    bundle = bundled(w, case_to_bundle(w))
    return lambda: actions.expire_bundles(now=bundle.until)
