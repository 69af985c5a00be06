"""The parts of the interface as template tags; each is a small template in templates/parts/.

They are builtins (see settings), so a page needs no `load`. `now` is looked up in the page's
context where a part may leave out what is plain: the year, or the word for today.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from common.days import day_of, last_day, zone
from common.levels import Level

register = template.Library()

GRAVITY = dict(Level.choices)
BARS = ((0, 10, 4), (4.2, 7, 7), (8.4, 4, 10), (12.6, 1, 13))
SOON = 0.2
FOURS = 4
LONG_CODE = 4
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


# -- spans, days, counts --------------------------------------------------------------


@register.simple_tag
def span(delta: timedelta) -> str:
    """Return a stretch of time in words: `19 h`, `3 d 4 h`, `89 d`; never less than `1 min`."""
    delta = abs(delta)
    days, hours = delta // DAY, delta % DAY // HOUR
    if delta >= WEEK or (days and not hours):
        return f"{days} d"
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h"
    return f"{max(delta // MINUTE, 1)} min"


@register.simple_tag(takes_context=True)
def day(context: Context, moment: date | None) -> str:
    """Return `21 November`, with the year unless it is the year of the page's `now`."""
    return "" if moment is None else _time(moment, _day_words(_local_day(moment), _today(context)))


@register.simple_tag(takes_context=True)
def until(context: Context, moment: datetime | None) -> str:
    """Return the day with which a time limit ends, as `day` does; midnight is the day before's."""
    if moment is None:
        return ""
    return _time(moment, _day_words(last_day(moment), _today(context)))


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime | None) -> str:
    """Return `Today 22:08`, `Yesterday 16:20` or `9 November, 11:05` in the office's zone."""
    if moment is None:
        return ""
    today, local = _today(context), moment.astimezone(zone())
    clock_time = f"{local:%H:%M}"
    if today is not None and today - local.date() in {timedelta(0), DAY}:
        word = "Today" if local.date() == today else "Yesterday"
        return _time(moment, f"{word} {clock_time}")
    return _time(moment, f"{_day_words(local.date(), today)}, {clock_time}")


@register.simple_tag(takes_context=True)
def until_when(context: Context, moment: datetime | None) -> str:
    """Return when a time limit ends, as `when` does; midnight is the end of the day before."""
    if moment is None or last_day(moment) == day_of(moment):
        return when(context, moment)
    return _time(moment, f"{_day_words(last_day(moment), _today(context))}, 24:00")


@register.simple_tag
def count(value: float | str | None) -> str:
    """Return a protected figure: a number, the mark of a hidden one, or a dash for none."""
    if value is None:
        dash = '<span aria-hidden="true">{}</span><span class="ed-sr">{}</span>'
        return format_html(dash, "\N{EN DASH}", "not shown")
    if isinstance(value, str):
        return format_html('<span class="ed-hidden">{}</span>', value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def _today(context: Context) -> date | None:
    now = context.get("now")
    return day_of(now) if isinstance(now, datetime) else None


def _local_day(moment: date) -> date:
    return day_of(moment) if isinstance(moment, datetime) else moment


def _day_words(local: date, today: date | None) -> str:
    words = f"{local.day} {local:%B}"
    return words if today is not None and today.year == local.year else f"{words} {local.year}"


def _time(moment: date, words: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)


# -- facts about work -----------------------------------------------------------------


class Face(NamedTuple):
    """What a clock shows: its class, its word, the share of time left in per cent."""

    state: str
    word: str
    left: int = 0


@register.inclusion_tag("parts/clock.html")
def clock(
    timed: Any, now: datetime, *, label: str | None = None, boxed: bool = False
) -> dict[str, Any]:
    """Show a clock.

    `timed` has `state` (running, paused, met, breached, cancelled), `started_at`, `due_at`,
    `met_at` and a `label` that goes on from a time. `label=""` leaves the words out.
    """
    if label is None:
        label = str(timed.label)
    face = _face(timed, now)
    counts = face.state in {"running", "soon", "over"} and timed.met_at is None
    return {
        "face": face,
        "label": label,
        "boxed": boxed,
        "clock": timed,
        "now": now if counts else None,
    }


def _face(timed: Any, now: datetime) -> Face:
    if timed.state == "cancelled":
        return Face("off", "Stopped")
    if timed.state == "paused":
        return Face("paused", "Paused")
    if timed.state == "met":
        late = timed.met_at - timed.due_at if timed.met_at else timedelta(0)
        return Face("late", f"Met {span(late)} late") if late >= MINUTE else Face("met", "Met")
    left = timed.due_at - now
    if left <= timedelta(0):
        return Face("over", f"{span(left)} over")
    share = min(left / max(timed.due_at - timed.started_at, MINUTE), 1)
    return Face("soon" if share < SOON else "running", span(left), max(round(share * 100), 1))


@register.inclusion_tag("parts/rested.html")
def rested(timed: Any, now: datetime, *, below: bool = False) -> dict[str, Any]:
    """Show for how long a clock was paused in all until now, and why; nothing where it never was.

    `below` puts it on a line of its own. `timed` has `state`, `paused_until` and `pauses`, each
    with `since`, `until`, `ended_at` and the words of its reason.
    """
    pauses = timed.pauses.all()
    total = sum(((one.ended_at or min(now, one.until)) - one.since for one in pauses), timedelta())
    reasons = dict.fromkeys(one.get_reason_display() for one in pauses)
    return {
        "total": total,
        "reasons": [f"{one[0].lower()}{one[1:]}" for one in reasons],
        "below": below,
        "until": timed.paused_until if timed.state == "paused" else None,
        "now": now,
    }


@register.inclusion_tag("parts/gravity.html")
def gravity(level: int | str | None) -> dict[str, Any]:
    """Show how grave something is, 1 to 4, as bars and a word; None is not weighed yet."""
    level = int(level or 0)
    bars = [(x, y, height, index < level) for index, (x, y, height) in enumerate(BARS)]
    return {"level": level, "word": GRAVITY.get(level, "Not weighed yet"), "bars": bars}


@register.inclusion_tag("parts/who.html")
def who(
    person: Any,
    viewer: Any = None,
    *,
    note: str = "",
    named: bool = False,
    nobody: str = "Nobody yet",
) -> dict[str, Any]:
    """Show a person, by name and initials; None is nobody, the viewer is “You”.

    `person` is an account or a name. `named` shows the viewer's own name instead of “You”.
    A reporter is never shown this way: see `sealed`.
    """
    if not person:
        return {"sign": "none", "name": nobody, "note": note}
    name = person if isinstance(person, str) else _name(person)
    you = viewer is not None and person == viewer
    initials = "".join(word[0] for word in name.split()[:1] + name.split()[1:][-1:]).upper()
    return {
        "sign": "you" if you else "",
        "initials": initials,
        "name": "You" if you and not named else name,
        "note": note,
    }


def _name(person: Any) -> str:
    return str(getattr(person, "name", "") or person.get_username())


@register.inclusion_tag("parts/who.html")
def sealed(name: str = "Reporter", *, note: str = "") -> dict[str, Any]:
    """Show somebody whose identity is sealed: no initials, no name of their own."""
    return {"sign": "sealed", "name": name, "note": note}


@register.simple_tag
def chip(text: object) -> SafeString:
    """Show a fact."""
    return format_html('<span class="ed-chip">{}</span>', text)


@register.simple_tag
def tag(text: object, state: str = "") -> SafeString:
    """Show a state that changes what you do next: good, warn, stop, hold, brand, solid or none."""
    return format_html(
        '<span class="ed-tag{}">{}</span>', f" ed-tag--{state}" if state else "", text
    )


@register.inclusion_tag("parts/track.html")
def track(steps: Iterable[Mapping[str, Any] | Any], *, across: bool = False) -> dict[str, Any]:
    """Show promises: a step has `when`, `title`, `text` and a `state`: kept, now, late or none."""
    return {"steps": steps, "across": across}


@register.inclusion_tag("parts/receipt.html")
def receipt(code: str, label: str = "Your receipt code") -> dict[str, Any]:
    """Show a code in groups of four, with what a script can do: copy, print, save."""
    symbols = "".join(symbol for symbol in code if symbol.isalnum())
    groups = [symbols[start : start + FOURS] for start in range(0, len(symbols), FOURS)]
    return {"groups": groups, "long": len(groups) > LONG_CODE, "label": label}


# -- figures and charts ---------------------------------------------------------------


@register.inclusion_tag("parts/figure.html")
def figure(name: str, value: float | str | None, **options: Any) -> dict[str, Any]:
    """Show one figure of the dashboard.

    Options: `unit` (“%”, “days”), `definition` (what is counted), `spark` (from common.charts),
    `trend` (“5 days faster”), `trend_state` (good, bad or none), `text` (the rest of the line).
    """
    # “Up 9 points on last year”, but “5 days faster. Benchmark 22”
    stop = ". " if options.get("text", "")[:1].isupper() else " "
    return {
        "name": name,
        "value": value,
        "id": f"{slugify(name)}-definition",
        "stop": stop,
        **options,
    }


@register.inclusion_tag("parts/chart.html")
def chart(drawn: Any) -> dict[str, Any]:
    """Show a `common.charts.Chart` under its heading, its key beside it, its table below."""
    return {"chart": drawn}
