"""The records of a case as they stand in its bundle: rows, with the words that open beside them."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Field, ForeignKey, Model

from cases import rules
from cases.lifecycle import (
    CLOCKS_OF,
    CLOCKS_OF_CASES,
    CLOCKS_OF_TASKS,
    Area,
    FileState,
    Mode,
)
from cases.lifecycle.purposes import Purpose
from cases.models import Attachment, Case, Category, Concern
from cases.reports.tables import TABLES, Table, Told
from cases.rules import WHY_WORDS
from escalation.models import Clock, ClockQuerySet
from files.rules.kinds import KINDS, Why
from people.models import Person, Unit
from policies.models import Indicator
from questionnaires.rules import in_words
from safes.access import Where, among, open_texts
from safes.models import Sealed
from safes.rules import Opener

Record = dict[str, Any]
# what leads to keys, finds a receipt, stands for somebody, or is kept for lists alone
HIDDEN = {
    "": {"safe", "identity_safe", "locator", "notify", "blind", "next_due_at", "paper"},
    "Concern": {"is_unread", "touched_on", "policy_version", "form", "entrance", "is_told_at_once"},
    "Member": {"is_open", "urgency", "closed_at", "ref", "category", "unit"},
    "Message": {"is_seen"},
    # counted with the eyes of whoever signed: it tells others what stands behind a wall
    "Outcome": {"among", "lies"},
}
WITHOUT_REPORTERS = (
    "What reporters told, wrote and added, and who they are as far as they said so. What the "
    "office itself wrote stands here as it was written, and may tell of them."
)
WITHOUT_FILES = "The documents themselves: they are listed, and not here."
ALWAYS_OUT = (
    "Identities that are sealed to custodians, receipts, and who is kept away from the case.",
    "The originals of documents: what is here is their clean copies.",
    "What somebody began to write and has not signed.",
    "What a lawyer advised.",
)


@dataclass(frozen=True)
class Asked:
    """What a bundle is made for, and what is to be in it."""

    purpose: Purpose
    recipient: str
    has_reporters: bool
    has_files: bool


@dataclass(frozen=True)
class Document:
    """A file of the case as the bundle lists it; `why` says why there is no copy of it."""

    n: int
    file: Attachment
    name: str | None
    why: str

    @property
    def path(self) -> str:
        """Return where its copy lies in the archive: a name of ours."""
        side = "office" if self.file.case_id else "reporter"
        ending = KINDS[self.file.media_type].copy_extension
        return f"files/{self.n:03d}-{side}-{self.file.n}.{ending}"


@dataclass(frozen=True)
class Material:
    """What a bundle tells: records by their kind, documents, and what is not there."""

    asked: Asked
    case: Case
    areas: Sequence[Area]
    concerns: Sequence[Concern]
    records: Mapping[str, list[Record]]
    documents: Sequence[Document]
    left_out: Sequence[str]
    # sealed words that did not open
    unopened: int

    @property
    def subjects(self) -> list[str]:
        """Return by which names the ledger knows what it tells of."""
        merged = self.case.parts.order_by("pk").values_list("pk", flat=True)
        cases = [f"case:{pk}" for pk in (self.case.pk, *merged)]
        return [*cases, *(one.subject for one in self.concerns)]


def gather(
    told: Told,
    *,
    asked: Asked,
    areas: Collection[Area],
    opener: Opener,
    parts: Mapping[str, Iterable[Mapping[str, object]]],
) -> Material:
    """Return what a bundle tells, as far as this opener can open it.

    `told.concerns` are those that whoever asks may see; of areas that are not theirs nothing is
    read. `parts` is what other packages hang on the case.
    """
    told = told if asked.has_reporters and Area.CONCERNS in areas else Told(told.case, ())
    found = {table: _rows(table, told) for table in TABLES if _is_told(table, asked, areas)}
    places = [(told.case.pk, "summary"), *_places(found)]
    texts = open_texts(opener, places)
    records = {
        table.name: [_record(row, table.words, texts) for row in rows]
        for table, rows in found.items()
    }
    records["case"] = [_record(told.case, ("summary",), texts)]
    records["clocks"] = _clocks(told, records.get("tasks", []))
    records["parts"] = [
        {"part": part, **_plain(dict(one))} for part, some in parts.items() for one in some
    ]
    return Material(
        asked=asked,
        case=told.case,
        areas=[area for area in Area if area in areas],
        concerns=told.concerns,
        records=dict(sorted(records.items())),
        documents=_documents(found, texts, asked),
        left_out=_left_out(asked, areas),
        unopened=_unopened(places, texts),
    )


def _is_told(table: Table, asked: Asked, areas: Collection[Area]) -> bool:
    return table.area in areas and (asked.has_reporters or not table.is_reporters)


def _rows(table: Table, told: Told) -> list[Model]:
    """Return the rows of a kind, with the people whom they name."""
    rows = table.rows(told)
    named = [
        field.name
        for field in rows.model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model in {Person, *_CALLED}
    ]
    joined = [*named, "form"] if rows.model is Concern else named
    return list(rows.select_related(*joined))


def _places(found: Mapping[Table, Iterable[Model]]) -> list[Where]:
    return [
        (row.pk, name)
        for table, rows in found.items()
        for row in rows
        for name in table.words
        if name != "reporter" or getattr(row, "mode", "") == Mode.NAMED
    ]


def _unopened(places: Iterable[Where], texts: Mapping[Where, str]) -> int:
    """Return how many sealed words there are that did not open."""
    wanted = set(places)
    rows = {row for row, _ in wanted}
    there = Sealed.objects.filter(row__in=among(rows)).values_list("row", "field")
    return sum(where in wanted and where not in texts for where in there)


# -- one record --------------------------------------------------------------------------------


def _record(row: Model, words: Iterable[str], texts: Mapping[Where, str]) -> Record:
    """Return a row as a record: its plain columns, and what opens of its words."""
    hidden = HIDDEN[""] | HIDDEN.get(type(row).__name__, set())
    record: Record = {}
    for field in row._meta.concrete_fields:
        if field.name not in hidden:
            record |= _column(row, field)
    opened = {name: texts[row.pk, name] for name in words if (row.pk, name) in texts}
    if words:
        record["words"] = {name: _said(row, name, text) for name, text in opened.items()}
    return record


def _column(row: Model, field: "Field[Any, Any]") -> Record:
    if isinstance(field, ForeignKey):
        called = getattr(row, field.name) if field.related_model in {*_CALLED} else None
        label = {f"{field.name}_label": str(called)} if called is not None else {}
        return {field.name: _related(row, field), **label}
    value = getattr(row, field.attname)
    if field.choices and value not in {None, ""}:
        shown = getattr(row, f"get_{field.name}_display")()
        return {field.name: _plain(value), f"{field.name}_label": str(shown)}
    return {field.name: _plain(value)}


# what is called by a word of its own, and not by its id
_CALLED: dict[type[Model], str] = {Category: "code", Unit: "code", Indicator: "code"}


def _related(row: Model, field: "ForeignKey[Any, Any]") -> Any:
    key = getattr(row, field.attname)
    if key is None:
        return None
    if field.related_model is Person:
        return {"id": str(key), "name": getattr(row, field.name).name}
    called = next((name for model, name in _CALLED.items() if model is field.related_model), None)
    if called is not None:
        return getattr(getattr(row, field.name), called)
    return _plain(key)


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it; a moment in UTC."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float):
        return value
    # choices are texts of a kind of their own, ids are no texts
    return str(value)


def _said(row: Model, name: str, text: str) -> Any:
    """Return words as they were written; what was kept as a form, as its answers."""
    if name not in {"answers", "reporter", "removed"}:
        return text
    kept = json.loads(text)
    form = row.form if isinstance(row, Concern) and name == "answers" else None
    if form is None:
        return kept
    more = kept.pop(rules.MORE, {})
    asked = [
        {"question": one.label, "answer": said} for one, said in in_words(form.sheet.sections, more)
    ]
    return {**kept, "asked": asked}


# -- clocks and documents ------------------------------------------------------------------------


def _clocks(told: Told, tasks: Iterable[Record]) -> list[Record]:
    """Return what ran on the case, on what was filed and on its tasks: promised, due, kept."""
    about: ClockQuerySet = Clock.objects.about(CLOCKS_OF_CASES, [told.case.pk])
    about |= Clock.objects.about(CLOCKS_OF, [one.pk for one in told.concerns])
    about |= Clock.objects.about(CLOCKS_OF_TASKS, [UUID(one["id"]) for one in tasks])
    found = about.prefetch_related("pauses__by").order_by("started_at", "pk")
    return [
        {
            "id": str(clock.pk),
            "of": clock.subject_kind,
            "of_id": str(clock.subject_id),
            "kind": clock.kind,
            "what": clock.label,
            "state": clock.state,
            **{
                name: _plain(getattr(clock, name))
                for name in ("started_at", "due_at", "met_at", "breached_at", "cancelled_at")
            },
            # the earliest that was ever told of it
            "promised_at": _plain(clock.promised[0] if clock.promised else clock.due_at),
            "pauses": [
                {
                    "reason": pause.reason,
                    "since": _plain(pause.since),
                    "until": _plain(pause.ended_at or pause.until),
                    "by": pause.by.name,
                }
                for pause in clock.pauses.all()
            ],
        }
        for clock in found
    ]


def _documents(
    found: Mapping[Table, Iterable[Model]], texts: Mapping[Where, str], asked: Asked
) -> list[Document]:
    files = [row for rows in found.values() for row in rows if isinstance(row, Attachment)]
    return [
        Document(n, file, texts.get((file.pk, "name")), _why(file, asked))
        for n, file in enumerate(files, 1)
    ]


def _why(file: Attachment, asked: Asked) -> str:
    """Return why there is no copy of a file; nothing where there is one."""
    if not asked.has_files:
        return "Left out, as was asked."
    if file.state == FileState.CLEANED:
        return ""
    return WHY_WORDS[Why(file.why)] if file.why else "It was being cleaned when this was made."


def _left_out(asked: Asked, areas: Collection[Area]) -> list[str]:
    """Return what is not in a bundle, in sentences."""
    missing = [area.label for area in Area if area not in {*areas, Area.LEGAL}]
    return [
        *ALWAYS_OUT,
        *([] if asked.has_reporters else [WITHOUT_REPORTERS]),
        *([] if asked.has_files else [WITHOUT_FILES]),
        *([f"Areas that whoever made it does not read: {', '.join(missing)}."] if missing else []),
    ]
