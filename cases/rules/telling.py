"""How a case fills the blanks of a script, and how long somebody may be kept waiting. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

from policies.rules.scripts import Blank, Milestone

# nobody is told to wait longer than this
LONGEST_WAIT = timedelta(days=183)
# what is told before there is a case
BEFORE_A_CASE = frozenset({Milestone.ACKNOWLEDGED, Milestone.DELAY, Milestone.UPDATE})


def in_words(day: date | None, language: str) -> str:
    """Return a day as a text in a language has it: in words in English, else by ISO 8601."""
    if day is None:
        return ""
    return f"{day.day} {day:%B %Y}" if language == "en" else day.isoformat()


def values(
    *, reference: str, filed_on: date | None, until: date | None, language: str
) -> Mapping[Blank, str]:
    """Return with what the blanks of a script are filled."""
    return {
        Blank.REFERENCE: reference,
        Blank.FILED: in_words(filed_on, language),
        Blank.UNTIL: in_words(until, language),
    }
