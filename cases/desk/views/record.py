"""What a case holds besides its timeline, as pages show it: parties, allegations, evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cases.actions.slips import STRUCK
from cases.lifecycle import Bearing, ExhibitKind
from cases.lifecycle.outcomes import HAS_CONSEQUENCES
from cases.models import Allegation, Bears, Case, Custody, Exhibit, Found, Party
from safes.access import Where


@dataclass(frozen=True)
class Named:
    """A party, with what opens of who it is."""

    party: Party
    name: str | None
    contact: str | None
    # by which the office speaks of them where their name does not stand
    n: int
    # why it was struck, if it was
    struck: str | None = None

    @property
    def label(self) -> str:
        """Return how they are called in a list: by their part where their name does not open."""
        return self.name or self.party.get_role_display()


@dataclass(frozen=True)
class Piece:
    """A piece of evidence, with what opens of it, and who has had it."""

    exhibit: Exhibit
    title: str | None
    source: str | None
    came_from: str
    custody: list[tuple[Custody, str | None]]
    weighed: "list[Weighed]" = field(default_factory=list)
    struck: str | None = None

    @property
    def label(self) -> str:
        """Return how it is called in a list."""
        what = self.title or ExhibitKind(self.exhibit.kind).label
        return f"{self.exhibit.n}. {what}"

    @property
    def last(self) -> tuple[Custody, str | None]:
        """Return what was done with it last, and where it is."""
        return self.custody[-1]


@dataclass(frozen=True)
class Weighed:
    """How a piece of evidence bears on an allegation."""

    bears: Bears
    piece: Piece
    allegation: Allegation

    @property
    def sign(self) -> str:
        """Return by which mark it is shown."""
        return {Bearing.SUPPORTS: "good", Bearing.CONTRADICTS: "warn"}.get(
            Bearing(self.bears.how), ""
        )


@dataclass(frozen=True)
class Signed:
    """What was found of an allegation, why, and on which evidence it relies."""

    found: Found
    reason: str | None
    relied_on: list[Piece]


@dataclass(frozen=True)
class Line:
    """An allegation, with its evidence and what was found of it, the latest first."""

    allegation: Allegation
    text: str | None
    against: str
    weighed: list[Weighed]
    signed: list[Signed]
    struck: str | None = None

    @property
    def label(self) -> str:
        """Return how it is called in a list."""
        return f"{self.allegation.n}. {self.text or self.allegation.category}"

    @property
    def asks_what_follows(self) -> bool:
        """Return whether something was found of it from which something follows."""
        return bool(self.signed) and self.signed[0].found.finding in HAS_CONSEQUENCES


class Record:
    """The record of a case, read in one query a table; its words are opened by the page."""

    def __init__(self, case: Case, *, with_evidence: bool = True) -> None:
        """Read it, unopened; without the evidence for whoever may not see it."""
        self._parties = list(case.parties.order_by("added_at", "pk"))
        self._allegations = list(case.allegations.select_related("category").order_by("n"))
        self._found = list(case.findings.select_related("by").order_by("-n"))
        self._exhibits: list[Exhibit] = []
        self._custody: dict[UUID, list[Custody]] = {}
        self._bears: dict[tuple[UUID, UUID], Bears] = {}
        if with_evidence:
            self._read_evidence(case)

    def _read_evidence(self, case: Case) -> None:
        self._exhibits = list(case.exhibits.select_related("added_by").order_by("n"))
        passed = Custody.objects.filter(case=case).select_related("by").order_by("at", "pk")
        for one in passed:
            self._custody.setdefault(one.exhibit_id, []).append(one)
        # of each pair the latest counts
        self._bears = {
            (one.exhibit_id, one.allegation_id): one
            for one in case.bearings.select_related("by").order_by("at", "pk")
        }

    @property
    def places(self) -> list[Where]:
        """Return where its words are sealed."""
        return [
            *((one.pk, name) for one in self._parties for name in ("name", "contact", STRUCK)),
            *((one.pk, name) for one in self._allegations for name in ("allegation", STRUCK)),
            *((one.pk, "reason") for one in self._found),
            *((one.pk, name) for one in self._exhibits for name in ("title", "source", STRUCK)),
            *((one.pk, "place") for some in self._custody.values() for one in some),
        ]

    def parties(self, texts: Mapping[Where, str]) -> list[Named]:
        """Return the parties, in the order in which they were named."""
        return [
            Named(
                one,
                texts.get((one.pk, "name")),
                texts.get((one.pk, "contact")),
                n,
                texts.get((one.pk, STRUCK)),
            )
            for n, one in enumerate(self._parties, 1)
        ]

    def pieces(self, texts: Mapping[Where, str]) -> list[Piece]:
        """Return the evidence, each piece with the allegations on which it bears."""
        names = {one.party.pk: one.label for one in self.parties(texts)}
        pieces = {
            one.pk: Piece(
                one,
                texts.get((one.pk, "title")),
                texts.get((one.pk, "source")),
                names.get(one.came_from_id, "") if one.came_from_id else "",
                [(act, texts.get((act.pk, "place"))) for act in self._custody.get(one.pk, [])],
                struck=texts.get((one.pk, STRUCK)),
            )
            for one in self._exhibits
        }
        alleged = {one.pk: one for one in self._allegations}
        for (exhibit, allegation), bears in self._bears.items():
            piece = pieces[exhibit]
            if piece.exhibit.struck_at is not None or alleged[allegation].struck_at is not None:
                continue
            piece.weighed.append(Weighed(bears, piece, alleged[allegation]))
        return list(pieces.values())

    def lines(self, texts: Mapping[Where, str]) -> list[Line]:
        """Return the allegations, each with its evidence and its findings."""
        pieces = self.pieces(texts)
        names = {one.party.pk: one.label for one in self.parties(texts)}
        return [self._line(one, texts, pieces, names) for one in self._allegations]

    def _line(
        self,
        allegation: Allegation,
        texts: Mapping[Where, str],
        pieces: Iterable[Piece],
        names: Mapping[UUID, str],
    ) -> Line:
        known = {piece.exhibit.pk: piece for piece in pieces}
        against = allegation.against_id
        return Line(
            allegation,
            texts.get((allegation.pk, "allegation")),
            names.get(against, "") if against else "",
            [
                one
                for piece in known.values()
                for one in piece.weighed
                if one.allegation.pk == allegation.pk
            ],
            [
                Signed(
                    found,
                    texts.get((found.pk, "reason")),
                    [known[pk] for pk in found.relied_on if pk in known],
                )
                for found in self._found
                if found.allegation_id == allegation.pk
            ],
            texts.get((allegation.pk, STRUCK)),
        )
