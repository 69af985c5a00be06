"""A concern is known in lists by its first sentence."""

import pytest

from cases.rules import SUMMARY_LENGTH, summary_of


@pytest.mark.parametrize(
    ("narrative", "summary"),
    [
        ("He shouted at me. Then he left.", "He shouted at me."),
        ("Dr. R. Lindquist forced me to sign. I did.", "Dr. R. Lindquist forced me to sign."),
        ("Was that right? I think not.", "Was that right?"),
        ("No full stop\nand a second line\n\nAnother paragraph", "No full stop and a second line"),
    ],
)
def test_a_summary_is_the_first_sentence(narrative: str, summary: str) -> None:
    assert summary_of(narrative) == summary


def test_a_long_sentence_is_cut_at_a_word() -> None:
    summary = summary_of("endlessly " * 60)
    assert len(summary) <= SUMMARY_LENGTH + 1
    assert summary.endswith("endlessly…")
