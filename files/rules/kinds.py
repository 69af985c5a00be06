"""What a file is, by its bytes; by its name or what a browser says we believe nothing."""

import codecs
import re
from enum import StrEnum
from typing import NamedTuple


class Kind(NamedTuple):
    """One kind of file that we take: its media type, its ending, and that of its clean copy."""

    media_type: str
    extension: str
    # where the copy is of another kind
    copied_as: str = ""

    @property
    def copy_extension(self) -> str:
        """Return the ending of the clean copy."""
        return self.copied_as or self.extension


PDF = Kind("application/pdf", "pdf")
PNG = Kind("image/png", "png")
JPEG = Kind("image/jpeg", "jpg")
TEXT = Kind("text/plain", "txt")
MAIL = Kind("message/rfc822", "eml", copied_as="txt")
_OPEN = "application/vnd.openxmlformats-officedocument"
# an office file is told from others in a zip only when it is opened
OFFICE = Kind(_OPEN, "office")
DOCX = Kind(f"{_OPEN}.wordprocessingml.document", "docx")
XLSX = Kind(f"{_OPEN}.spreadsheetml.sheet", "xlsx")
PPTX = Kind(f"{_OPEN}.presentationml.presentation", "pptx")
KINDS = {kind.media_type: kind for kind in (PDF, PNG, JPEG, TEXT, MAIL, OFFICE, DOCX, XLSX, PPTX)}
TAKEN = (
    "PDF, JPEG, PNG, plain text, Word, Excel and PowerPoint (docx, xlsx, pptx), and saved e-mails "
    "(eml)"
)

_SIGNATURES = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"PK\x03\x04", OFFICE),
)
# Outlook's own e-mails (msg) and office files of before 2007 ([MS-CFB], 2.2)
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LONGEST_SIGNATURE = max(len(one) for one in (_COMPOUND, *(one for one, _ in _SIGNATURES)))

# Where a text begins like this, a browser or an editor shows something else than its letters, and
# it can carry authors, places, scripts and whole files that nobody sees: a web page or a drawing
# (WHATWG, MIME Sniffing, 7.1), rich text, PostScript.
_TAGS = (
    rb"a|article|audio|b|base|body|br|center|details|div|embed|font|form|frameset|h[1-6]|head|html"
    rb"|iframe|img|link|main|math|meta|object|ol|p|pre|rdf:rdf|script|section|span|style|svg(?::svg)?"
    rb"|table|template|title|ul|video|x:xmpmeta"
)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?[\t\n\f\r ]*(?:"
    rb"<(?:[!?]|(?:" + _TAGS + rb")[\t\n\f\r />])"
    rb"|\{\\(?:rtf|urtf)|%!PS"
    rb")",
    re.IGNORECASE,
)
# An e-mail as a program keeps it: headers from its first line on (RFC 5322, 2.2), one of them of
# those that no person copies into a text.
_BEGINS = rb"(?:\xef\xbb\xbf)?[\t\n\f\r ]*"
_END = rb"(?:\r\n?|\n)"
_LINE = rb"[^\r\n]*" + _END
_MAIL = re.compile(
    _BEGINS + rb"(?:From " + _LINE + rb")?"
    rb"(?:[!-9;-~]+:" + _LINE + rb"(?:[\t ]" + _LINE + rb")*)*?"
    rb"(?:MIME-Version|Received|Message-ID|Return-Path|Delivered-To|Content-Type"
    rb"|DKIM-Signature|ARC-Seal|Authentication-Results|User-Agent"
    rb"|X-(?:Mailer|Originating-IP|Received|MS-[!-9;-~]+|Google-[!-9;-~]+|Mozilla-[!-9;-~]+)):",
    re.IGNORECASE,
)
_MAYBE_MAIL = re.compile(_BEGINS + rb"(?:From |[!-9;-~]+:|[!-9;-~]*\Z)")
# a text whose signs take two bytes or four says so first (RFC 2781, 3.2): Windows calls it Unicode
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
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
    HEADERS = "how the e-mail travelled"
    HTML = "the formatting and links behind its words"


_ATTACHED = re.compile(r"1 attached file|[1-9][0-9]{0,2} attached files")


def attached(n: int) -> str:
    """Return how it is said that so many files were left out of an e-mail."""
    return f"{n} attached file{'' if n == 1 else 's'}"


def is_trace(said: str) -> bool:
    """Return whether these are our words for something that was taken out."""
    return said in set(Trace) or _ATTACHED.fullmatch(said) is not None


class Sniffer:
    """Tells what is being read, piece by piece, as soon as that can be told.

    `kind` is None while too little was seen, or once `is_refused`.
    """

    def __init__(self) -> None:
        self.kind: Kind | None = None
        self.is_refused = False
        # refused because it is more than the text it could be taken for
        self.is_markup = False
        # refused because it is what Outlook keeps (msg), or an office file of old
        self.is_compound = False
        self._start = b""
        self._is_broken = False
        self._text = codecs.getincrementaldecoder("utf-8")()
        self._wide: codecs.IncrementalDecoder | None = None

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
        self.is_compound = self._start.startswith(_COMPOUND)
        if self.kind is TEXT:
            start, self._start = self._start, b""
            if start.startswith(WIDE):
                self._wide = codecs.getincrementaldecoder("utf-16")()
            self._read_text(start, final=final)

    def _read_text(self, data: bytes, *, final: bool) -> None:
        """Look whether it is text to its end, or what begins like one and is something else."""
        try:
            data = data if self._wide is None else self._wide.decode(data, final).encode()
        except UnicodeDecodeError:
            self.kind, self.is_refused = None, True
            return
        is_beginning = len(self._start) < LOOKED_AT
        if is_beginning:
            self._start += data[: LOOKED_AT - len(self._start)]
            self.is_markup = is_markup(self._start)
            if is_mail(self._start):
                self.kind = MAIL
                return
        self._is_broken = self._is_broken or not self._is_text(data, final=final)
        # an older e-mail has letters in its head that are no UTF-8
        may_be_mail = is_beginning and not final and _MAYBE_MAIL.match(self._start) is not None
        self.is_refused = self.is_markup or (self._is_broken and not may_be_mail)
        if self.is_refused:
            self.kind = None

    def _is_text(self, data: bytes, *, final: bool) -> bool:
        try:
            self._text.decode(data, final)
        except UnicodeDecodeError:
            return False
        return b"\x00" not in data


def is_markup(start: bytes) -> bool:
    """Return whether what looks like text is a page, a drawing or the like."""
    return _MARKUP.match(start) is not None


def is_mail(start: bytes) -> bool:
    """Return whether it begins as a saved e-mail does."""
    return not is_markup(start) and _MAIL.match(start) is not None


def kind_of(content: bytes) -> Kind | None:
    """Return what some bytes are, as far as the first look tells, or None."""
    sniffer = Sniffer()
    sniffer.feed(content, final=True)
    return sniffer.kind
