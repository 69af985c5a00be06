"""What follows from what was told: references, urgency, who is named, what a file is. Pure."""

import re
import secrets
from collections.abc import Iterable
from datetime import timedelta

from cases.lifecycle import Level
from people.models import Person
from safes.rules import ALPHABET

SUMMARY_LENGTH = 140
NARRATIVE_MAX = 20_000
# how long a draft is kept that nobody comes back to
DRAFT_LIFE = timedelta(days=14)


def new_reference() -> str:
    """Return a concern's reference: random, since a number in order would tell the time."""
    return "C-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def summary_of(narrative: str) -> str:
    """Return the first sentence of a narrative, cut at a word, to be known by in a list."""
    text = " ".join(narrative.split())
    sentence = re.split(r"(?<=[.!?…])\s", text, maxsplit=1)[0]
    if len(sentence) <= SUMMARY_LENGTH:
        return sentence
    return sentence[:SUMMARY_LENGTH].rsplit(" ", 1)[0] + "…"


def urgency(*, in_danger: bool, is_grave: bool) -> Level:
    """Return the urgency with which a concern arrives; triage decides it."""
    if in_danger:
        return Level.DANGER
    return Level.HIGH if is_grave else Level.NORMAL


def named_in(text: str, persons: Iterable[Person]) -> list[Person]:
    """Return those of `persons` whose full name or user name stands in a text.

    One word alone names nobody: a first name in a story would wall off whoever shares it.
    """
    words = f" {_words(text)} "
    return [
        person
        for person in persons
        if any(
            " " in known and f" {known} " in words
            for known in (_words(person.name), _words(person.username))
        )
    ]


def _words(text: str) -> str:
    """Return the words of a text, in one case and one space apart."""
    return " ".join(re.findall(r"\w+", text.casefold()))


# What a file is, by its first bytes; by its name we believe nothing.
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
}
TEXT = "text/plain"
EXTENSIONS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", TEXT: "txt"}


def media_type(content: bytes) -> str | None:
    """Return the type of a file that we take (PDF, PNG, JPEG, plain text), or None."""
    for kind, starts in SIGNATURES.items():
        if content.startswith(starts):
            return kind
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return TEXT if text and all(c.isprintable() or c in "\n\r\t\ufeff" for c in text) else None
