"""Charts drawn on the server: what is hidden stays hidden, and every drawing can be heard."""

from xml.etree import ElementTree as ET

import pytest
from django.template import Context, Template

from common import charts
from common.charts import Chart, Words

WORDS = Words("More people ask", "Concerns by quarter", "Rising from 20 to 40.", "Quarter")


def grouped() -> Chart:
    return charts.grouped_bars(
        WORDS, ["Q1", "Q2"], [("Guidance", [20, "<11"]), ("Report", [30, None])]
    )


def level() -> Chart:
    return charts.bars(
        WORDS,
        [("Gifts", 45, 50), ("Retaliation", "<11", None)],
        value_name="Now",
        mark_name="Before",
    )


def spread() -> Chart:
    return charts.ranges(
        WORDS, [("Field", 8, 14, 31), ("Logistics", None, None, None)], benchmark=22
    )


def over_time() -> Chart:
    return charts.line(WORDS, [("Jun", 15), ("Jul", "<11"), ("Aug", 20)], value_name="Concerns")


def parsed(svg: str) -> ET.Element:
    """Return the elements of a drawing."""
    return ET.fromstring(svg)  # noqa: S314 -- our own markup


EVERY = pytest.mark.parametrize("drawn", [grouped(), level(), spread(), over_time()])


@EVERY
def test_every_chart_is_sound_markup_with_a_title_and_a_description(drawn: Chart) -> None:
    svg = parsed(drawn.svg)
    ids = (svg.get("aria-labelledby") or "").split()
    said = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    assert [said[each] for each in ids] == [WORDS.title, WORDS.description]


@EVERY
def test_every_chart_is_drawn_for_a_phone_too_and_keeps_inside_it(drawn: Chart) -> None:
    wide, narrow = parsed(drawn.svg), parsed(drawn.narrow)
    width = float((narrow.get("viewBox") or "").split()[2])
    assert width < 358 < float((wide.get("viewBox") or "").split()[2])
    shapes = [one for one in narrow.iter() if one.get("x")]
    assert shapes
    ends = [float(one.get("x", 0)) + float(one.get("width", 0)) for one in shapes]
    assert max(ends) <= width
    words = [[one.text for one in sheet.iter() if one.get("class")] for sheet in (wide, narrow)]
    assert sorted(filter(None, words[0])) == sorted(filter(None, words[1]))
    # both stand on one page
    ids = [[one.get("id") for one in sheet.iter() if one.get("id")] for sheet in (wide, narrow)]
    assert not set(ids[0]) & set(ids[1])


def test_in_a_narrow_drawing_a_name_stands_above_its_row() -> None:
    for drawn in (level(), spread()):
        svg = parsed(drawn.narrow)
        tops = [float(one.get("y", 0)) for one in svg.iter() if one.get("class") == "is-name"]
        figures = [float(one.get("y", 0)) for one in svg.iter() if one.get("class") == "is-strong"]
        assert tops[0] < figures[0] < tops[1]


@EVERY
def test_every_chart_has_its_figures_in_a_table(drawn: Chart) -> None:
    html = Template("{% chart drawn %}").render(Context({"drawn": drawn}))
    assert "More people ask" in html
    assert "Show the figures" in html
    assert all(len(values) == len(drawn.table.columns) - 1 for _, values in drawn.table.rows)


@EVERY
def test_no_chart_carries_a_style_or_a_script(drawn: Chart) -> None:
    assert "style=" not in drawn.svg
    assert "<script" not in drawn.svg


def heights(drawn: Chart, css: str) -> list[float]:
    return [
        float(r.get("height", 0)) for r in parsed(drawn.svg).iter("rect") if r.get("class") == css
    ]


def test_a_hidden_count_is_drawn_as_ten_whatever_it_is() -> None:
    drawn = charts.grouped_bars(WORDS, ["Q1"], [("Guidance", ["<11"]), ("Report", [40])])
    [hidden], [forty] = heights(drawn, "hid"), heights(drawn, "p3")
    assert (hidden + 1) * 4 == pytest.approx(forty + 0.7, abs=0.5)
    assert "&lt;11" in drawn.svg


def test_bars_stand_in_proportion() -> None:
    [first, second] = heights(
        charts.grouped_bars(WORDS, ["Q1", "Q2"], [("Guidance", [20, 40])]), "p1"
    )
    assert (second + 0.7) / (first + 0.7) == pytest.approx(2, abs=0.01)


def test_a_chart_without_figures_is_still_a_chart() -> None:
    assert "<svg" in charts.grouped_bars(WORDS, [], [("Guidance", [])]).svg
    assert "<svg" in charts.bars(WORDS, [], value_name="Now").svg
    assert "<svg" in charts.ranges(WORDS, []).svg
    assert "<svg" in charts.line(WORDS, [], value_name="Now").svg


def test_large_figures_keep_inside_the_drawing() -> None:
    drawn = charts.grouped_bars(WORDS, ["Q1"], [("Guidance", [99_995])])
    assert max(heights(drawn, "p1")) <= 218


def test_names_are_escaped() -> None:
    drawn = charts.bars(WORDS, [("<b>Gifts & more</b>", 20, None)], value_name="Now")
    assert "&lt;b&gt;Gifts &amp; more&lt;/b&gt;" in drawn.svg


def test_a_line_breaks_where_a_month_is_hidden() -> None:
    assert over_time().svg.count("<polyline") == 2


def test_a_spark_says_in_words_what_it_shows() -> None:
    svg = charts.spark("Falling from 24 to 17", [24, None, 18, 17], benchmark=22)
    assert 'aria-label="Falling from 24 to 17"' in svg
    assert 'class="bench"' in svg
    parsed(svg)


def test_one_point_is_no_line() -> None:
    assert charts.spark("One month", [24, None, "<11"]) == ""
