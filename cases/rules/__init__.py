"""What follows from what was told: references, urgency, who is named, how long things last."""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from cases.lifecycle import Level
from common import keys
from files.rules.kinds import Why
from people.models import Person
from safes.rules import ALPHABET

# half of the 30 bits of a case's reference
HALF = 15
HALF_MASK = 2**HALF - 1
SUMMARY_LENGTH = 140
NARRATIVE_MAX = 20_000
# under which name the answers to a questionnaire stand beside the others, and the step that asks it
MORE = "more"
SHORTEST_NAME = 3
SHORTEST_TERM = 2
MOST_TERMS = 8
# letters on either side of a word that was found
EXCERPT = 90
# U+202A to U+202E and U+2066 to U+2069 (Unicode Standard Annex 9)
_DIRECTION = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# how long a draft is kept that nobody comes back to
DRAFT_LIFE = timedelta(days=14)
# what was said earlier than this is no report that somebody takes down now, but a slip
HEARD_WITHIN = timedelta(days=366)
# what was said earlier than this is asked about once more: promises run from that day
HEARD_LATELY = timedelta(days=7)
# how long a request for an original waits for a second person, and how long what they released
ORIGINAL_WAITS = timedelta(days=7)
ORIGINAL_LASTS = timedelta(hours=24)
# how long a bundle is kept, and how large its documents may be together: written within a request
BUNDLE_LASTS = timedelta(days=30)
BUNDLE_MAX = 300 * 2**20
# more files than this are no case of one office any more, but something that runs wild
FILES_OF_A_CASE = 500


def gravity(*, urgency: int, severity: int) -> Level:
    """Return the level by which an investigation is timed: danger first, then how severe it is."""
    return Level.DANGER if urgency == Level.DANGER else Level(severity)


def new_reference() -> str:
    """Return a concern's reference: random, since a number in order would tell the time."""
    return "C-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def new_entrance_code() -> str:
    """Return the code in the address of an entrance: nobody guesses it."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10)).lower()


def new_request_reference() -> str:
    """Return the reference of a request to open an identity: it tells nothing of the concern."""
    return "I-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def identity_binding(concern_id: UUID) -> bytes:
    """Return what a confidential reporter's identity is bound to: that concern and no other."""
    return f"identity|v1|{concern_id}".encode()


def case_reference(year: int, number: int) -> str:
    """Return a case's reference: from a number, in an order that only the server's key knows.

    Numbers in order would show by their gaps that there is a case which one may not see. A
    balanced Feistel network over 30 bits gives each number a reference of its own, so that none
    has to be looked for, which would tell too.
    """
    left, right = number >> HALF, number & HALF_MASK
    for turn in range(4):
        turned = f"{turn}/{right}".encode()
        digest = hmac.digest(keys.derived("case-reference"), turned, "sha256")
        left, right = right, left ^ (int.from_bytes(digest[:2]) & HALF_MASK)
    mixed = left << HALF | right
    symbols = [ALPHABET[mixed >> shift & 31] for shift in range(25, -1, -5)]
    return f"{year}-{''.join(symbols)}"


# a full stop after a title or an initial ends no sentence
_NO_END = "".join(
    rf"(?<!\b{title}\.)" for title in ("[A-Z]", "Dr", "Mr", "Mrs", "Ms", "Prof", "St")
)
_SENTENCE_ENDS = re.compile(rf"{_NO_END}(?<=[.!?…])\s")


def summary_of(narrative: str) -> str:
    """Return the first sentence of a narrative, cut at a word, to be known by in a list.

    Marks that turn the direction of text are left out: they would turn what stands beside it.
    """
    first, *_ = narrative.translate(_DIRECTION).strip().split("\n\n")
    text = " ".join(first.split())
    sentence = _SENTENCE_ENDS.split(text, maxsplit=1)[0]
    if len(sentence) <= SUMMARY_LENGTH:
        return sentence
    return sentence[:SUMMARY_LENGTH].rsplit(" ", 1)[0] + "…"


def urgency(*, in_danger: bool, is_grave: bool) -> Level:
    """Return the urgency with which a concern arrives; triage decides it."""
    if in_danger:
        return Level.DANGER
    return Level.HIGH if is_grave else Level.NORMAL


def named_in(
    about: str, narrative: str, persons: Iterable[Person], others: Iterable[str] = ()
) -> list[Person]:
    """Return those of `persons` who may be meant; `others` are full names that stand there too.

    In the answer to "who is it about" a first or last name is enough, unless it belongs to a full
    name that stands there; in the story, where others are mentioned too, only a full name counts,
    in either order.
    """
    names = {person: words for person in persons if (words := _words(person.name))}
    story, answer = f" {' '.join(_words(narrative))} ", f" {' '.join(_words(about))} "
    found = [person for person, words in names.items() if _in_full(words, story + answer)]
    for words in [*(names[person] for person in found), *map(_words, others)]:
        for full in _full_names(words):
            answer = answer.replace(f" {full} ", " ")
    left = {word for word in answer.split() if len(word) >= SHORTEST_NAME}
    found += [person for person, words in names.items() if left & {words[0], words[-1]}]
    return list(dict.fromkeys(found))


def named_in_full(text: str, names: Mapping[UUID, str]) -> set[UUID]:
    """Return whose full name stands in a text, in either order."""
    plain = f" {' '.join(_words(text))} "
    there = set(plain.split())
    found = {pk: words for pk, name in names.items() if there.issuperset(words := _words(name))}
    return {pk for pk, words in found.items() if words and _in_full(words, plain)}


def hinted_in(texts: Iterable[str], names: Mapping[UUID, str]) -> dict[str, list[UUID]]:
    """Return, by the word that stands in the texts, whose first or last name it may be.

    A hint to be looked at by somebody, which builds no wall.
    """
    bearers: dict[str, list[UUID]] = {}
    for pk, name in names.items():
        words = _words(name)
        for word in {words[0], words[-1]} if words else ():
            bearers.setdefault(word, []).append(pk)
    return {word: bearers[word] for word in like_names(texts) if word in bearers}


def like_names(texts: Iterable[str]) -> list[str]:
    """Return the words, each once, that are written like a name.

    With a capital, or in a script without them.
    """
    written = (word for text in texts for word in re.findall(r"\w+", text))
    plain = (_plain(word) for word in written if not word[0].islower())
    return list(dict.fromkeys(word for word in plain if len(word) >= SHORTEST_NAME))


def _full_names(words: list[str]) -> tuple[str, str]:
    return " ".join(words), f"{words[-1]} {words[0]}"


def _in_full(words: list[str], text: str) -> bool:
    return any(" " in name and f" {name} " in text for name in _full_names(words))


def _words(text: str) -> list[str]:
    """Return the words of a text in one case, without accents."""
    return re.findall(r"\w+", _plain(text).replace("_", " "))


def _plain(text: str) -> str:
    """Return a text in one case, without accents."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


# -- search by words -------------------------------------------------------------------------


_OF_CONCERN = re.compile(f"C[{ALPHABET}]{{8}}")
_OF_CASE = re.compile(f"[0-9]{{4}}[{ALPHABET}]{{6}}")
# the digits of the year with which the reference of a case begins
YEAR = 4
# what is written for another of the alphabet, as somebody hears or reads it
_ALIKE = str.maketrans("OIL", "011")


def reference_in(text: str) -> str:
    """Return the reference of a concern or a case that a text may be, or "" where it is none.

    Upper or lower case, dashes and spaces do not matter.
    """
    signs = re.sub(r"[\W_]+", "", text).upper().translate(_ALIKE)
    if _OF_CONCERN.fullmatch(signs):
        return f"C-{signs[1:]}"
    return f"{signs[:4]}-{signs[4:]}" if _OF_CASE.fullmatch(signs) else ""


def reference_begins(text: str) -> str:
    """Return how a reference begins of which the first signs were typed, as it is written.

    Upper or lower case, dashes and spaces do not matter.
    """
    signs = re.sub(r"[\W_]+", "", text).upper().translate(_ALIKE)
    head = 1 if signs.startswith("C") else YEAR
    return signs if len(signs) <= head else f"{signs[:head]}-{signs[head:]}"


def terms_of(typed: str) -> list[str]:
    """Return the words to look for, each once, in the form in which they are compared."""
    found = [word for word in _words(typed) if len(word) >= SHORTEST_TERM]
    return list(dict.fromkeys(found))[:MOST_TERMS]


def terms_in(terms: Collection[str], text: str) -> set[str]:
    """Return those of the terms with which a word of the text begins."""
    plain = _plain(text)
    return {term for term in terms if term in plain and re.search(rf"\b{term}", plain)}


class Excerpt(NamedTuple):
    """A few words around the first one that was looked for."""

    before: str
    word: str
    after: str


def excerpt_of(text: str, terms: Collection[str]) -> Excerpt:
    """Return the place in a text where a word first begins with one of the terms."""
    flat = " ".join(text.translate(_DIRECTION).split())
    starts = tuple(terms)
    for word in re.finditer(r"\w+", flat):
        if _plain(word[0]).startswith(starts):
            before, after = flat[: word.start()], flat[word.end() :]
            return Excerpt(_tail(before), word[0], _head(after))
    return Excerpt("", "", _head(flat))


def _head(text: str) -> str:
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + "…"


def _tail(text: str) -> str:
    return text if len(text) <= EXCERPT else "…" + text[-EXCERPT:].split(" ", 1)[-1]


# why there is no clean copy of a file, for whoever added it and for whoever would read it
WHY_WORDS = {
    Why.BROKEN: "It is damaged, or not what its name says.",
    Why.TWO_IN_ONE: "It is two kinds of file in one.",
    Why.TOO_MUCH: "It would grow far too large when it is opened.",
    Why.PROGRAM: "It holds a program.",
    Why.MARKUP: "It is a web page, a drawing or the like, and holds more than it shows.",
    Why.LOCKED: "It is locked with a password, so it could not be cleaned.",
    Why.UNKNOWN_PARTS: "It holds something that we cannot clean.",
    Why.INFECTED: "The malware scanner found something in it.",
    Why.NO_SCANNER: "The malware scanner does not answer, so it waits.",
    Why.TOO_LONG_TO_SCAN: "It is larger than the malware scanner takes.",
    Why.TOO_SLOW: "Cleaning it took too long.",
    Why.CRASHED: "Cleaning it failed.",
    Why.TOO_LATE: "It could not be cleaned in time.",
}
MAIL_KEEPS = (
    "The office reads the e-mail as plain text. Who wrote to whom, when, and every word stay "
    "readable. If these tell who you are, add a picture or PDF with them blacked out instead. "
    "Attached files are only listed: add those that matter one by one."
)
KEPT_APART = (
    "The original is kept sealed. The office opens it only if two people agree on a reason."
)


def client_index(name: str) -> bytes:
    """Return the blind index (32 bytes) of a client's name or number, however it is written.

    Accents, capitals, dots, dashes and spaces make no difference: “ACME-Werke 12”, “acme werke12”.
    """
    letters = "".join(sign for sign in _plain(name) if sign.isalnum())
    return hmac.digest(keys.derived("client-index"), letters.encode(), "sha256")
