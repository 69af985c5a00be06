"""The archive of a bundle: sorted names, fixed times, hashes of everything, and the ledger's proof.

It is written in the order of its names, so that no more than a piece of a document is in memory;
what is made of words and hashes is small.
"""

import hashlib
import json
import zipfile
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol, cast

from django.conf import settings

from cases.reports import paper
from cases.reports.records import Document, Material
from common import keys
from common.errors import RuleError
from common.sealing import SealBrokenError
from files import access as opening
from files.access import Opened
from files.models import Which
from ledger import rules
from ledger.access import Extract, Proven
from ledger.verbs import Verb
from people.models import Person
from safes.rules import Opener

FORMAT = "ethicsdesk-case-bundle/1"
EXTRACT = "ethicsdesk-ledger-extract/1"
TEMPLATES = Path("templates/cases/bundle")
SUMS, INDEX = "SHA256SUMS", "index.json"
# DOS knows no earlier time; every file bears this one
MADE = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
UNIX = 3
# What these say nobody is told: who is kept away, and when a reporter came back or wrote.
WITHHELD = frozenset(
    {
        Verb.ACCESS_DENIED,
        Verb.PARTY_NAMED,
        Verb.READERS_EXCLUDED,
        Verb.RECUSED,
        Verb.WALL_ENFORCED,
        Verb.CONCERN_DRAFTED,
        Verb.DRAFT_SAVED,
        Verb.RECEIPT_USED,
        Verb.RECEIPT_CHANGED,
    }
)


class Sink(Protocol):
    """Whatever takes the bytes of an archive, in their order."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""


class _Tally:
    """Hands bytes on to a sink, as `zipfile` wants a file."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: bytes) -> int:
        self._sink.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Hold nothing back."""


@dataclass(frozen=True)
class Made:
    """What came of it: the print, and how many entries of the ledger are proven."""

    paper: bytes
    entries: int
    documents: int


@dataclass
class _Written:
    """What lies in the archive by now, with hash and size."""

    found: dict[str, tuple[str, int]] = field(default_factory=dict)

    def contents(self) -> list[dict[str, Any]]:
        """Return every file but the index and the sums."""
        return [
            {"path": path, "sha256": digest, "bytes": size}
            for path, (digest, size) in sorted(self.found.items())
        ]


def write(
    material: Material,
    extract: Extract,
    *,
    by: Person,
    opener: Opener,
    sink: Sink,
    now: datetime,
) -> Made:
    """Write the archive of a bundle into a sink; the same material gives the same bytes.

    Raise RuleError where a document was changed after it was sealed.
    """
    extract = _in_turn(extract, material.subjects)
    written = _Written()
    told = {
        "office": settings.OFFICE_NAME,
        "at": now,
        "by": by.name,
        "size": extract.checkpoint.size,
        "root": b64encode(bytes(extract.checkpoint.root)).decode(),
    }
    with zipfile.ZipFile(cast("IO[bytes]", _Tally(sink)), "w") as archive:
        for document in material.documents:
            if not document.why:
                _copy(archive, written, document, opener)
        texts = _texts(material, extract)
        for name, content in texts.items():
            written.found[name] = _measure(content)
        listed = _listed(material, written)
        print_ = paper.write(material, told=told, documents=listed, annexes=written.contents())
        texts["report.pdf"] = print_
        written.found["report.pdf"] = _measure(print_)
        texts[INDEX] = _json(_index(material, extract, told, listed, written))
        digests = {name: digest for name, (digest, _) in written.found.items()}
        digests[INDEX] = hashlib.sha256(texts[INDEX]).hexdigest()
        lines = [f"{digest}  {name}\n" for name, digest in sorted(digests.items())]
        texts[SUMS] = "".join(lines).encode()
        for name in sorted(texts, key=str.casefold):
            archive.writestr(_entry(name), texts[name])
    shown = sum(not _is_withheld(one) for one in extract.proven)
    return Made(print_, shown, len(material.documents))


def _entry(name: str) -> zipfile.ZipInfo:
    """Return how a file is called in the archive; what is text is compressed."""
    entry = zipfile.ZipInfo(name, MADE)
    entry.create_system, entry.external_attr = UNIX, READABLE
    is_text = not name.startswith("files/") and not name.endswith(".pdf")
    entry.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
    return entry


def _copy(archive: zipfile.ZipFile, written: _Written, document: Document, opener: Opener) -> None:
    """Copy a document piece by piece."""
    opened = opening.open_file(opener, document.file.pk, Which.CLEAN)
    if opened is None:
        raise RuleError(_unread(document, "you hold no key to it yet"))
    digest, size = hashlib.sha256(), 0
    with archive.open(_entry(document.path), "w") as copy:
        for piece in _pieces(document, opened):
            digest.update(piece)
            size += len(piece)
            copy.write(piece)
    written.found[document.path] = (digest.hexdigest(), size)


def _pieces(document: Document, opened: Opened) -> Iterator[bytes]:
    try:
        yield from opened.read()
    except SealBrokenError:
        raise RuleError(_unread(document, "it was changed after it was sealed")) from None


def _unread(document: Document, why: str) -> str:
    return (
        f"Document {document.file.n} of {document.file.about.ref} cannot be read: {why}. No bundle "
        "was made. Make one without the documents, or ask a colleague who can read it."
    )


def _measure(content: bytes) -> tuple[str, int]:
    return hashlib.sha256(content).hexdigest(), len(content)


def _json(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def _template(name: str) -> bytes:
    return (settings.BASE_DIR / TEMPLATES / name).read_bytes()


def _texts(material: Material, extract: Extract) -> dict[str, bytes]:
    """Return everything that is small, but index, sums and print."""
    texts = {name: _template(name) for name in ("README.md", "index.schema.json", "verify.py")}
    texts |= {f"records/{name}.json": _json(rows) for name, rows in material.records.items()}
    texts["ledger/checkpoint.txt"] = extract.checkpoint.note.encode()
    texts["ledger/key.txt"] = _signers(extract.checkpoint.note)
    texts["ledger/extract.json"] = _json(_extracted(material, extract))
    texts["ledger/actors.json"] = _json(_actors(extract))
    return texts


# -- the ledger --------------------------------------------------------------------------------


def _is_withheld(one: Proven) -> bool:
    return one.entry.verb in WITHHELD


def _in_turn(extract: Extract, subjects: Sequence[str]) -> Extract:
    """Return an extract without what would tell a day on which a reporter came back.

    Of a stream that is sealed with a gap, which the next seal fills, it ends before the gap.
    """
    ends = dict.fromkeys(subjects, 0)
    numbers = {(one.entry.stream, one.entry.stream_n) for one in extract.proven}
    for subject in subjects:
        while (subject, ends[subject] + 1) in numbers:
            ends[subject] += 1
    told = [
        one
        for one in extract.proven
        if one.entry.stream_n <= ends.get(one.entry.stream, one.entry.stream_n)
        and (one.entry.stream_n or not _is_withheld(one))
    ]
    return replace(extract, proven=told)


def _extracted(material: Material, extract: Extract) -> dict[str, Any]:
    """Return the entries with their proofs, as `verify.py` reads them."""
    return {
        "format": EXTRACT,
        "canonical": "a JSON array: version, id, stream, number in the stream, moment or nothing, "
        "day, verb, actor, subject, commitment to the coded facts",
        # up to which number of its acts
        "subjects": {
            subject: max(
                (one.entry.stream_n for one in extract.proven if one.entry.stream == subject),
                default=0,
            )
            for subject in material.subjects
        },
        "entries": [_proof(one) for one in extract.proven],
    }


def _proof(one: Proven) -> dict[str, Any]:
    told: dict[str, Any]
    if _is_withheld(one):
        told = {"stream": one.entry.stream, "n": one.entry.stream_n, "leaf": one.leaf.hex()}
    else:
        told = {"canonical": one.entry.canonical().decode(), "mac": bytes(one.entry.mac).hex()}
    return {"position": one.position, **told, "path": [beside.hex() for beside in one.path]}


def _actors(extract: Extract) -> dict[str, str]:
    """Return who acted, by the name under which the ledger knows them."""
    refs = {one.entry.actor for one in extract.proven if not _is_withheld(one)}
    persons = {f"person:{one.pk}": one.name for one in Person.objects.filter(pk__in=_ids(refs))}
    return dict(sorted(persons.items()))


def _ids(refs: set[str]) -> list[str]:
    return [ref.removeprefix("person:") for ref in refs if ref.startswith("person:")]


def _signers(note: str) -> bytes:
    """Return the public key that signed a checkpoint, in hexadecimal."""
    found = [public for public in keys.verifying_keys() if rules.is_signed(public, note)]
    lines = ["# Ed25519, 32 bytes: compare it with what the office tells you by another way"]
    return "\n".join([*lines, *(one.public_bytes_raw().hex() for one in found), ""]).encode()


# -- the index ---------------------------------------------------------------------------------


def _listed(material: Material, written: _Written) -> list[dict[str, Any]]:
    """Return the documents as the index lists them."""
    listed = []
    for one in material.documents:
        digest, size = written.found.get(one.path, (None, None))
        listed.append(
            {
                "n": one.n,
                "id": str(one.file.pk),
                "name": one.name,
                "media_type": one.file.media_type,
                "from": "office" if one.file.case_id else "reporter",
                "path": one.path if digest else None,
                "sha256": digest,
                "bytes": size,
                "why": one.why,
            }
        )
    return listed


def _index(
    material: Material,
    extract: Extract,
    told: Mapping[str, Any],
    listed: list[dict[str, Any]],
    written: _Written,
) -> dict[str, Any]:
    case, asked = material.case, material.asked
    shown = sum(not _is_withheld(one) for one in extract.proven)
    return {
        "format": FORMAT,
        "office": told["office"],
        "case": {"id": str(case.pk), "ref": case.ref, "status": str(case.status)},
        "made": {
            "at": told["at"].isoformat(),
            "by": told["by"],
            "purpose": str(asked.purpose),
            "recipient": asked.recipient,
            "has_reporters": asked.has_reporters,
            "has_files": asked.has_files,
            "areas": [str(area) for area in material.areas],
        },
        "contents": written.contents(),
        "documents": listed,
        "records": {name: len(rows) for name, rows in material.records.items()},
        "ledger": {
            "size": told["size"],
            "root": told["root"],
            "entries": shown,
            "withheld": len(extract.proven) - shown,
        },
        "left_out": list(material.left_out),
        "unopened": material.unopened,
    }
