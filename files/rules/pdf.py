"""PDF: written anew without authors, dates, scripts and files, its text and pages kept."""

import io
from collections.abc import Iterable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from files.rules.images import without_segments
from files.rules.kinds import NotCleanableError, Trace, Why

# what any object of a PDF may carry that tells or does something, and what it is
_EVERYWHERE = {
    "/Metadata": Trace.DESCRIPTION,
    "/PieceInfo": Trace.SOFTWARE,
    "/LastModified": Trace.TIME,
    "/AA": Trace.SCRIPT,
    "/OpenAction": Trace.SCRIPT,
    "/JS": Trace.SCRIPT,
    "/JavaScript": Trace.SCRIPT,
    "/EmbeddedFiles": Trace.ATTACHED,
    "/AF": Trace.ATTACHED,
    "/EF": Trace.ATTACHED,
    "/Collection": Trace.ATTACHED,
    "/XFA": Trace.FORMS,
    "/Thumb": Trace.THUMBNAIL,
    "/SpiderInfo": Trace.DESCRIPTION,
    "/Perms": Trace.AUTHOR,
    "/DSS": Trace.AUTHOR,
}
# what an annotation tells about whoever made it
_ON_ANNOTATIONS = {"/T": Trace.COMMENTERS, "/M": Trace.TIME, "/CreationDate": Trace.TIME}
_ACTING = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
_INFO = {
    "/Author": Trace.AUTHOR,
    "/Title": Trace.DESCRIPTION,
    "/Subject": Trace.DESCRIPTION,
    "/Keywords": Trace.DESCRIPTION,
    "/Creator": Trace.SOFTWARE,
    "/Producer": Trace.SOFTWARE,
    "/CreationDate": Trace.TIME,
    "/ModDate": Trace.TIME,
    "/Company": Trace.COMPANY,
}
# an action that only goes to a place in the document or opens a web address is left
_LEFT = {"/GoTo", "/URI"}
# readers take a document that begins within as many bytes (Adobe's notes to ISO 32000-1, 7.5.2)
BEFORE_THE_START = 1024
_START, _END = b"%PDF-", b"%%EOF"


def clean(content: bytes) -> tuple[bytes, set[Trace]]:
    """Return the document written anew, and what the old one told."""
    with opened(content) as document:
        found = _after_the_end(content) | _information(document)
        for thing in document.objects:
            found |= _strip(thing)
        found |= _strip(document.Root)
        if Name.Names in document.Root and not document.Root.Names.keys():
            del document.Root.Names
        if Name.ID in document.trailer:
            del document.trailer.ID
        document.remove_unreferenced_resources()
        written = io.BytesIO()
        document.save(
            written,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            fix_metadata_version=False,
        )
    return written.getvalue(), found


def lies_in(content: bytes) -> bool:
    """Return whether a reader of PDF would take this, which begins as something else, for one."""
    return _START in content[:BEFORE_THE_START] and _END in content


def opened(content: bytes) -> Pdf:
    """Return a document with its pages, or raise `NotCleanableError`."""
    try:
        document = pikepdf.open(io.BytesIO(content))
        if not document.pages:
            raise NotCleanableError(Why.BROKEN)
    except pikepdf.PasswordError as error:
        raise NotCleanableError(Why.LOCKED) from error
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise NotCleanableError(Why.BROKEN) from error
    return document


def _information(document: Pdf) -> set[Trace]:
    if Name.Info not in document.trailer:
        return set()
    known = {str(key) for key in document.docinfo.keys()}  # noqa: SIM118 - no dictionary of Python's
    del document.trailer.Info
    return {_INFO.get(key, Trace.OTHER_DATA) for key in known}


def _strip(thing: Object) -> set[Trace]:
    """Take out of an object, and of what lies directly in it, what tells or does something."""
    found: set[Trace] = set()
    waiting: list[Any] = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Dictionary | Stream):
            found |= _strip_one(one)
            waiting += _within([one[key] for key in one.keys()])  # noqa: SIM118 - not Python's
        elif isinstance(one, Array):
            found |= _strip_array(one)
            waiting += _within(one)
    return found


def _within(values: Iterable[Any]) -> list[Object]:
    """Return what lies directly here; what lies elsewhere is gone through there."""
    return [one for one in values if isinstance(one, Object) and not one.is_indirect]


def _strip_one(one: Any) -> set[Trace]:
    found = set()
    names = dict(_EVERYWHERE)
    if _is_annotation(one):
        names |= _ON_ANNOTATIONS if one.get(Name.Subtype) != Name.Widget else {}
    for name, trace in names.items():
        if name in one:
            del one[name]
            found.add(trace)
    if _acts(one.get(Name.A)):
        del one[Name.A]
        found.add(Trace.SCRIPT)
    if isinstance(one, Stream) and _is_jpeg(one):
        found |= _strip_picture(one)
    return found


def _strip_array(array: Any) -> set[Trace]:
    """Take out of a list the annotations that carry or play a file."""
    found = set()
    for at in reversed(range(len(array))):
        item = array[at]
        if isinstance(item, Dictionary) and str(item.get(Name.Subtype, "")) in _ACTING:
            del array[at]
            found.add(Trace.ATTACHED)
    return found


def _is_annotation(one: Any) -> bool:
    return one.get(Name.Type) == Name.Annot or (Name.Rect in one and Name.Subtype in one)


def _acts(action: Any) -> bool:
    """Return whether an action, or one that follows it, does more than to go somewhere."""
    for _ in range(16):
        if not isinstance(action, Dictionary):
            return False
        if str(action.get(Name.S, "")) not in _LEFT:
            return True
        action = action.get(Name.Next)
    return True


def _is_jpeg(stream: Any) -> bool:
    filters = stream.get(Name.Filter)
    return filters == Name.DCTDecode or (
        isinstance(filters, Array) and len(filters) == 1 and filters[0] == Name.DCTDecode
    )


def _strip_picture(stream: Any) -> set[Trace]:
    raw = stream.read_raw_bytes()
    stripped = without_segments(raw)
    if stripped == raw:
        return set()
    stream.write(stripped, filter=stream.get(Name.Filter))
    return {Trace.PICTURES}


def _after_the_end(content: bytes) -> set[Trace]:
    rest = content[content.rfind(_END) + len(_END) :].strip()
    return {Trace.AFTER_THE_END} if rest else set()
