"""What a file is, by its bytes; by its name or what a browser says we believe nothing."""

import codecs
import re
from enum import StrEnum
from typing import NamedTuple


class Kind(NamedTuple):
    """One kind of file that we take: its media type and the ending of its clean copy."""

    media_type: str
    extension: str


PDF = Kind("application/pdf", "pdf")
PNG = Kind("image/png", "png")
JPEG = Kind("image/jpeg", "jpg")
TEXT = Kind("text/plain", "txt")
_OPEN = "application/vnd.openxmlformats-officedocument"
# an office file is told from others in a zip only when it is opened
OFFICE = Kind(_OPEN, "office")
DOCX = Kind(f"{_OPEN}.wordprocessingml.document", "docx")
XLSX = Kind(f"{_OPEN}.spreadsheetml.sheet", "xlsx")
PPTX = Kind(f"{_OPEN}.presentationml.presentation", "pptx")
KINDS = {kind.media_type: kind for kind in (PDF, PNG, JPEG, TEXT, OFFICE, DOCX, XLSX, PPTX)}
TAKEN = "PDF, JPEG, PNG, plain text, Word, Excel and PowerPoint (docx, xlsx, pptx)"

_SIGNATURES = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"PK\x03\x04", OFFICE),
)
LONGEST_SIGNATURE = max(len(signature) for signature, _ in _SIGNATURES)

# Where a text begins like this, a browser or an editor shows something else than its letters, and
# it can carry authors, places, scripts and whole files that nobody sees: a web page or a drawing
# (WHATWG, MIME Sniffing, 7.1), rich text, PostScript, an e-mail as a program keeps it.
_TAGS = (
    rb"a|article|audio|b|base|body|br|center|details|div|embed|font|form|frameset|h[1-6]|head|html"
    rb"|iframe|img|link|main|math|meta|object|ol|p|pre|rdf:rdf|script|section|span|style|svg(?::svg)?"
    rb"|table|template|title|ul|video|x:xmpmeta"
)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?[\t\n\f\r ]*(?:"
    rb"<(?:[!?]|(?:" + _TAGS + rb")[\t\n\f\r />])"
    rb"|\{\\(?:rtf|urtf)|%!PS|(?:[!-9;-~]+:[^\n]*\n(?:[\t ][^\n]*\n)*)*?MIME-Version:"
    rb")",
    re.IGNORECASE,
)
# how far a text is looked at: the head of an e-mail is some thousand letters
LOOKED_AT = 16_384


class Why(StrEnum):
    """Why there is no clean copy of a file."""

    # the file itself is refused
    BROKEN = "broken"
    TWO_IN_ONE = "two_in_one"
    TOO_MUCH = "too_much"
    PROGRAM = "program"
    MARKUP = "markup"
    # it may be good; it is kept apart until two people look at the original
    LOCKED = "locked"
    UNKNOWN_PARTS = "unknown_parts"
    INFECTED = "infected"
    NO_SCANNER = "no_scanner"
    TOO_LONG_TO_SCAN = "too_long_to_scan"
    TOO_SLOW = "too_slow"
    CRASHED = "crashed"
    TOO_LATE = "too_late"


REFUSED = frozenset({Why.BROKEN, Why.TWO_IN_ONE, Why.TOO_MUCH, Why.PROGRAM, Why.MARKUP})


class NotCleanableError(Exception):
    """A file was looked into and no clean copy can be made of it."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class Trace(StrEnum):
    """What was taken out of a file, in words for whoever added it."""

    PLACE = "the place"
    CAMERA = "the camera or phone"
    TIME = "dates and times"
    AUTHOR = "the author"
    COMPANY = "the organisation"
    SOFTWARE = "the program that made it"
    DESCRIPTION = "title, description and keywords"
    THUMBNAIL = "a small preview picture"
    AFTER_THE_END = "data after the end"
    OTHER_DATA = "other data about the file"
    COMMENTERS = "who commented or changed it"
    ATTACHED = "files inside it"
    SCRIPT = "scripts and actions"
    FORMS = "a form that runs"
    LINKS = "links to files elsewhere"
    PICTURES = "data in the pictures inside it"
    HIDDEN_SIGNS = "invisible characters"


class Sniffer:
    """Tells what is being read, piece by piece, as soon as that can be told.

    `kind` is None while too little was seen, or once `is_refused`.
    """

    def __init__(self) -> None:
        self.kind: Kind | None = None
        self.is_refused = False
        # refused because it is more than the text it could be taken for
        self.is_markup = False
        self._start = b""
        self._text = codecs.getincrementaldecoder("utf-8")()

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Look at the next bytes; `final` after the last."""
        if self.is_refused:
            return
        if self.kind is None:
            self._decide(data, final=final)
        elif self.kind is TEXT:
            self._read_text(data, final=final)

    def _decide(self, data: bytes, *, final: bool) -> None:
        """Decide by the first bytes, once there are enough."""
        self._start += data
        if len(self._start) < LONGEST_SIGNATURE and not final:
            return
        found = [kind for signature, kind in _SIGNATURES if self._start.startswith(signature)]
        self.kind = found[0] if found else TEXT
        if self.kind is TEXT:
            start, self._start = self._start, b""
            self._read_text(start, final=final)

    def _read_text(self, data: bytes, *, final: bool) -> None:
        try:
            self._text.decode(data, final)
        except UnicodeDecodeError:
            self.is_refused = True
        if len(self._start) < LOOKED_AT:
            self._start += data[: LOOKED_AT - len(self._start)]
            self.is_markup = is_markup(self._start)
        self.is_refused = self.is_refused or self.is_markup or b"\x00" in data
        if self.is_refused:
            self.kind = None


def is_markup(start: bytes) -> bool:
    """Return whether what looks like text is a page, a drawing or the like."""
    return _MARKUP.match(start) is not None


def kind_of(content: bytes) -> Kind | None:
    """Return what some bytes are, as far as the first look tells, or None."""
    sniffer = Sniffer()
    sniffer.feed(content, final=True)
    return sniffer.kind
