"""Who is protected in a case, how high the risk is for each, and from when they are asked."""

from collections.abc import Iterable
from datetime import date

from cases.lifecycle import CaseStatus, ConcernStatus, Mode, Phase
from cases.lifecycle.protection import PROTECTED, Asking, Point, RiskLevel, Since
from cases.models import Case, Concern, Party, RetaliationRisk
from cases.rules.protection import UNWEIGHED
from common import days


def protected(case: Case) -> list[Concern | Party]:
    """Return whoever told it, and every party but those whom it is about."""
    told = case.concerns.exclude(status=ConcernStatus.WITHDRAWN).order_by("filed_on", "ref")
    parties = case.parties.standing().filter(role__in=PROTECTED).order_by("added_at", "pk")
    return [*told, *parties]


def is_of(row: RetaliationRisk, to: Concern | Party) -> bool:
    """Return whether something is of somebody."""
    return to.pk in {row.concern_id, row.party_id}


def latest_of(risks: Iterable[RetaliationRisk], to: Concern | Party) -> RetaliationRisk | None:
    """Return what was weighed last for somebody; `risks` begins with the latest."""
    return next((one for one in risks if is_of(one, to)), None)


def level_of(risk: RetaliationRisk | None) -> RiskLevel:
    """Return how high the risk counts: in the middle where nobody has weighed it."""
    return UNWEIGHED if risk is None else RiskLevel(risk.level)


def asking_of(risk: RetaliationRisk | None, to: Concern | Party) -> Asking | None:
    """Return by which way somebody is asked; None where nobody knows one that is safe."""
    if risk is not None:
        return Asking(risk.asking)
    return Asking.HERE if isinstance(to, Concern) else None


def since(case: Case, to: Concern | Party) -> tuple[Since, date]:
    """Return from when somebody's check-ins are counted: from closing on anew."""
    if case.status == CaseStatus.CLOSED and case.closed_at is not None:
        return Since.CLOSING, days.day_of(case.closed_at)
    if isinstance(to, Concern):
        return Since.REPORT, to.filed_on or days.day_of(case.opened_at)
    return Since.REPORT, days.day_of(to.added_at)


def is_unknown(to: Concern | Party) -> bool:
    """Return whether nobody knows who somebody is, so that only their own channel is safe."""
    return isinstance(to, Concern) and to.mode == Mode.ANONYMOUS


def points_reached(case: Case) -> list[Point]:
    """Return at which points the risk is to be weighed by now (ISO 37002:2021, 8.3.2)."""
    reached = [Point.REPORT]
    if case.phase not in {Phase.NONE, Phase.PLANNING}:
        reached.append(Point.BEGUN)
    if case.status == CaseStatus.CLOSED:
        reached += [Point.OUTCOME, Point.AFTER]
    return reached
