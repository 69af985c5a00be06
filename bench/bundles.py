"""Make a bundle inside a process of the house, and zip the same bytes; nothing of it stays."""

import hashlib
import io
import os
import resource
import zipfile
from time import perf_counter
from typing import Any
from uuid import uuid4

from cases import actions as cases
from cases.lifecycle import FileState
from cases.lifecycle.bundles import Copy
from cases.lifecycle.purposes import Purpose
from cases.models import Attachment, Case, Note
from cases.reports import Asked
from common import clock
from files import actions as files
from files.actions import Upload
from files.models import Which
from ledger import actions as ledger
from people.middleware import act_as
from people.models import Person
from safes import actions as safes
from safes.rules import Opener

# what one document has, random, so that nothing is gained by compressing it
DOCUMENT = 2**20
WORDS = "The client wants the report dated before the visit. " * 8


def make(username: str, password: str, entries: int, documents: int) -> dict[str, Any]:
    """Make a bundle of a case of somebody's with so many notes and documents; nothing stays."""
    person = Person.objects.get(username=username)
    act_as(person)
    opener = safes.unlock(person, passphrase=password)
    case = Case.objects.open().worked_by(person).select_related("safe", "lead").order_by("ref")[0]
    _fill(case, person, opener, entries, documents)
    while ledger.seal(now=clock.now()):
        pass
    asked = Asked(Purpose.COURT, "The court", has_reporters=True, has_files=True)
    before = _resident()
    began = perf_counter()
    bundle = cases.make_bundle(case, by=person, opener=opener, asked=asked, now=clock.now())
    ours = perf_counter() - began
    # in KiB, the most that this process ever took
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    began = perf_counter()
    found = cases.read_bundle(bundle, form=Copy.ARCHIVE, by=person, opener=opener, now=clock.now())
    content = b"".join(found.read())
    read = perf_counter() - began
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files_ = {name: archive.read(name) for name in archive.namelist()}
    began = perf_counter()
    _zipped(files_)
    plain = perf_counter() - began
    return {
        "ours": ours,
        "plain": plain,
        "read": read,
        "peak": max(peak, 0),
        "size": bundle.size,
        "entries": case.notes.count(),
        "documents": sum(name.startswith("files/") for name in files_),
        "proofs": files_["ledger/extract.json"].count(b'"path"'),
    }


def _fill(case: Case, person: Person, opener: Opener, entries: int, documents: int) -> None:
    for _ in range(entries - case.notes.count()):
        cases.sign_note(
            case, by=person, kind=Note.Kind.NOTE, text=WORDS, opener=opener, now=clock.now()
        )
    for n in range(1, documents + 1):
        file = Attachment(id=uuid4(), case=case, n=1000 + n, media_type="application/pdf")
        file.state = FileState.CLEANED
        file.save(force_insert=True)
        place = files.Place(case.safe, file.pk, Which.CLEAN)
        Upload.of("", os.urandom(DOCUMENT), place)
        items = {"name": f"Document {n}.pdf".encode()}
        safes.add(case.safe, row=file.pk, items=items)


def _resident() -> int:
    """Return how many bytes of memory this process takes now."""
    with open("/proc/self/statm", encoding="ascii") as told:  # noqa: PTH123 - no file of ours
        return int(told.read().split()[1]) * resource.getpagesize()


def _zipped(content: dict[str, bytes]) -> int:
    """Hash and zip bytes that are at hand, as anybody would; return how many came of it."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, data in content.items():
            hashlib.sha256(data).hexdigest()
            is_text = name.endswith((".json", ".md", ".py"))
            kind = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
            archive.writestr(name, data, compress_type=kind)
    return len(kept.getvalue())
