"""The entries of a timeline, whatever they come from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cases.models import Note
from people.models import Person
from safes.access import Where

REPORTER = "Reporter"
# what the timeline can be narrowed to, as it stands in the address
KINDS = {"": "Everything", "notes": "Notes", "messages": "Messages", "decisions": "Decisions"}
ONLY = {
    "notes": frozenset(Note.Kind.values),
    "messages": frozenset({"filed", "message", "reply"}),
    "decisions": frozenset({"decision"}),
}


@dataclass(frozen=True)
class Item:
    """One entry of the timeline.

    It is sorted by `moment`; `shown` is as precise as may be kept: of what an anonymous reporter
    does, the day alone. Its words are sealed at `place`, and stand in `text` once opened.
    """

    moment: datetime
    shown: date
    who: str
    did: str
    mark: str = ""
    note: str = ""
    lead: str = ""
    place: Where | None = None
    text: str | None = None
    foot: Sequence[str] = ()
    is_signed: bool = False

    @property
    def is_timed(self) -> bool:
        """Return whether the time of the day may be shown."""
        return isinstance(self.shown, datetime)


def places(items: Iterable[Item]) -> list[Where]:
    """Return where the words of these items are sealed."""
    return [item.place for item in items if item.place is not None]


def opened(items: Iterable[Item], texts: Mapping[Where, str]) -> list[Item]:
    """Return the items with what could be opened of their words, the newest first."""
    read = [replace(item, text=texts.get(item.place)) if item.place else item for item in items]
    return sorted(read, key=lambda item: item.moment, reverse=True)


def only(items: Iterable[Item], kind: str) -> list[Item]:
    """Return the items of one kind of `KINDS`; of any other word, all."""
    marks = ONLY.get(kind)
    return [item for item in items if marks is None or item.note in marks]


def name_of(person: Person | None, viewer: Person) -> str:
    """Return who did something, as the viewer reads it."""
    if person is None:
        return REPORTER
    return "You" if person == viewer else person.name


def mark_of(person: Person, viewer: Person) -> str:
    """Return how it is marked that somebody did something: one's own stands out."""
    return "you" if person == viewer else ""
