"""The sections of a case, in the order of its tabs."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.urls import reverse

from cases.lifecycle import Area
from cases.models import Case


class Section(NamedTuple):
    """A section: its route's name, its label, and whose it is.

    It is for those who see its area; some, only who works on the case is led to; and an approver
    finds what they decide on, and nothing more.
    """

    route: str
    label: str
    is_for_work: bool = False
    area: Area = Area.CORE
    is_to_decide: bool = False


class Tab(NamedTuple):
    """A section as its tab shows it; `holds` is how much is in it, or None."""

    route: str
    label: str
    url: str
    holds: int | None


SECTIONS = (
    Section("case", "Timeline"),
    Section("allegations", "Allegations", is_to_decide=True),
    Section("evidence", "Evidence", area=Area.EVIDENCE, is_to_decide=True),
    Section("interviews", "Interviews"),
    Section("files", "Files", area=Area.EVIDENCE),
    Section("tasks", "Tasks"),
    Section("safeguards", "Safeguards", area=Area.SUPPORT),
    Section("clients", "Clients", area=Area.CONCERNS),
    Section("access", "Access", is_to_decide=True),
    Section("telling", "Telling"),
    Section("close", "Closing", is_to_decide=True),
    Section("bundle", "Bundle"),
    Section("early", "Early"),
    Section("related", "Related", is_for_work=True),
)


BY_ROUTE = {one.route: one for one in SECTIONS}


def is_open(route: str, areas: Collection[str], *, decides: bool) -> bool:
    """Return whether somebody who sees these areas, or only decides, finds a section."""
    section = BY_ROUTE.get(route, SECTIONS[0])
    return section.area in areas and (section.is_to_decide or not decides)


def tabs(
    case: Case,
    counts: Mapping[str, int],
    areas: Collection[str],
    *,
    may_act: bool,
    decides: bool = False,
) -> list[Tab]:
    """Return the tabs of a case; `counts` says by the section's route how much it holds."""
    return [
        Tab(
            one.route,
            one.label,
            reverse(f"desk:{one.route}", args=[case.ref]),
            counts.get(one.route),
        )
        for one in SECTIONS
        if (may_act or not one.is_for_work) and is_open(one.route, areas, decides=decides)
    ]
