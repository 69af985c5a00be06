"""What scripts are told at: milestones, to whom, and the blanks that a case fills. Pure."""

import re
from collections.abc import Iterator, Mapping

from django.db.models import TextChoices


class Milestone(TextChoices):
    """At what point of a case somebody is told something."""

    ACKNOWLEDGED = "acknowledged", "We have it"
    BEGUN = "begun", "It is being looked into"
    UPDATE = "update", "How it goes"
    DELAY = "delay", "It takes longer"
    HEARING = "hearing", "They are to be heard"
    OUTCOME = "outcome", "What came of it"
    CLOSED = "closed", "It is closed"
    REOPENED = "reopened", "It is taken up again"


class Audience(TextChoices):
    """To whom something is told."""

    REPORTER = "reporter", "The reporter"
    AFFECTED = "affected", "Somebody affected"
    SUBJECT = "subject", "Whom it is about"


class Approval(TextChoices):
    """Whether another person reads a text before it goes."""

    NEVER = "never", "Nobody: whoever sends it signs it alone"
    CHANGED = "changed", "Another person, where the text was changed"
    ALWAYS = "always", "Another person, always"


# an outcome is told by two, whatever the script says
BY_TWO = frozenset({Milestone.OUTCOME})


class Blank(TextChoices):
    """What a case fills in; the names of nobody."""

    REFERENCE = "reference", "the reference"
    FILED = "filed", "the day on which it was filed"
    UNTIL = "until", "the day by which they hear again"


# on which day it was filed tells whom it is about when somebody spoke
OF_ANYBODY = frozenset({Blank.REFERENCE, Blank.UNTIL})
BLANKS: Mapping[Audience, frozenset[Blank]] = {
    Audience.REPORTER: OF_ANYBODY | {Blank.FILED},
    Audience.AFFECTED: OF_ANYBODY,
    Audience.SUBJECT: OF_ANYBODY,
}
_BLANK = re.compile(r"\{([^{}]*)\}")
# What stands in square brackets, the wide ones of Chinese and Japanese too: a gap may be one word,
# or be written without spaces. Numbers alone are a note.
_BRACKET = re.compile(r"[\[\uff3b]([^\[\]\uff3b\uff3d]*)[\]\uff3d]")
_NOTE = re.compile(r"[\d\s,;\u2013-]*\d[\d\s,;\u2013-]*")


def flaws(text: str, audience: Audience) -> Iterator[str]:
    """Yield why a text can be no script for somebody, each a sentence."""
    known = BLANKS[audience]
    for name in dict.fromkeys(_BLANK.findall(text)):
        if name not in {one.value for one in known}:
            offered = ", ".join(f"{{{one}}}" for one in Blank if one in known)
            yield f"Nothing fills the blank {{{name}}} here. There are {offered}."
    if re.search(r"[{}]", _BLANK.sub("", text)):
        yield "A curly bracket stands alone. A blank is written {like this}."
    if re.search(r"[\[\]\uff3b\uff3d]", _BRACKET.sub("", text)):
        yield "A square bracket stands alone. What is to be written stands [in square brackets]."


def filled(text: str, values: Mapping[Blank, str]) -> str:
    """Return a script with its blanks filled; a line whose blank has no value is left out."""
    lines = [
        _BLANK.sub(lambda found: values[Blank(found[1])], line)
        for line in text.splitlines()
        if all(values.get(Blank(name)) for name in _BLANK.findall(line))
    ]
    # what was left out leaves no hole
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def gaps_in(text: str) -> list[str]:
    """Return what is still to be written, [in square brackets], and blanks that stayed open."""
    blanks = [found[0] for found in _BLANK.finditer(text) if found[1] in Blank.values]
    gaps = [found[0] for found in _BRACKET.finditer(text) if not _NOTE.fullmatch(found[1])]
    return [*gaps, *blanks]


def is_other(text: str, script: str) -> bool:
    """Return whether a text says something else than a script that was filled: spaces aside."""
    return text.split() != script.split()
