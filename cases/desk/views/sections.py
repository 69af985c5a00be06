"""The sections of a case, in the order of its tabs."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.urls import reverse

from cases.lifecycle import Area, Deed
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
    # of those on the case, for who may do this with it
    deed: Deed | None = None


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
    Section("interviews", "Interviews", area=Area.EVIDENCE),
    Section("files", "Files", area=Area.EVIDENCE),
    Section("tasks", "Tasks"),
    Section("safeguards", "Safeguards", area=Area.SUPPORT),
    Section("protection", "Protection", area=Area.SUPPORT),
    Section("clients", "Clients", area=Area.CONCERNS),
    Section("access", "Access", is_to_decide=True),
    Section("telling", "Telling", is_to_decide=True),
    Section("close", "Closing", is_to_decide=True),
    Section("bundle", "Bundle", deed=Deed.BUNDLE),
    Section("early", "Early"),
    Section("related", "Related", is_for_work=True, deed=Deed.LINK),
)


BY_ROUTE = {one.route: one for one in SECTIONS}


def is_open(route: str, areas: Collection[str], deeds: Collection[Deed], *, decides: bool) -> bool:
    """Return whether somebody who sees these areas and may do this, or only decides, finds it."""
    section = BY_ROUTE.get(route, SECTIONS[0])
    if decides:
        return section.is_to_decide and section.area in areas
    return section.area in areas and (section.deed is None or section.deed in deeds)


def tabs(
    case: Case,
    counts: Mapping[str, int],
    areas: Collection[str],
    deeds: Collection[Deed],
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
        if (may_act or not one.is_for_work) and is_open(one.route, areas, deeds, decides=decides)
    ]
