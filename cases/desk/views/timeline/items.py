"""The entries of a timeline, whatever they come from, and the page of it that is shown."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from cases.lifecycle import Area
from cases.models import Note
from people.models import Person
from safes.access import Where

REPORTER = "Reporter"
# entries on one page of a timeline
PAGE = 100
# before anything that could stand on one
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# what the timeline can be narrowed to, as it stands in the address
KINDS = {
    "": "Everything",
    "messages": "Messages",
    "notes": "All notes",
    "contemporaneous": "Contemporaneous",
    "quotes": "Quotes",
    "observations": "Observations",
    "analyses": "Analyses",
    "decisions": "Decisions",
}
# for those who see what was filed, and beside these for those who may see it
TALK, ADVICE = "messages", "advice"


def kinds_for(areas: Collection[str]) -> dict[str, str]:
    """Return to what somebody can narrow a timeline who sees these areas."""
    told = {one: label for one, label in KINDS.items() if one != TALK or Area.CONCERNS in areas}
    return {**told, **({ADVICE: "Legal advice"} if Area.LEGAL in areas else {})}


ONLY = {
    "messages": frozenset({"filed", "message", "reply"}),
    "notes": frozenset(Note.Kind.values),
    "contemporaneous": frozenset({Note.Kind.NOTE.value}),
    "quotes": frozenset({Note.Kind.QUOTE.value}),
    "observations": frozenset({Note.Kind.OBSERVATION.value}),
    "analyses": frozenset({Note.Kind.ANALYSIS.value}),
    "decisions": frozenset({Note.Kind.DECISION.value}),
    ADVICE: frozenset({Note.Kind.ADVICE.value}),
}


class Link(NamedTuple):
    """Where an entry leads, and what it says there."""

    url: str
    label: str


@dataclass(frozen=True)
class Item:
    """One entry of the timeline.

    It is sorted by `moment`, then by `key`; `shown` is as precise as may be kept: of what an
    anonymous reporter does, the day alone. Its words are sealed at `place`, and stand in `text`
    once opened; what lies beside them as `fields` stands in `told`.
    """

    moment: datetime
    key: str
    shown: date
    who: str
    did: str
    mark: str = ""
    note: str = ""
    lead: str = ""
    # when it happened and who said it, below the words
    about: str = ""
    place: Where | None = None
    fields: Sequence[str] = ()
    text: str | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    foot: Sequence[str] = ()
    link: Link | None = None
    is_signed: bool = False
    # of a quote: the part in the matter of whoever said it
    source: str = ""

    @property
    def is_timed(self) -> bool:
        """Return whether the time of the day may be shown."""
        return isinstance(self.shown, datetime)


def places(items: Iterable[Item]) -> list[Where]:
    """Return where the words of these items are sealed."""
    return [
        place
        for item in items
        if item.place is not None
        for place in (item.place, *((item.place[0], name) for name in item.fields))
    ]


def opened(items: Iterable[Item], texts: Mapping[Where, str]) -> list[Item]:
    """Return the items with what could be opened of their words, the newest first."""
    return sorted((_opened(item, texts) for item in items), key=_place_of, reverse=True)


def _opened(item: Item, texts: Mapping[Where, str]) -> Item:
    if item.place is None:
        return item
    row = item.place[0]
    told = {name: texts[row, name] for name in item.fields if (row, name) in texts}
    return replace(item, text=texts.get(item.place), told=told)


def _place_of(item: Item) -> tuple[datetime, str]:
    return item.moment, item.key


class End(NamedTuple):
    """Where a page of a timeline ends, as it stands in the address of the next one."""

    moment: datetime
    key: str

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}~{self.key}"

    @classmethod
    def parse(cls, text: str) -> "End | None":
        """Return what an address says, or None where it says nothing that is one."""
        moment, _, key = text.partition("~")
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            return None
        return cls(at, key) if at.tzinfo is not None else None


class Part(NamedTuple):
    """Which entries of a timeline are wanted: of which kind, and before which of them."""

    only: str = ""
    before: End | None = None

    @property
    def marks(self) -> frozenset[str] | None:
        """Return what the entries have to be; None for all, as for a word that is no kind."""
        return ONLY.get(self.only)

    def wants(self, *marks: str) -> bool:
        """Return whether entries that are one of these are wanted."""
        return self.marks is None or not self.marks.isdisjoint(marks)


EVERYTHING = Part()


def page_of(items: Iterable[Item], part: Part) -> tuple[list[Item], End | None]:
    """Return the entries of one page, the newest first, and where it ends if more follow."""
    marks, before = part.marks, part.before
    wanted = [
        item
        for item in items
        if (marks is None or item.note in marks) and (before is None or _place_of(item) < before)
    ]
    wanted.sort(key=_place_of, reverse=True)
    shown = wanted[:PAGE]
    return shown, End(*_place_of(shown[-1])) if len(wanted) > PAGE else None


def name_of(person: Person | None, viewer: Person) -> str:
    """Return who did something, as the viewer reads it."""
    if person is None:
        return REPORTER
    return "You" if person == viewer else person.name


def mark_of(person: Person, viewer: Person) -> str:
    """Return how it is marked that somebody did something: one's own stands out."""
    return "you" if person == viewer else ""
