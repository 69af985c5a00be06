"""The print of a bundle: what was written goes to the typesetter as data, in blocks."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cases.reports.records import Material, Record
from cases.reports.tables import TABLES
from common import days, typesetting

TEMPLATE = "templates/cases/bundle/bundle.typ"
Block = dict[str, Any]
# what stands in places of its own
APART = {"case", "allegations", "findings", "evidence", "custody", "bearings", "files", "clocks"}
# what is read first, and what last
FIRST = ("concerns", "triages", "assessments", "parties")
LAST = {"clocks": "Time limits", "parts": "What else hangs on the case"}
# by which column a record is dated in the timeline, and by which its author is known
DATED = (
    "at", "opened_at", "begun_at", "asked_at", "added_at", "planned_at", "made_at", "since",
    "filed_at", "filed_on", "held_on", "on", "received_on",
)  # fmt: skip
BY = ("by", "author", "opened_by", "begun_by", "asked_by", "added_by", "planned_by", "made_by",
      "person", "taken_by")  # fmt: skip
LABELS = {
    "team": "joined the team",
    "concerns": "filed it",
    "messages": "wrote a message",
    "triages": "decided the triage",
    "parties": "added a party",
    "allegations": "wrote down an allegation",
    "findings": "signed a finding",
    "evidence": "entered a piece of evidence",
    "custody": "recorded custody",
    "bearings": "weighed evidence",
    "statements": "asked for a response",
    "interviews": "planned an interview",
    "minutes": "signed minutes",
    "replies": "recorded a reply to minutes",
    "notes": "signed a note",
    "outcomes": "signed what follows",
    "plans": "signed terms or a plan",
    "phases": "began a phase",
    "tracks": "changed how it is worked",
    "meetings": "held a session",
    "agreements": "signed an agreement",
    "tasks": "opened a task",
    "safeguards": "placed a safeguard",
    "authorisations": "asked for an authorisation",
    "red_flags": "kept a red flag",
    "closings": "asked to close it",
    "reopenings": "reopened it",
    "bundles": "made a bundle",
    "marks": "marked a sign of pressure",
    "clients": "named a client",
    "tellings": "wrote what somebody is told",
    "tellings_to_reporters": "wrote what the reporter is told",
    "merges": "merged a case into it",
    "redactions": "made a redacted copy",
}
LONGEST_CELL = 90
# a day or a moment, as the records have them
_DATED = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$")


def write(
    material: Material,
    *,
    told: Mapping[str, Any],
    documents: Sequence[Mapping[str, Any]],
    annexes: Sequence[Mapping[str, Any]],
) -> bytes:
    """Return a tagged PDF (PDF/UA-1) of everything that the records tell."""
    day = days.day_of(told["at"])
    document = {
        "office": told["office"],
        "ref": material.case.ref,
        "made": [day.year, day.month, day.day],
        "facts": _facts(material, told),
        "left_out": list(material.left_out),
        "unopened": material.unopened,
        "documents": [_listed(one) for one in documents],
        "annexes": [[one["path"], one["sha256"], f"{one['bytes']:,}"] for one in annexes],
        "timeline": _timeline(material),
        "sections": [*_sections(material)],
    }
    template = settings.BASE_DIR / TEMPLATE
    return typesetting.pdf(template, "bundle", _clean(document), on=day, own_fonts=False).pdf


def _clean(told: Any) -> Any:
    """Return it without what the typesetter or a reader of the print would stumble over."""
    if isinstance(told, str):
        return typesetting.plain(told)
    if isinstance(told, Mapping):
        return {key: _clean(one) for key, one in told.items()}
    if isinstance(told, list | tuple):
        return [_clean(one) for one in told]
    return told


def _facts(material: Material, told: Mapping[str, Any]) -> list[list[str]]:
    case, asked = material.records["case"][0], material.asked
    return [
        ["Case", material.case.ref],
        ["About", str(case["words"].get("summary", ""))],
        ["Category", str(material.case.category)],
        ["Status", str(case["status_label"])],
        ["Finding", str(case.get("finding_label", "None yet"))],
        ["Lead", case["lead"]["name"]],
        ["Made for", f"{asked.purpose.label}: {asked.recipient}"],
        ["Made by", f"{told['by']}, {_when(told['at'])}"],
        ["With what reporters told", "Yes" if asked.has_reporters else "No"],
        ["With the documents", "Yes" if asked.has_files else "No"],
        ["Ledger", f"{told['size']:,} entries, root {told['root']}"],
    ]


def _listed(one: Mapping[str, Any]) -> list[str]:
    name = one["name"] or "Its name did not open"
    side = "Office" if one["from"] == "office" else "Reporter"
    return [str(one["n"]), name, side, one["path"] or one["why"], one["sha256"] or ""]


# -- time --------------------------------------------------------------------------------------


def _when(moment: date | str) -> str:
    """Return a day, or a moment as the office counts it, as it is read."""
    known = moment if isinstance(moment, date) else _parsed(moment)
    if not isinstance(known, datetime):
        return f"{known.day} {known:%B %Y}"
    local = known.astimezone(days.zone())
    return f"{local.day} {local:%B %Y}, {local:%H:%M}"


def _parsed(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _timeline(material: Material) -> list[list[str]]:
    """Return when what was done and by whom, the oldest first."""
    found = []
    for name, did in LABELS.items():
        for record in material.records.get(name, []):
            at = next((record[one] for one in DATED if record.get(one)), None)
            if at is not None:
                found.append((_sorted_by(at), [_when(at), _who(record, name), did, _short(record)]))
    return [row for _, row in sorted(found, key=lambda one: one[0])]


def _sorted_by(at: str) -> datetime:
    known = _parsed(at)
    if isinstance(known, datetime):
        return known.astimezone(UTC)
    return days.midnight(known).astimezone(UTC)


def _who(record: Record, name: str) -> str:
    named = (record[one] for one in BY if record.get(one))
    one = next(named, None)
    if one is not None:
        return str(one["name"])
    return "Reporter" if name in {"concerns", "messages"} else ""


def _short(record: Record) -> str:
    """Return by what a record is known in a line."""
    number = f"{record['n']}" if "n" in record else ""
    labels = [str(value) for key, value in record.items() if key.endswith("_label")]
    return " · ".join(filter(None, [str(record.get("ref", number)), *labels[:2]]))[:LONGEST_CELL]


# -- sections ----------------------------------------------------------------------------------


def _sections(material: Material) -> Iterator[Block]:
    """Yield the sections in the order in which a case is read."""
    records = material.records
    others = [one.name for one in TABLES if one.name not in {*FIRST, *APART}]
    for name in (*FIRST, "allegations", "evidence", *others, *LAST):
        if records.get(name):
            yield _MADE[name](records) if name in _MADE else _section(_title(name), records[name])


def _title(name: str) -> str:
    return LAST.get(name) or next(table.title for table in TABLES if table.name == name)


def _section(title: str, records: Iterable[Record]) -> Block:
    return {"title": title, "entries": [_entry(one, n) for n, one in enumerate(records, 1)]}


def _entry(record: Record, n: int, **more: Any) -> Block:
    """Return a record as a block: its head, its columns in words, and what was written."""
    head = [str(record.get("ref") or record.get("n") or n)]
    head += [
        str(record[f"{one}_label"]) for one in ("kind", "role", "act") if f"{one}_label" in record
    ]
    told = ". ".join(head[:1]) + (f". {', '.join(head[1:])}" if head[1:] else "")
    return {
        "head": told + _struck(record),
        "facts": list(_columns(record)),
        "words": [one for one in map(_words, *_named(record)) if one["lines"]],
        "parts": [],
        **more,
    }


def _struck(record: Record) -> str:
    """Return what is said behind what was entered by mistake."""
    return " (struck)" if record.get("struck_at") else ""


def _named(record: Record) -> tuple[list[str], list[Any]]:
    words = record.get("words", {})
    return list(words), list(words.values())


def _columns(record: Record) -> Iterator[list[str]]:
    for key, value in record.items():
        if key in {"words", "id", "n", "ref"} or key.endswith("_label") or value in (None, "", []):
            continue
        said = _said(record, key, value)
        if said:
            yield [key.replace("_", " ").capitalize(), said]


def _said(record: Record, key: str, value: Any) -> str:
    if f"{key}_label" in record:
        return str(record[f"{key}_label"])
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Mapping):
        return str(value.get("name", ""))
    if isinstance(value, list):
        return ", ".join(filter(None, (_said({}, "", one) for one in value)))
    if isinstance(value, str) and _DATED.match(value):
        return _when(value)
    return "" if _is_id(value) else str(value)


def _is_id(value: Any) -> bool:
    """Return whether a value leads to another record, which a reader of the print cannot follow."""
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


def _words(name: str, said: Any) -> Block:
    text = said if isinstance(said, str) else "\n\n".join(_answers(said))
    shown = (one.strip("\n") for one in typesetting.plain(text).split("\n"))
    return {
        "label": name.replace("_", " ").capitalize(),
        "lines": [
            {"text": one, "rtl": typesetting.runs_right_to_left(one)}
            for one in shown
            if one.strip()
        ],
    }


def _answers(said: Any) -> Iterator[str]:
    """Yield what was kept as a form, a question and its answer each."""
    if isinstance(said, Mapping):
        for key, value in said.items():
            if key == "asked":
                yield from (f"{one['question']}\n{one['answer']}" for one in value)
            elif value not in (None, "", [], {}):
                label = str(key).replace("_", " ").capitalize()
                yield f"{label}: {' '.join(_answers(value))}"
    elif isinstance(said, list):
        yield ", ".join(part for one in said for part in _answers(one))
    elif isinstance(said, bool):
        yield "Yes" if said else "No"
    else:
        yield str(said)


def _alleged(records: Mapping[str, list[Record]]) -> Block:
    """Return the allegations, each with what bears on it and what was found."""
    pieces = {one["id"]: one for one in records.get("evidence", [])}
    entries = []
    for n, allegation in enumerate(records["allegations"], 1):
        latest = {
            one["exhibit"]: one
            for one in records.get("bearings", [])
            if one["allegation"] == allegation["id"]
        }
        bears = [
            f"{_piece(pieces[pk])}: {one['how_label'].lower()}"
            for pk, one in latest.items()
            if pk in pieces
        ]
        found = [
            _entry(
                one,
                one["n"],
                head=f"Finding {one['n']}: {one['finding_label']}",
                lists=[
                    ["Relies on", [_piece(pieces[pk]) for pk in one["relied_on"] if pk in pieces]]
                ],
            )
            for one in records.get("findings", [])
            if one["allegation"] == allegation["id"]
        ]
        head = f"Allegation {allegation['n']}{_struck(allegation)}"
        lists = [["Evidence", bears]]
        entries.append(_entry(allegation, n, head=head, parts=found, lists=lists))
    return {"title": "Allegations, evidence and findings", "entries": entries}


def _piece(piece: Record) -> str:
    title = piece["words"].get("title") or piece["kind_label"]
    return f"{piece['n']}. {title}{_struck(piece)}"


def _evidence(records: Mapping[str, list[Record]]) -> Block:
    """Return the register of evidence, each piece with who had it when."""
    entries = []
    for piece in records["evidence"]:
        passed = [
            _entry(one, n, head=f"{one['act_label']}, {_when(one['at'])}")
            for n, one in enumerate(records.get("custody", []), 1)
            if one["exhibit"] == piece["id"]
        ]
        entries.append(_entry(piece, piece["n"], head=_piece(piece), parts=passed))
    return {"title": "Evidence and custody", "entries": entries}


# what tells of several kinds of records at once
_MADE = {"allegations": _alleged, "evidence": _evidence}
