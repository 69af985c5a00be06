"""What is promised by when, and what was kept: the tracks that the door shows."""

from dataclasses import dataclass, replace
from datetime import date

from cases import access
from cases.lifecycle import ConcernStatus
from cases.models import Concern
from cases.rules import DRAFT_LIFE
from common import days
from escalation.models import Calendar
from policies.models import Kind as Promised
from policies.models import PolicyVersion

KEPT, NOW, LATE = "kept", "now", "late"
# what is promised is that somebody writes back: reading alone keeps nothing
FIRST_REPLY = "First reply"
READ_FIRST = "From a person who has read it."
# what was promised beside it, or anew
NEWS, ANEW = "You hear from us again", "Outcome, looked at again"
AGAIN = "It was taken up again: you hear what comes of that."


@dataclass(frozen=True)
class Step:
    """One promise on a track; `state` is kept, now, late or empty."""

    title: str
    when: str
    text: str
    state: str = ""


def in_words(day: date, today: date) -> str:
    """Return `21 November`, with the year unless it is this year."""
    words = f"{day.day} {day:%B}"
    return words if day.year == today.year else f"{words} {day.year}"


def draft_kept_until(today: date) -> str:
    """Return the last day on which a draft saved today is kept, in words."""
    return in_words(today + DRAFT_LIFE, today)


def promised(today: date) -> tuple[date, date]:
    """Return by when what is sent today is acknowledged, and answered; or refuse."""
    version = PolicyVersion.objects.handling(today)
    hours = Calendar.objects.of(None).hours
    ends = {
        promise.kind: days.day_of(promise.limit.end(days.midnight(today), hours))
        for promise in version.promises.all()
    }
    return ends[Promised.ACKNOWLEDGE], ends[Promised.FEEDBACK]


def outlook(today: date, acknowledge_by: date, feedback_by: date) -> list[Step]:
    """Return what would follow from sending something today."""
    return [
        Step(
            "You get a receipt",
            f"Today, {in_words(today, today)}",
            "It is your only key. Keep it somewhere only you look.",
            NOW,
        ),
        Step(
            "A person writes to you",
            f"By {in_words(acknowledge_by, today)}",
            "They have read it. You learn who looks after it.",
        ),
        Step(
            "You hear what was done",
            f"By {in_words(feedback_by, today)}",
            "And why, as far as it does not expose anyone.",
        ),
    ]


def promises(concern: Concern, today: date) -> list[Step]:
    """Return what is promised to whoever has just sent something."""
    return [
        Step(
            "Received",
            f"Today, {in_words(today, today)}",
            "Sealed. No one has opened it.",
            KEPT,
        ),
        Step(FIRST_REPLY, _by(concern.acknowledge_by, today), READ_FIRST),
        Step("Outcome", _by(concern.feedback_by, today), "What was done, and why."),
    ]


def track(concern: Concern, today: date) -> list[Step]:
    """Return where a concern stands: promised, and kept."""
    received = Step("Received", _on(concern.filed_on, today), "At once.", KEPT)
    if concern.status == ConcernStatus.WITHDRAWN:
        return [received, Step("Taken back", "", "You took it back. Nobody works on it.", KEPT)]
    return [
        received,
        _read(concern, today),
        _looked_into(concern, today),
        *(_heard(NEWS, one, "As we wrote to you.", today) for one in access.promised_news(concern)),
        _outcome(concern, today),
        *(_heard(ANEW, one, "What came of that.", today) for one in access.promised_anew(concern)),
    ]


def _heard(title: str, one: access.ToHear, text: str, today: date) -> Step:
    if one.kept_on is not None:
        return _done(title, one.kept_on, one.until, today)
    if today > one.until:
        return _overdue(title, one.until, today)
    return Step(title, _by(one.until, today), text, NOW)


def _read(concern: Concern, today: date) -> Step:
    due = concern.acknowledge_by
    if concern.acknowledged_on is not None:
        return _done(FIRST_REPLY, concern.acknowledged_on, due, today)
    if due is not None and today > due:
        return _overdue(FIRST_REPLY, due, today)
    return Step(FIRST_REPLY, _by(due, today), READ_FIRST, NOW)


def _looked_into(concern: Concern, today: date) -> Step:
    title = "Being looked into"
    if concern.case is None:
        waits = concern.acknowledged_on is not None
        text = "We decide who looks into it." if waits else "Once you have a first reply."
        return Step(title, "", text, NOW if waits else "")
    opened = days.day_of(concern.case.opened_at)
    # that a case was there before would say that somebody else had told it
    is_own = concern.filed_on is not None and opened >= concern.filed_on
    since = _on(opened, today) if is_own else ""
    if concern.status == ConcernStatus.CLOSED:
        return Step(title, since, "Done.", KEPT)
    text = f"{concern.case.lead.name} looks after it."
    return Step(title, f"Since {since}" if since else "", text, NOW)


def _outcome(concern: Concern, today: date) -> Step:
    due = concern.feedback_by
    if concern.closed_on is not None:
        told = _done("Outcome", concern.closed_on, due, today)
        is_open = concern.status != ConcernStatus.CLOSED
        return replace(told, text=f"{told.text} {AGAIN}".strip()) if is_open else told
    if due is not None and today > due:
        return _overdue("Outcome", due, today)
    return Step("Outcome", _by(due, today), "What was done, and why.")


def _done(title: str, on: date, due: date | None, today: date) -> Step:
    if due is None:
        return Step(title, _on(on, today), "", KEPT)
    text = f"Promised by {in_words(due, today)}. "
    if on > due:
        return Step(title, _on(on, today), f"{text}{_span(on, due)} late.", LATE)
    early = f"{_span(due, on)} early." if on < due else "On the day."
    return Step(title, _on(on, today), text + early, KEPT)


def _overdue(title: str, due: date, today: date) -> Step:
    text = (
        f"We are {_span(today, due).lower()} late. It has gone on to the next in line, who has to "
        "answer for it."
    )
    return Step(title, f"Promised by {in_words(due, today)}", text, LATE)


def _span(later: date, earlier: date) -> str:
    number = (later - earlier).days
    return "1 day" if number == 1 else f"{number} days"


def _by(day: date | None, today: date) -> str:
    return f"By {in_words(day, today)}" if day else ""


def _on(day: date | None, today: date) -> str:
    return in_words(day, today) if day else ""
