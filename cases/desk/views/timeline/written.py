"""What people filed, wrote and decided, as entries of a timeline."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from cases.desk.views.timeline.items import REPORTER, Item, mark_of, name_of
from cases.lifecycle import Channel, Kind, Level, Mode, Phase, WhyBack
from cases.models import Concern, Message, PhaseChange, Triage
from common import days
from people.models import Person

FILED = {
    Kind.GUIDANCE: "asked for guidance",
    Kind.REPORT: "filed a report",
    Kind.EXCEPTION: "asked for an exception",
}


def _began(concern: Concern) -> datetime:
    if concern.filed_on is None:
        raise AssertionError
    return concern.filed_at or days.midnight(concern.filed_on)


def filed(concern: Concern, files: int, *, names: Sequence[str] = ()) -> Item:
    """Return that it was filed, how, and with how many files; `names` stand before these."""
    foot = [*names, f"{Channel(concern.channel).label}, {Mode(concern.mode).label.lower()}"]
    if files:
        foot.append(f"{files} file{'s' if files > 1 else ''}")
    return Item(
        moment=_began(concern),
        key=str(concern.pk),
        shown=concern.filed_at or concern.filed_on or _began(concern),
        who=REPORTER,
        did=FILED[Kind(concern.kind)],
        mark="reporter",
        note="filed",
        place=(concern.pk, "narrative"),
        foot=foot,
    )


def talk(concern: Concern, viewer: Person, *, names: Sequence[str] = ()) -> Iterator[Item]:
    """Yield the messages, `names` below each; one without a time follows the one before it."""
    moment = _began(concern)
    for message in sorted(concern.messages.all(), key=lambda message: message.n):
        written = message.at or days.midnight(message.on)
        moment = max(moment + timedelta(microseconds=1), written)
        said = _said(message, moment, viewer)
        yield replace(said, foot=[*names, *said.foot])


def _said(message: Message, moment: datetime, viewer: Person) -> Item:
    author = message.author
    foot = ["Read by the reporter" if message.is_seen else "Not read yet"] if author else []
    return Item(
        moment=moment,
        key=str(message.pk),
        shown=message.at or message.on,
        who=name_of(author, viewer),
        did="wrote to the reporter" if author else "wrote to the team",
        mark=mark_of(author, viewer) if author else "reporter",
        note="message" if author else "reply",
        place=(message.pk, "body"),
        foot=foot,
    )


def triaged(record: Triage, viewer: Person) -> Item:
    """Return what its triage decided."""
    foot = [f"Severity: {Level(record.severity).label.lower()}"]
    foot.append("Someone may be in danger" if record.in_danger else "No one is in danger")
    if record.track:
        foot.append(f"Worked as {record.get_track_display().lower()}")
    elif record.is_investigated is not None:
        foot.append("Investigated" if record.is_investigated else "Without an investigation")
    return Item(
        moment=record.at,
        key=str(record.pk),
        shown=record.at,
        who=name_of(record.by, viewer),
        did="decided the triage",
        mark="decision",
        note="decision",
        lead=f"{Level(record.urgency).label}, {record.category}.",
        place=(record.pk, "reason"),
        foot=foot,
        is_signed=True,
    )


WENT_ON = {
    Phase.PLANNING: "began an investigation with its planning",
    Phase.GATHERING: "went on from planning to the evidence",
    Phase.FINDINGS: "went on from the evidence to the findings",
    Phase.OUTCOME: "went on from the findings to the outcome",
}
WENT_BACK = {
    Phase.NONE: "gave the investigation up",
    Phase.PLANNING: "went back to planning",
    Phase.GATHERING: "went back to the evidence",
    Phase.FINDINGS: "went back to the findings",
}


def moved(change: PhaseChange, viewer: Person) -> Item:
    """Return that an investigation went on, or back with the reason and its words."""
    phase = Phase(change.phase)
    is_back = bool(change.why)
    return Item(
        moment=change.at,
        key=str(change.pk),
        shown=change.at,
        who=name_of(change.by, viewer),
        did=WENT_BACK[phase] if is_back else WENT_ON[phase],
        mark="decision" if is_back else mark_of(change.by, viewer),
        note="decision" if is_back else "",
        lead=f"{WhyBack(change.why).label}." if is_back else "",
        place=(change.pk, "reason") if is_back else None,
        is_signed=is_back,
    )
