"""What people write reaches the print as text, whatever it holds."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from common import typesetting

pytestmark = pytest.mark.req("CAS-10")
TEMPLATE = """
#let told = json(bytes(sys.inputs.told))
#set document(title: "x", date: datetime(year: 2026, month: 1, day: 1))
#set text(lang: "en")
= Words
#for one in told.lines [ #par[#one] ]
BEHIND
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("set") / "words.typ"
    path.write_text(TEMPLATE)
    return path


def read(template: Path, text: str) -> tuple[str, frozenset[str]]:
    told = {"lines": [typesetting.plain(text)]}
    printed = typesetting.pdf(template, "told", told, on=date(2026, 1, 1))
    found = PdfReader(BytesIO(printed.pdf))
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index] # pypdf's objects
    return "".join(page.extract_text() for page in found.pages), printed.unshown


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(text='#import "@preview/x:1.0.0": y')
@example(text="#pagebreak() $x$ *b* _i_ `c` \\ <a> @b // c /* d */ [e] = f")
@example(text="\x00\x07\u202eevil\u2066\ufffe\ud7ff\U000e0001")
@example(text="中文 日本語 한국어 😀 ไทย हिन्दी שלום مرحبا e\u0301\u0327\u0338")
@example(text="a" * 5000)
@given(text=st.text(st.characters(codec="utf-8"), max_size=80))
def test_whatever_is_written_is_set_and_nothing_of_it_is_markup(template: Path, text: str) -> None:
    found, _ = read(template, text)
    # what stands behind it stands there still, once
    assert found.rstrip().endswith("BEHIND")


def test_markup_is_read_as_it_was_written(template: Path) -> None:
    found, unshown = read(template, '#let x = 1; *not bold* [a] $y$ "z"')
    assert '#let x = 1; *not bold* [a] $y$ "z"' in found
    assert not unshown


def test_a_letter_without_a_shape_stands_by_its_number(template: Path) -> None:
    found, unshown = read(template, "It said 中 and no more.")
    assert "It said [U+4E2D] and no more." in found
    assert unshown == {"中"}


def test_a_text_knows_where_it_begins() -> None:
    assert typesetting.runs_right_to_left("… שלום")
    assert typesetting.runs_right_to_left("(مرحبا)")
    assert not typesetting.runs_right_to_left("12 plain שלום")
    assert not typesetting.runs_right_to_left("")
    assert typesetting.plain("a\u202eb\x00c\r\nd") == "abc\nd"
