"""The parts of the interface, rendered from the tags that pages use."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from common.fields import DateParts, Described

NOW = datetime(2026, 11, 21, 22, 8, tzinfo=UTC)


def shown(markup: str, **context: Any) -> str:
    """Return what the tags make, in one line."""
    return " ".join(Template(markup).render(Context(context)).split())


def clock(state: str, *, gone: timedelta, left: timedelta, **more: Any) -> str:
    timed = SimpleNamespace(
        label="to acknowledge",
        state=state,
        started_at=NOW - gone,
        due_at=NOW + left,
        met_at=None,
    )
    timed.__dict__.update(more)
    return shown("{% clock timed now %}", timed=timed, now=NOW)


@pytest.mark.parametrize(
    ("ends", "day", "moment"),
    [
        (datetime(2026, 11, 27, tzinfo=UTC), "26 November", "26 November, 24:00"),
        (datetime(2026, 11, 27, 17, tzinfo=UTC), "27 November", "27 November, 17:00"),
    ],
)
def test_what_ends_at_midnight_ends_with_the_day_before(
    ends: datetime, day: str, moment: str
) -> None:
    assert f">{day}<" in shown("{% until ends %}", ends=ends, now=NOW)
    assert f">{moment}<" in shown("{% until_when ends %}", ends=ends, now=NOW)


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        (timedelta(seconds=3), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=19, minutes=59), "19 h"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
        (timedelta(days=89, hours=4), "89 d"),
        (timedelta(hours=-2), "2 h"),
    ],
)
def test_a_span_is_said_in_two_units_at_most(delta: timedelta, words: str) -> None:
    assert shown("{% span delta %}", delta=delta) == words


def test_a_day_names_its_year_only_where_it_is_another_year() -> None:
    assert ">21 November</time>" in shown("{% day on %}", on=date(2026, 11, 21), now=NOW)
    assert ">9 February 2027</time>" in shown("{% day on %}", on=date(2027, 2, 9), now=NOW)
    assert ">21 November 2026</time>" in shown("{% day on %}", on=date(2026, 11, 21))
    assert shown("{% day on %}", on=None) == ""


def test_a_moment_is_told_in_the_zone_of_the_office(settings: Any) -> None:
    settings.OFFICE_ZONE = "Europe/Berlin"
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert ">Today 00:30</time>" in shown("{% when at %}", at=late, now=NOW)
    assert ">Yesterday 11:00</time>" in shown(
        "{% when at %}", at=late - timedelta(hours=13.5), now=NOW
    )
    assert ">9 November, 11:05</time>" in shown(
        "{% when at %}", at=datetime(2026, 11, 9, 10, 5, tzinfo=UTC), now=NOW
    )


def test_a_hidden_count_is_marked_and_an_unknown_one_is_heard() -> None:
    assert shown("{% count n %}", n="<11") == '<span class="ed-hidden">&lt;11</span>'
    assert "not shown" in shown("{% count n %}", n=None)
    assert shown("{% count n %}", n=48213) == "48,213"
    assert shown("{% count n %}", n=0.1 + 0.2) == "0.3"
    assert shown("{% count n %}", n=0) == "0"


def test_a_running_clock_says_how_long_and_what_for() -> None:
    html = clock("running", gone=timedelta(days=3), left=timedelta(days=3, hours=4))
    assert "<b>3 d 4 h</b>" in html
    assert "to acknowledge" in html
    assert 'stroke-dasharray="51 100"' in html
    assert 'data-due="2026-11-25T02:08:00+00:00"' in html


def test_a_clock_with_less_than_a_fifth_left_is_due_soon() -> None:
    assert "ed-clock--soon" in clock("running", gone=timedelta(hours=149), left=timedelta(hours=19))
    assert "ed-clock--soon" not in clock(
        "running", gone=timedelta(hours=76), left=timedelta(hours=19)
    )


@pytest.mark.parametrize("state", ["running", "breached"])
def test_a_clock_past_its_time_is_over_even_before_the_sweep_has_seen_it(state: str) -> None:
    html = clock(state, gone=timedelta(days=7), left=timedelta(hours=-2))
    assert "ed-clock--over" in html
    assert "<b>2 h over</b>" in html


def test_a_clock_that_is_met_counts_no_more() -> None:
    html = clock("met", gone=timedelta(days=2), left=timedelta(days=5), met_at=NOW)
    assert "<b>Met</b>" in html
    assert "data-due" not in html


def test_a_promise_met_late_says_so() -> None:
    html = clock("met", gone=timedelta(days=8), left=timedelta(days=-1), met_at=NOW)
    assert "<b>Met 1 d late</b>" in html
    assert "ed-clock--met" not in html


@pytest.mark.parametrize(("state", "word"), [("paused", "Paused"), ("cancelled", "Stopped")])
def test_a_clock_that_stands_has_its_own_word(state: str, word: str) -> None:
    html = clock(state, gone=timedelta(days=2), left=timedelta(days=5))
    assert f"<b>{word}</b>" in html
    assert "data-due" not in html


def test_gravity_is_a_word_beside_its_bars() -> None:
    html = shown("{% gravity level %}", level=4)
    assert html.count("is-on") == 4
    assert "Someone may be in danger" in html
    assert "Not weighed yet" in shown("{% gravity level %}", level=None)


def test_the_viewer_is_you_and_nobody_is_nobody_yet() -> None:
    ruth, jo = SimpleNamespace(name="Ruth Lindqvist"), SimpleNamespace(name="Jo")
    assert ">You" in shown("{% who person viewer %}", person=ruth, viewer=ruth)
    other = shown("{% who person viewer %}", person=ruth, viewer=jo)
    assert ">RL<" in other
    assert "Ruth Lindqvist" in other
    assert "Nobody yet" in shown("{% who person viewer %}", person=None, viewer=ruth)


def test_a_sealed_person_has_no_initials() -> None:
    html = shown('{% sealed "Reporter, confidential" %}')
    assert "ed-who__sign--sealed" in html
    assert 'aria-hidden="true"></span>' in html


def test_names_are_escaped() -> None:
    assert "<script>" not in shown("{% who name %}{% tag name %}{% chip name %}", name="<script>")


def test_a_receipt_is_read_in_fours() -> None:
    html = shown("{% receipt code %}", code="k7qf-29md xw4t8rpac3vj6nhbze5y")
    assert html.count("<span>") == 7
    assert "<span>k7qf</span><span>29md</span>" in html.replace("> <", "><")
    assert "hidden>Copy" in html


def test_a_track_says_in_words_what_was_kept_and_what_was_late() -> None:
    html = shown("{% track steps %}", steps=[{"state": "late", "title": "First advice"}])
    assert "is-late" in html
    assert '<span class="ed-sr">Late:</span> First advice' in html


# -- forms ----------------------------------------------------------------------------


class Everything(forms.Form):
    place = forms.CharField(label="Where it happened", help_text="A place, not a person.")
    story = forms.CharField(label="What happened", widget=forms.Textarea)
    unit = forms.ChoiceField(label="Unit", choices=[("a", "Field services")])
    still = forms.ChoiceField(
        label="Is it still going on?",
        widget=forms.RadioSelect,
        choices=[("y", "Yes"), ("n", "No")],
        error_messages={"required": "Choose one."},
    )
    mode = forms.ChoiceField(
        label="How do you want to be known?",
        widget=forms.RadioSelect,
        choices=[("a", Described("Anonymous", follows=[("Who knows it is you", "Nobody")]))],
    )
    who = forms.MultipleChoiceField(
        label="Who", widget=forms.CheckboxSelectMultiple, choices=[("c", "The client")]
    )
    on = DateParts(label="When was it?")
    file = forms.FileField(label="Add a file")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    kept = forms.BooleanField(label="I have kept it")
    token = forms.CharField(widget=forms.HiddenInput)


def rendered(name: str, data: dict[str, str] | None = None) -> str:
    return shown("{% field bound %}", bound=Everything(data)[name])


def test_a_field_has_its_label_then_its_hint_then_its_control() -> None:
    html = rendered("place")
    order = ["<label", "Where it happened", "A place, not a person.", "<input"]
    assert sorted(order, key=html.index) == order
    assert 'for="id_place"' in html
    assert 'aria-describedby="id_place_hint"' in html
    assert "aria-invalid" not in html


def test_a_wrong_field_says_so_to_the_eye_and_the_ear() -> None:
    html = rendered("place", {})
    assert "ed-field--error" in html
    assert '<span class="ed-sr">Error:</span>' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_place_hint id_place_error"' in html
    assert "“Where it happened” has no answer yet." in html


def test_a_group_of_answers_is_a_fieldset_with_its_question() -> None:
    html = rendered("still", {})
    assert '<legend class="ed-legend"> Is it still going on? </legend>' in html
    assert 'aria-describedby="id_still_error"' in html
    assert html.count('type="radio"') == 2
    assert '<label for="id_still_0">Yes</label>' in html
    assert rendered("who").count("ed-check") == 1


def test_an_answer_that_says_what_follows_is_shown_as_a_choice() -> None:
    html = rendered("mode")
    assert 'class="ed-choice__input"' in html
    assert 'aria-describedby="id_mode_0_follows"' in html
    assert "<dt>Who knows it is you</dt>" in html
    assert "checked" not in html


def test_a_wrong_date_marks_the_part_that_is_wrong_and_keeps_the_rest() -> None:
    html = rendered("on", {"on_day": "31", "on_month": "9", "on_year": "2026"})
    assert html.count("aria-invalid") == 1
    assert 'value="31"' in html
    assert 'for="id_on_2">Year' in html


def test_a_password_can_be_shown_once_a_script_is_there() -> None:
    html = rendered("password", {"password": "grey heron"})
    assert "hidden>Show" in html
    assert "grey heron" not in html


@pytest.mark.parametrize(
    ("name", "css"),
    [("story", "ed-textarea"), ("unit", "ed-select"), ("file", "ed-file"), ("kept", "ed-check")],
)
def test_every_sort_of_control_has_its_dress(name: str, css: str) -> None:
    html = rendered(name)
    assert css in html
    assert f'for="id_{name}"' in html


def test_a_hidden_field_is_only_itself() -> None:
    assert rendered("token") == '<input type="hidden" name="token" id="id_token">'


def test_a_question_can_be_the_heading_of_its_page() -> None:
    assert "<h1>" in shown("{% field bound heading=True %}", bound=Everything()["still"])
    assert "<h1>" in shown("{% field bound heading=True %}", bound=Everything()["story"])


def test_the_summary_leads_to_each_control_that_is_wrong() -> None:
    form = Everything({"on_day": "31", "on_month": "9", "on_year": "2026", "place": "Leith"})
    form.add_error(None, "These two do not fit together.")
    html = shown("{% errors form %}", form=form)
    assert "Ten" not in html
    assert "answers need another look. The rest is kept." in html
    assert '<a href="#id_on_0">September has 30 days.</a>' in html
    assert '<a href="#id_still_0">Choose one.</a>' in html
    assert '<a href="#id_kept">' in html
    assert "<li> These two do not fit together. </li>" in html
    assert "#id_place" not in html


def test_one_wrong_answer_is_spoken_of_as_one() -> None:
    class Short(forms.Form):
        place = forms.CharField()

    assert "One answer needs another look." in shown("{% errors form %}", form=Short({}))


def test_no_summary_stands_where_nothing_is_wrong() -> None:
    assert shown("{% errors form %}", form=Everything()) == ""
