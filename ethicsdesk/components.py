"""The sheet of every part in every state: looked at, tested, and read before a page is made."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common import charts
from common.fields import DateParts, Described

# A fixed moment, so that the sheet looks the same every day.
NOW = datetime(2026, 11, 20, 22, 4, tzinfo=UTC)
UNITS = [("", "Choose"), ("field", "Field services"), ("care", "Care at home")]
STILL = [("yes", "Yes"), ("no", "No"), ("unknown", "I do not know")]
QUESTIONS = ("Who knows it is you", "We can ask you things", "We can protect you")


def _mode(label: str, *answers: str) -> Described:
    return Described(label, follows=tuple(zip(QUESTIONS, answers, strict=True)))


MODES = [
    ("a", _mode("Anonymous", "Nobody", "Only with the receipt", "As far as we can guess")),
    (
        "c",
        _mode("Confidential", "Nobody, unless a custodian agrees", "Yes, without your name", "Yes"),
    ),
    ("n", _mode("Named", "Those who work on it", "Yes, in person too", "Yes, from the first day")),
]


class Fields(forms.Form):
    """One field of each sort, with what is said where its answer is missing or wrong."""

    place = forms.CharField(
        label="Where it happened",
        help_text="A place, not a person.",
        error_messages={"required": "Write where it happened, or “I do not know”."},
    )
    unit = forms.ChoiceField(
        label="Unit",
        choices=UNITS,
        error_messages={"required": "Choose the unit it concerns."},
    )
    words = forms.CharField(
        label="What happened",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write at least one sentence."},
    )
    affected = forms.MultipleChoiceField(
        label="Who may be affected",
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("client", "The client"),
            ("tenants", Described("Tenants of the building", hint="They rely on the test.")),
            ("nobody", "Nobody"),
        ],
        error_messages={"required": "Tick at least one, or “Nobody”."},
    )
    still = forms.ChoiceField(
        label="Is it still going on?",
        widget=forms.RadioSelect,
        choices=STILL,
        error_messages={"required": "Choose one. “I do not know” is an answer."},
    )
    date = DateParts(label="When was it?", help_text="For example 14 10 2026.")
    file = forms.FileField(
        label="Add a file",
        help_text="Up to 8 MB. We take off who wrote it and where.",
        error_messages={"required": "Choose a file, or tell us what it shows."},
    )
    password = forms.CharField(
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Write your password."},
    )
    kept = forms.BooleanField(
        label="I have kept it where only I look",
        error_messages={"required": "Keep the receipt first: it is shown this once."},
    )


class Door(forms.Form):
    """What the reporter's door asks, at its own size."""

    mode = forms.ChoiceField(
        label="How do you want to be known?", widget=forms.RadioSelect, choices=MODES
    )
    when = DateParts(label="When was it?", help_text="The year alone is enough.")


class Timed(NamedTuple):
    """A clock as the sheet needs it."""

    label: str
    state: str
    started_at: datetime
    due_at: datetime
    met_at: datetime | None = None


def components(request: HttpRequest) -> HttpResponse:
    """Show the sheet."""
    sheet: dict[str, Any] = {
        "now": NOW,
        "blank": _fields("blank"),
        "focus": _fields("focus", _in_focus),
        "wrong": Fields(
            {"wrong-date_day": "31", "wrong-date_month": "9", "wrong-date_year": "2026"},
            prefix="wrong",
            auto_id="%s",
        ),
        "off": _fields("off", _not_now),
        "door": Door({"mode": "c", "when_year": "26"}, auto_id="door_%s"),
        "modes": Door(auto_id="modes_%s"),
        "clocks": _clocks(),
        "levels": [1, 2, 3, 4, None],
        "states": _STATES,
        "steps": _STEPS,
        "code": "K7QF29MDXW4T8RPAC3VJ6NHBZE5Y",
        "bars": _bars(),
        "level_bars": _level_bars(),
        "ranges": _ranges(),
        "line": _line(),
        "spark": charts.spark(
            "Falling from 24 to 17 days, below the benchmark of 22",
            [24, 23, 25, 22, 21, 22, None, 20, 18, 18, 17, 17],
            benchmark=22,
        ),
    }
    return render(request, "components.html", sheet)


def _fields(prefix: str, change: Callable[[forms.Field], None] | None = None) -> Fields:
    form = Fields(prefix=prefix, auto_id="%s")
    if change is not None:
        for field in form.fields.values():
            change(field)
    return form


def _in_focus(field: forms.Field) -> None:
    field.widget.attrs["class"] = "is-focus"


def _not_now(field: forms.Field) -> None:
    field.disabled = True


_STATES = [
    ("Planned", ""),
    ("In assessment", "brand"),
    ("In force", "good"),
    ("Review due", "warn"),
    ("Prohibited", "stop"),
    ("Walled", "hold"),
    ("Breached", "solid"),
]

_STEPS = [
    {
        "state": "kept",
        "when": "12 November",
        "title": "First reply",
        "text": "Promised by 16 November.",
    },
    {
        "state": "late",
        "when": "18 November",
        "title": "First advice",
        "text": "Promised by 17 November. One day late: we asked a lawyer first.",
    },
    {"state": "now", "when": "Now", "title": "Your answer", "text": "No hurry."},
    {
        "state": "",
        "when": "By 9 February 2027",
        "title": "Outcome",
        "text": "What was done, and why.",
    },
]


def _clocks() -> list[tuple[str, Timed]]:
    def timed(label: str, state: str, gone: float, left: float, met: float | None = None) -> Timed:
        """Return a clock that started `gone` hours ago, with `left` to go, met `met` ago."""
        return Timed(
            label,
            state,
            NOW - timedelta(hours=gone),
            NOW + timedelta(hours=left),
            None if met is None else NOW - timedelta(hours=met),
        )

    return [
        ("Running", timed("to acknowledge", "running", 47, 76)),
        ("Due soon, under a fifth left", timed("to acknowledge", "running", 149, 19)),
        ("Breached", timed("first call", "breached", 26, -2)),
        ("Paused", timed("asked reporter", "paused", 30, 40)),
        ("Met", timed("acknowledged", "met", 100, 68, 20)),
        ("Met, but late", timed("acknowledged", "met", 200, -32, 6)),
        ("Stopped", timed("taken back", "cancelled", 100, 68)),
    ]


def _bars() -> charts.Chart:
    return charts.grouped_bars(
        charts.Words(
            heading="More people ask before they act",
            title="Concerns by quarter and kind",
            description="Guidance requests doubled from 20 to 40; reports stayed between 25 and "
            "30; exceptions rose from fewer than 11 to 20.",
            rows="Quarter",
        ),
        ["Dec to Feb", "Mar to May", "Jun to Aug", "Sep to Nov"],
        [
            ("Guidance", [20, 25, 30, 40]),
            ("Report", [30, 30, 25, 30]),
            ("Exception", ["<11", 15, 15, 20]),
        ],
    )


def _level_bars() -> charts.Chart:
    return charts.bars(
        charts.Words(
            heading="What it is about",
            title="Concerns by category, against last year",
            description="False records and hardship lead with 65 each. Retaliation is below 11.",
            rows="Category",
        ),
        [
            ("False records", 65, 50),
            ("Gifts and pressure", 45, 50),
            ("Hardship", 65, 40),
            ("Privacy", 30, None),
            ("Retaliation", "<11", "<11"),
        ],
        value_name="This year",
        mark_name="Last year",
    )


def _ranges() -> charts.Chart:
    return charts.ranges(
        charts.Words(
            heading="Days to close, by unit",
            title="Median days to close, by unit",
            description="Customer support closes fastest at 9 days; Corporate slowest at 26.",
            rows="Unit",
        ),
        [
            ("Field services", 8, 14, 31),
            ("Customer support", 5, 9, 17),
            ("Corporate", 17, 26, 44),
            ("Logistics", None, None, None),
        ],
        benchmark=22,
        hidden="Not shown: fewer than 11 closed cases",
    )


def _line() -> charts.Chart:
    months = ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
    return charts.line(
        charts.Words(
            heading="July is too small to show",
            title="Concerns by month",
            description="Between 15 and 40 a month, rising; July is below 11.",
            rows="Month",
        ),
        list(zip(months, [15, "<11", 20, 25, 30, 40], strict=True)),
        value_name="Concerns",
    )
