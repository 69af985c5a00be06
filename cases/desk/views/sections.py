"""The sections of a case, in the order of its tabs."""

from collections.abc import Mapping
from typing import NamedTuple

from django.urls import reverse

from cases.models import Case


class Section(NamedTuple):
    """A section: its route's name, its label, and whether only who works on it is led there."""

    route: str
    label: str
    is_for_work: bool = False


class Tab(NamedTuple):
    """A section as its tab shows it; `holds` is how much is in it, or None."""

    route: str
    label: str
    url: str
    holds: int | None


SECTIONS = (
    Section("case", "Timeline"),
    Section("allegations", "Allegations"),
    Section("evidence", "Evidence"),
    Section("interviews", "Interviews"),
    Section("files", "Files"),
    Section("tasks", "Tasks"),
    Section("safeguards", "Safeguards"),
    Section("clients", "Clients"),
    Section("access", "Access"),
    Section("telling", "Telling"),
    Section("close", "Closing"),
    Section("bundle", "Bundle"),
    Section("early", "Early"),
    Section("related", "Related", is_for_work=True),
)


def tabs(case: Case, counts: Mapping[str, int], *, may_act: bool) -> list[Tab]:
    """Return the tabs of a case; `counts` says by the section's route how much it holds."""
    return [
        Tab(
            one.route,
            one.label,
            reverse(f"desk:{one.route}", args=[case.ref]),
            counts.get(one.route),
        )
        for one in SECTIONS
        if may_act or not one.is_for_work
    ]
