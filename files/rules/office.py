"""Office files (OOXML: docx, xlsx, pptx): each part gone through, the archive written anew.

Names of parts and what they hold: ECMA-376, parts 1 and 2.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from files.rules import archives, images
from files.rules.kinds import DOCX, PPTX, XLSX, Kind, NotCleanableError, Trace, Why

TYPES = "[Content_Types].xml"
MAINS = {f"{kind.media_type}.main+xml": kind for kind in (DOCX, XLSX, PPTX)}
DEEPEST = 2
# no time of ours gets into the archive either
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_XML = (".xml", ".rels", ".vml")
_PICTURES = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".gif": "GIF", ".bmp": "BMP",
    ".tif": "TIFF", ".tiff": "TIFF",
}  # fmt: skip
_PACKAGES = (".docx", ".xlsx", ".pptx")
_FONTS = (".odttf", ".fntdata")
_CORE = "docProps/core.xml"
_APP = "docProps/app.xml"
_EMPTY = {
    _CORE: b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    _APP: b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
}
# parts that nothing on a page needs
_DROPPED = (
    (re.compile(r"docProps/thumbnail\."), Trace.THUMBNAIL),
    (re.compile(r"docProps/"), Trace.OTHER_DATA),
    (re.compile(r"customXml/"), Trace.OTHER_DATA),
    (re.compile(r"(.*/)?printerSettings/"), Trace.OTHER_DATA),
    (re.compile(r"xl/revisions/"), Trace.COMMENTERS),
    (re.compile(r"_xmlsignatures/"), Trace.AUTHOR),
)
_PROGRAMS = re.compile(r"vba|macrosheets|activex|\.(exe|dll|js|vbs|hta|scr|jar|bat|ps1)$")
_PROPERTIES = {
    "creator": Trace.AUTHOR,
    "lastModifiedBy": Trace.AUTHOR,
    "Manager": Trace.AUTHOR,
    "Company": Trace.COMPANY,
    "created": Trace.TIME,
    "modified": Trace.TIME,
    "lastPrinted": Trace.TIME,
    "TotalTime": Trace.TIME,
    "Application": Trace.SOFTWARE,
    "AppVersion": Trace.SOFTWARE,
    "Template": Trace.SOFTWARE,
    "title": Trace.DESCRIPTION,
    "subject": Trace.DESCRIPTION,
    "keywords": Trace.DESCRIPTION,
    "description": Trace.DESCRIPTION,
    "category": Trace.DESCRIPTION,
}
_NOBODY = "Author"
_NO_MOMENT = "2000-01-01T00:00:00Z"
# attributes by their local name, and what stands there instead; None takes them off
_ATTRIBUTES: dict[str, tuple[str | None, Trace]] = {
    "author": (_NOBODY, Trace.COMMENTERS),
    "initials": ("A", Trace.COMMENTERS),
    "userId": (_NOBODY, Trace.COMMENTERS),
    "providerId": ("None", Trace.COMMENTERS),
    "userName": (_NOBODY, Trace.COMMENTERS),
    "lastModifiedBy": (_NOBODY, Trace.COMMENTERS),
    "dT": (_NO_MOMENT, Trace.TIME),
    "dt": (_NO_MOMENT, Trace.TIME),
    "dateUtc": (None, Trace.TIME),
}
_NAMED = {"cmAuthor": "name", "person": "displayName"}
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ELEMENTS = {
    "rsids": Trace.OTHER_DATA,
    "docVars": Trace.OTHER_DATA,
    "absPath": Trace.LINKS,
    "fileSharing": Trace.COMMENTERS,
    "customWorkbookViews": Trace.COMMENTERS,
    "customSheetViews": Trace.COMMENTERS,
}
# fields that fetch from elsewhere or start a program when a document is opened
_FETCHES = re.compile(
    r"^\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|DATABASE)\b", re.IGNORECASE
)
_WEB = re.compile(r"^(https?://|mailto:|#)", re.IGNORECASE)
_NOWHERE = "about:blank"


def kind_of(content: bytes) -> Kind:
    """Return which office file this is, or raise `NotCleanableError`."""
    with archives.opened(content) as archive:
        names = archive.namelist()
        if TYPES not in names or archive.infolist()[0].header_offset:
            raise NotCleanableError(Why.BROKEN)
        if any(_PROGRAMS.search(name.lower()) for name in names):
            raise NotCleanableError(Why.PROGRAM)
        types = _parsed(archives.read(archive, TYPES))
    found = {str(one.get("ContentType", "")) for one in types.iter("{*}Override")}
    if any("macroEnabled" in one for one in found):
        raise NotCleanableError(Why.PROGRAM)
    kinds = [kind for media_type, kind in MAINS.items() if media_type in found]
    if not kinds:
        raise NotCleanableError(Why.BROKEN)
    if len(kinds) > 1:
        raise NotCleanableError(Why.TWO_IN_ONE)
    return kinds[0]


def clean(content: bytes, depth: int = 0) -> tuple[bytes, set[Trace]]:
    """Return the file written anew without what its parts tell, and what that was."""
    if depth > DEEPEST:
        raise NotCleanableError(Why.TOO_MUCH)
    kind_of(content)
    work = _Work(depth)
    with archives.opened(content) as archive:
        for name in archive.namelist():
            if not name.endswith("/"):
                work.take(name, archives.read(archive, name))
    return work.written(), work.found


@dataclass
class _Work:
    """The parts that were gone through, and what was found in them."""

    depth: int
    parts: dict[str, bytes] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    found: set[Trace] = field(default_factory=set)

    def take(self, name: str, content: bytes) -> None:
        """Go through one part."""
        if name in _EMPTY:
            self.found |= _told(_parsed(content))
            self.parts[name] = _EMPTY[name]
            return
        for pattern, trace in _DROPPED:
            if pattern.match(name):
                self.dropped.add(name)
                self.found.add(trace)
                return
        self.parts[name] = self._cleaned(name, content)

    def _cleaned(self, name: str, content: bytes) -> bytes:
        ending = "." + name.lower().rpartition(".")[2]
        if ending in _XML:
            tree = _parsed(content)
            self.found |= _scrub(tree)
            return _as_bytes(tree)
        if ending in _PICTURES:
            cleaned, found = images.remake(content, _PICTURES[ending])
            self.found |= {Trace.PICTURES} if found else set()
            return cleaned
        if ending in _PACKAGES:
            cleaned, found = clean(content, self.depth + 1)
            self.found |= found
            return cleaned
        if ending in _FONTS:
            return content
        raise NotCleanableError(Why.UNKNOWN_PARTS)

    def written(self) -> bytes:
        """Return the archive of what is left, which points nowhere at what is not."""
        for name in [one for one in self.parts if one.endswith(".rels")]:
            self.parts[name] = self._without_dropped(name)
        types = _parsed(self.parts[TYPES])
        for one in list(types.iter("{*}Override")):
            if str(one.get("PartName", "")).lstrip("/") in self.dropped:
                _take_off(one)
        self.parts[TYPES] = _as_bytes(types)
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(self.parts, key=lambda one: (one != TYPES, one)):
                entry = zipfile.ZipInfo(name, _NO_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, self.parts[name])
        return written.getvalue()

    def _without_dropped(self, name: str) -> bytes:
        tree = _parsed(self.parts[name])
        folder = posixpath.dirname(posixpath.dirname(name))
        for one in list(tree.iter("{*}Relationship")):
            if one.get("TargetMode") != "External":
                target = str(one.get("Target", ""))
                path = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
                if path in self.dropped:
                    _take_off(one)
        return _as_bytes(tree)


def _parsed(content: bytes) -> Any:
    """Return a part's tree; it may not declare types or entities, nor fetch anything."""
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NotCleanableError(Why.BROKEN) from error
    if root.getroottree().docinfo.doctype:
        raise NotCleanableError(Why.BROKEN)
    return root


def _as_bytes(tree: Any) -> bytes:
    written: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _take_off(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


def _told(properties: Any) -> set[Trace]:
    return {
        _PROPERTIES.get(_local(one.tag), Trace.OTHER_DATA)
        for one in properties
        if (one.text or "").strip() or len(one)
    }


def _scrub(tree: Any) -> set[Trace]:
    """Take out of a part who made, changed or commented it, when, and what it fetches."""
    found: set[Trace] = set()
    for element in list(tree.iter(etree.Element)):
        for scrub in _SCRUBBERS:
            found |= set(scrub(element))
    return found


def _attributes(element: Any) -> Iterator[Trace]:
    for name in list(element.attrib):
        local = _local(name)
        if local in _ATTRIBUTES:
            instead, trace = _ATTRIBUTES[local]
        elif str(name) == f"{{{_WORD}}}date":
            instead, trace = None, Trace.TIME
        elif str(name).startswith(f"{{{_WORD}}}rsid"):
            instead, trace = None, Trace.OTHER_DATA
        else:
            continue
        if element.attrib[name] == instead:
            continue
        del element.attrib[name]
        if instead is not None:
            element.set(name, instead)
        yield trace


def _names(element: Any) -> Iterator[Trace]:
    local = _local(element.tag)
    attribute = _NAMED.get(local)
    if local == "author":
        if (element.text or "").strip():
            element.text = _NOBODY
            yield Trace.COMMENTERS
        attribute = "name"
    if attribute and element.get(attribute) not in {None, _NOBODY}:
        element.set(attribute, _NOBODY)
        yield Trace.COMMENTERS


def _elements(element: Any) -> Iterator[Trace]:
    local = _local(element.tag)
    if local in _ELEMENTS and element.getparent() is not None:
        _take_off(element)
        yield _ELEMENTS[local]
    if local == "ddeLink":
        raise NotCleanableError(Why.PROGRAM)


def _fields(element: Any) -> Iterator[Trace]:
    local = _local(element.tag)
    if local == "instrText" and _FETCHES.match(element.text or ""):
        element.text = " QUOTE "
        yield Trace.LINKS
    name = f"{{{_WORD}}}instr"
    if local == "fldSimple" and _FETCHES.match(element.get(name, "")):
        element.set(name, " QUOTE ")
        yield Trace.LINKS


def _relationships(element: Any) -> Iterator[Trace]:
    if _local(element.tag) != "Relationship" or element.get("TargetMode") != "External":
        return
    target = str(element.get("Target", ""))
    is_link = str(element.get("Type", "")).endswith("/hyperlink") and _WEB.match(target)
    if not is_link and target != _NOWHERE:
        element.set("Target", _NOWHERE)
        yield Trace.LINKS


_SCRUBBERS: tuple[Callable[[Any], Iterator[Trace]], ...] = (
    _attributes, _names, _elements, _fields, _relationships,
)  # fmt: skip
