"""Saved e-mails (RFC 5322, MIME): a letter as plain text, without how it travelled.

What stays is a closed list of five headers and the text; whatever is not named here is gone.
"""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import (
    HeaderParseError,
    MessageError,
    MissingHeaderBodySeparatorDefect,
    MultipartInvariantViolationDefect,
)
from email.header import decode_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime
from typing import Any, cast

from lxml import etree

from files.rules import text
from files.rules.kinds import NotCleanableError, Trace, Why, attached
from files.rules.names import NAMELESS, safe_name

KEPT = ("From", "To", "Cc", "Date", "Subject")
MOST_PARTS = 200
# parts in parts, and letters in letters: more is no letter that somebody wrote
DEEPEST = 12
MOST_LETTERS = 5
# characters of one header, bytes of all, and characters of the whole copy
LONGEST_HEADER = 32_768
# of those that say what a part is: the library takes their words apart in quadratic time
LONGEST_CONTENT_HEADER = 4_096
LONGEST_HEAD = 512 * 1024
MOST_TEXT = 10_000_000
TITLE = "A saved e-mail, as text"
NO_TEXT = "(no text)"

_BEFORE = b"\xef\xbb\xbf\t\n\f\r "
_HEAD_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
# mailboxes hold several letters in one file, told apart by such a line only
_NEXT_LETTER = re.compile(rb"[\r\n]From [^\r\n]+(?:\r\n?|\n)[!-9;-~]+:")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,90}")
_UNKNOWN_TYPE = "application/octet-stream"
# where a sender names no character set, or one that the bytes do not follow
_CHARSETS = ("utf-8", "cp1252")
# how `decode_header` hands over what stood between encoded words
_UNENCODED = "raw-unicode-escape"
_UNSHOWN = {"head", "script", "style", "template", "noscript", "object", "svg", "title"}
_LINES = {
    *("address", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("hr", "li", "ol", "p", "pre", "table", "td", "th", "tr", "ul"),
}
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE
)
_KIB = 1024


def clean(content: bytes) -> tuple[bytes, AbstractSet[str]]:
    """Return the letter as plain text, and what was left out."""
    start = content.lstrip(_BEFORE)
    end = _HEAD_END.search(start)
    if (end.start() if end else len(start)) > LONGEST_HEAD:
        raise NotCleanableError(Why.TOO_MUCH)
    if start.startswith(b"From ") and _NEXT_LETTER.search(start):
        raise NotCleanableError(Why.UNKNOWN_PARTS)
    work = _Work()
    try:
        letter = cast("EmailMessage", BytesParser(policy=_Bounded()).parsebytes(start))
        work.take_letter(letter, depth=0)
    except RecursionError as error:
        raise NotCleanableError(Why.TOO_MUCH) from error
    except (ValueError, LookupError, TypeError, AttributeError, MessageError) as error:
        # the library's parser of headers is not proof against whatever somebody makes up
        raise NotCleanableError(Why.BROKEN) from error
    if work.left_out:
        work.found.add(attached(work.left_out))
    copy, found = text.clean("\n".join(work.lines).encode("utf-8", "replace"))
    return copy, work.found | found


class _Bounded(EmailPolicy):
    """Refuses a header that nobody's program writes, of the letter or of a part, unparsed."""

    def header_source_parse(self, sourcelines: Sequence[str]) -> tuple[str, str]:
        """Return name and value of a header as it stands there."""
        is_parsed = sourcelines[0].lower().startswith(("content-", "mime-"))
        most = LONGEST_CONTENT_HEADER if is_parsed else LONGEST_HEADER
        if sum(map(len, sourcelines)) > most:
            raise NotCleanableError(Why.TOO_MUCH)
        name, value = super().header_source_parse(list(sourcelines))
        return name, value


@dataclass
class _Text:
    """What a part says, in the two forms in which e-mails say it."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """Return the plain form, or what a reader would see of the other."""
        return "\n\n".join(self.plain) or "\n\n".join(self.html)


@dataclass
class _Work:
    """The lines of the copy so far, what was left out, and how much was looked at."""

    lines: list[str] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    parts: int = 0
    letters: int = 0
    left_out: int = 0
    length: int = 0
    inside: list[EmailMessage] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)

    def take_letter(self, letter: EmailMessage, depth: int) -> None:
        """Write a letter, the list of its files, and after it the letters in it."""
        self.letters += 1
        if self.letters > MOST_LETTERS:
            raise NotCleanableError(Why.TOO_MUCH)
        self._write(TITLE if self.letters == 1 else f"E-mail {self.letters}, inside the one above")
        self._write("")
        for name in KEPT:
            values = [value for key, value in letter.raw_items() if key.lower() == name.lower()]
            if values:
                self._write(f"{name}: {', '.join(_header(name, value) for value in values)}")
        if any(key.lower() not in _KEPT_LOWER for key in letter.keys()):  # noqa: SIM118 - it is no dict
            self.found.add(Trace.HEADERS)
        self.inside, self.attachments = [], []
        body = self._read(letter, depth)
        inside, attachments = self.inside, self.attachments
        self._write("")
        self._write(body.said.strip("\n") or NO_TEXT)
        if attachments:
            self.left_out += len(attachments)
            self._write("\nAttached, and not in this copy:")
            for one in attachments:
                self._write(f"- {one}")
        for letter_inside in inside:
            self._write("")
            self.take_letter(letter_inside, depth + 1)

    def _write(self, line: str) -> None:
        self.length += len(line)
        if self.length > MOST_TEXT:
            raise NotCleanableError(Why.TOO_MUCH)
        self.lines.append(line)

    def _read(self, part: EmailMessage, depth: int) -> _Text:
        """Return what a part says; files and letters in it are noted."""
        self.parts += 1
        if self.parts > MOST_PARTS or depth > DEEPEST:
            raise NotCleanableError(Why.TOO_MUCH)
        if any(isinstance(one, _BROKEN) for one in part.defects):
            raise NotCleanableError(Why.BROKEN)
        media_type = part.get_content_type()
        if part.get_content_maintype() == "multipart":
            return self._read_parts(part, depth)
        if media_type in _LETTERS and part.is_multipart():
            self.inside += _children(part)
            return _Text()
        if media_type not in _READ or _is_file(part):
            self.attachments.append(_described(part, media_type))
            return _Text()
        said = _decoded(part)
        if media_type == "text/html":
            self.found.add(Trace.HTML)
            return _Text(html=[_seen(said)])
        return _Text(plain=[said.replace("\r\n", "\n")])

    def _read_parts(self, part: EmailMessage, depth: int) -> _Text:
        if (part.epilogue or "").strip():
            self.found.add(Trace.AFTER_THE_END)
        told = [self._read(one, depth + 1) for one in _children(part)]
        if part.get_content_subtype() == "alternative":
            # the same said twice: the form that comes through as it was written
            plain = [one for one in told if "".join(one.plain).strip()]
            return next(
                iter(plain), _Text(html=[one.said for one in told if one.said.strip()][-1:])
            )
        return _Text(plain=[one.said for one in told if one.said.strip()])


_KEPT_LOWER = {name.lower() for name in KEPT}
_LETTERS = {"message/rfc822", "message/global"}
_READ = {"text/plain", "text/html"}
# where its head or its parts end is not said, so that headers could pass for text
_BROKEN = (MissingHeaderBodySeparatorDefect, MultipartInvariantViolationDefect)


def _children(part: EmailMessage) -> Iterator[EmailMessage]:
    children = part.get_payload()
    if not isinstance(children, list):
        raise NotCleanableError(Why.BROKEN)
    for one in children:
        if isinstance(one, EmailMessage):
            yield one


def _header(name: str, value: str) -> str:
    """Return one header as a reader sees it, on one line."""
    if len(value) > LONGEST_HEADER:
        raise NotCleanableError(Why.TOO_MUCH)
    said = _one_line(_words(_as_text(value)))
    return _moment(said) if name == "Date" else said


def _as_text(value: str) -> str:
    """Return a header whose bytes may be no ASCII (RFC 6532, or older programs)."""
    return _first_that_fits(str(value).encode("utf-8", "surrogateescape"), None)


def _words(value: str) -> str:
    """Return a header with its encoded words (RFC 2047) decoded, as far as they can be."""
    try:
        found = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(
        one if isinstance(one, str) else _first_that_fits(one, charset or _UNENCODED)
        for one, charset in found
    )


def _one_line(said: str) -> str:
    return " ".join(said.split())


def _moment(said: str) -> str:
    """Return a date in UTC: where the sender's clock stood may tell where they were."""
    try:
        then = parsedate_to_datetime(said)
    except (ValueError, OverflowError, TypeError, IndexError):
        return said
    try:
        there = then if then.tzinfo else then.replace(tzinfo=UTC)
        return f"{datetime.fromtimestamp(there.timestamp(), UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return said


def _is_file(part: EmailMessage) -> bool:
    return _parameter(part, "content-disposition").startswith("attachment") or bool(_name(part))


def _parameter(part: EmailMessage, header: str) -> str:
    values = [value for key, value in part.raw_items() if key.lower() == header]
    return str(values[0]).strip().lower() if values else ""


def _name(part: EmailMessage) -> str:
    try:
        return part.get_filename("") or ""
    except (LookupError, ValueError, TypeError, AttributeError):
        # a name that cannot be read is a name: the part is a file
        return NAMELESS


def _described(part: EmailMessage, media_type: str) -> str:
    """Return a file's name, as far as it is only a name, its kind and its size."""
    known = media_type if _TYPE.fullmatch(media_type) else _UNKNOWN_TYPE
    name = safe_name(_as_text(_words(_as_text(_name(part)))))
    content = b"" if part.is_multipart() else part.get_payload(decode=True)
    size = len(content) if isinstance(content, bytes) else 0
    told = f"{known}, {max(1, round(size / _KIB))} KB" if size else known
    return f"{name} ({told})"


def _decoded(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        raise NotCleanableError(Why.BROKEN)
    try:
        charset = part.get_content_charset()
    except (LookupError, ValueError):
        charset = None
    return _first_that_fits(content, charset)


def _first_that_fits(content: bytes, charset: str | None) -> str:
    for name in (charset, *_CHARSETS):
        try:
            if name:
                return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def _seen(page: str) -> str:
    """Return the words of a web page that somebody would see, its paragraphs as lines."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(page.encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        root = None
    if any(one.level == etree.ErrorLevels.FATAL for one in parser.error_log):
        # it stopped reading: too deep, or too long
        raise NotCleanableError(Why.TOO_MUCH)
    if root is None:
        return ""
    for element in [one for one in root.iter(etree.Element) if _is_unshown(one)]:
        _blank(element)
    for element in root.iter(etree.Element):
        element.text = _flowed(element.text)
        element.tail = _flowed(element.tail)
        if element.tag in _LINES:
            element.text = "\n" + element.text
            element.tail = "\n" + element.tail
    lines = (line.strip() for line in "".join(root.itertext()).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _is_unshown(element: Any) -> bool:
    hidden = element.get("hidden") is not None or _HIDDEN.search(element.get("style", ""))
    return element.tag in _UNSHOWN or bool(hidden)


def _blank(element: Any) -> None:
    """Take out what an element holds, and leave what follows it."""
    tail = element.tail
    element.clear()
    element.tail = tail


def _flowed(said: str | None) -> str:
    return re.sub(r"\s+", " ", said or "")
