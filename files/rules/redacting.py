"""Redacted copies of PDFs and pictures: new pages made of pictures, with boxes burnt in.

Nothing of the old file goes over but how its pages look, and of that nothing below a box: there is
no layer of text, no attached file, no comment, no field, no earlier version and no data about it.
"""

import ctypes
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageChops, ImageDraw, ImageFont
from pypdfium2 import raw

from files.rules import images, pdf
from files.rules.finding import Folded, Span, folded, matches, occurrences
from files.rules.kinds import PDF, Kind, NotCleanableError, Why
from files.rules.orders import WHOLE, Order

DPI = 150
POINTS = 72
MOST_PAGES = 150
# of one page, in points: two metres, beyond which no page is paper any more
LONGEST_SIDE = 5_700
# of one page in pixels: a poster gets fewer of them to the inch
MOST_PIXELS = 9_000_000
MOST_BYTES = 100 * 2**20
# what is lossless below this many bytes stays so
LOSSLESS = 400_000
QUALITY = 85
# how far a box goes beyond the letters: part of their height
MARGIN = 0.15
# how tall a box has to be, in pixels, to hold a code that can be read
TALL_ENOUGH = 11
# a letter farther from those before it than so many of its heights stands on another line
FAR = 2.5


@dataclass
class Report:
    """What came of an order: numbers alone, for it is made where the file was looked into."""

    pages: int = 0
    boxes: int = 0
    # how often each of the words, and each of the patterns, was found
    words: list[int] = field(default_factory=list)
    patterns: list[int] = field(default_factory=list)
    # pages on which no word can be found, since they hold none but in pictures
    mute: list[int] = field(default_factory=list)
    # pages with comments or fields, which are left out
    marked: list[int] = field(default_factory=list)


class Box(NamedTuple):
    """What is burnt into a picture, in its pixels."""

    left: float
    top: float
    right: float
    bottom: float
    code: str = ""


def redact(content: bytes, kind: Kind, order: Order) -> tuple[bytes, Report]:
    """Return the redacted copy as a PDF, and what came of the order."""
    report = Report(words=[0] * len(order.words), patterns=[0] * len(order.patterns))
    fresh = Pdf.new()
    size = 0
    pages = _pages(content, order, report)
    if kind != PDF:
        pages = _picture(content, kind, order, report)
    for picture, width, height in pages:
        size += _add(fresh, picture, width, height)
        if size > MOST_BYTES:
            raise NotCleanableError(Why.TOO_MUCH)
    written = io.BytesIO()
    fresh.save(written, deterministic_id=True, fix_metadata_version=False)
    return written.getvalue(), report


Page = tuple[Image.Image, float, float]


def _picture(content: bytes, kind: Kind, order: Order, report: Report) -> Iterator[Page]:
    """Yield the one page of a picture."""
    if kind not in images.FORMATS:
        raise NotCleanableError(Why.UNKNOWN_PARTS)
    picture = images.opened(content, images.FORMATS[kind])
    shown = Image.new("RGB", picture.size, "white")
    shown.paste(picture.convert("RGBA"), mask=picture.convert("RGBA").getchannel("A"))
    if (scale := (MOST_PIXELS / (shown.width * shown.height)) ** 0.5) < 1:
        shown = shown.resize((int(shown.width * scale), int(shown.height * scale)))
    report.pages, report.mute = 1, [1]
    _burn(shown, _areas(shown, 1, order), report)
    yield shown, shown.width * POINTS / DPI, shown.height * POINTS / DPI


def _pages(content: bytes, order: Order, report: Report) -> Iterator[Page]:
    """Yield the pages of a PDF as pictures, with the boxes in them."""
    # qpdf says first what is locked or broken, and counts
    with pdf.opened(content) as known:
        if len(known.pages) > MOST_PAGES:
            raise NotCleanableError(Why.TOO_MUCH)
        report.marked = [n for n, page in enumerate(known.pages, 1) if page.get(Name.Annots)]
    try:
        document = pypdfium2.PdfDocument(content)
        report.pages = len(document)
        for n in range(1, report.pages + 1):
            page = document[n - 1]
            yield _page(page, n, order, report)
            page.close()
    except pypdfium2.PdfiumError as error:
        raise NotCleanableError(Why.BROKEN) from error


def _page(page: Any, n: int, order: Order, report: Report) -> Page:
    width, height = page.get_size()
    if not 0 < width <= LONGEST_SIDE or not 0 < height <= LONGEST_SIDE:
        raise NotCleanableError(Why.TOO_MUCH)
    scale = min(DPI / POINTS, (MOST_PIXELS / (width * height)) ** 0.5)
    # comments and fields are left out: no word in them would be found
    bitmap = page.render(scale=scale, draw_annots=False, may_draw_forms=False, rev_byteorder=True)
    shown = bitmap.to_pil().convert("RGB")
    bitmap.close()
    words = _Words(page, shown)
    if not words.is_there:
        report.mute.append(n)
    boxes = [*_areas(shown, n, order), *words.boxes(order, report)]
    _burn(shown, boxes, report)
    return shown, width, height


class _Words:
    """The letters of a page, and where in its picture each of them stands."""

    def __init__(self, page: Any, shown: Image.Image) -> None:
        self._page, self._shown = page, shown
        self._text = page.get_textpage()
        count = max(self._text.count_chars(), 0)
        signs = [raw.FPDFText_GetUnicode(self._text, i) for i in range(count)]
        text = "".join(chr(sign) if 0 < sign <= sys.maxunicode else " " for sign in signs)
        self._folded: Folded = folded(text)
        self.is_there = bool(self._folded.text.strip())

    def boxes(self, order: Order, report: Report) -> Iterator[Box]:
        """Yield what covers the words of an order, counting how often each was found."""
        for i, (words, code) in enumerate(order.words):
            for span in occurrences(self._folded, words):
                report.words[i] += 1
                yield from self._cover(span, code, order)
        for i, (pattern, code) in enumerate(order.patterns):
            for span in matches(self._folded, pattern, born_before=order.born_before):
                report.patterns[i] += 1
                yield from self._cover(span, code, order)

    def _cover(self, span: Span, code: str, order: Order) -> Iterator[Box]:
        letters = [self._box(i) for i in range(*span)]
        if any(one is None for one in letters):
            # where a letter stands cannot be told: better the whole page than a part of a name
            yield Box(0, 0, *self._shown.size, code)
            return
        for line in _lines([one for one in letters if one and one.right > one.left]):
            margin = (line.bottom - line.top) * MARGIN + 1
            # beside it stand letters that stay
            left = 0 if order.whole_lines else line.left - 1
            right = self._shown.width if order.whole_lines else line.right + 1
            yield Box(left, line.top - margin, right, line.bottom + margin, code)

    def _box(self, i: int) -> Box | None:
        """Return where a letter stands, of one height for all letters of a font; None if untold."""
        sign = raw.FPDFText_GetUnicode(self._text, i)
        if raw.FPDFText_IsGenerated(self._text, i) == 1 or chr(max(sign, 32)).isspace():
            return Box(0, 0, 0, 0)
        loose = raw.FS_RECTF()
        tight = [ctypes.c_double() for _ in range(4)]
        left, right, bottom, top = tight
        is_known = raw.FPDFText_GetLooseCharBox(self._text, i, loose) and raw.FPDFText_GetCharBox(
            self._text, i, left, right, bottom, top
        )
        if not is_known:
            return None
        corners = [
            self._at(x, y)
            for x, y in (
                (min(loose.left, left.value), max(loose.top, top.value)),
                (max(loose.right, right.value), min(loose.bottom, bottom.value)),
            )
        ]
        (x1, y1), (x2, y2) = corners
        return Box(min(x1, x2), min(y1, y2), max(x1, x2) + 1, max(y1, y2) + 1)

    def _at(self, x: float, y: float) -> tuple[int, int]:
        """Return which pixel shows a point of the page, however the page is turned or cut."""
        over, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(self._page, 0, 0, *self._shown.size, 0, x, y, over, down)
        return over.value, down.value


def _lines(letters: Iterable[Box]) -> list[Box]:
    """Return what covers letters, one box for each line on which they stand."""
    lines: list[Box] = []
    for one in letters:
        reach = max(one.bottom - one.top, one.right - one.left) * FAR
        last = lines[-1] if lines else None
        is_near = last is not None and (
            one.left <= last.right + reach
            and one.right >= last.left - reach
            and one.top < last.bottom
            and one.bottom > last.top
            and abs((one.top + one.bottom) - (last.top + last.bottom)) < last.bottom - last.top
        )
        if last is not None and is_near:
            lines[-1] = Box(
                min(last.left, one.left),
                min(last.top, one.top),
                max(last.right, one.right),
                max(last.bottom, one.bottom),
            )
        else:
            lines.append(one)
    return lines


def _areas(shown: Image.Image, n: int, order: Order) -> Iterator[Box]:
    """Yield the boxes that were ordered by their place on a page."""
    for page, code in order.pages:
        if page == n:
            yield Box(0, 0, *shown.size, code)
    for area in order.areas:
        if area.page == n:
            across, down = shown.width / WHOLE, shown.height / WHOLE
            yield Box(
                area.left * across,
                area.top * down,
                area.right * across,
                area.bottom * down,
                area.code,
            )


def _burn(shown: Image.Image, boxes: Iterable[Box], report: Report) -> None:
    """Paint the boxes over what they cover, all of them, and then their codes."""
    pen = ImageDraw.Draw(shown)
    painted = [Box(int(b.left), int(b.top), int(b.right), int(b.bottom), b.code) for b in boxes]
    for box in painted:
        pen.rectangle((box.left, box.top, box.right, box.bottom), fill="black")
    for box in painted:
        height = min(box.bottom - box.top, 40)
        if not box.code or height < TALL_ENOUGH:
            continue
        font = ImageFont.load_default(size=height * 0.7)
        if pen.textlength(box.code, font=font) < box.right - box.left:
            middle = ((box.left + box.right) / 2, (box.top + box.bottom) / 2)
            pen.text(middle, box.code, font=font, fill="white", anchor="mm")
    report.boxes += len(painted)


def _add(fresh: Pdf, picture: Image.Image, width: float, height: float) -> int:
    """Add a page that is a picture; return how many bytes it takes."""
    grey = picture.convert("L")
    is_grey = ImageChops.difference(picture, grey.convert("RGB")).getbbox() is None
    shown = grey if is_grey else picture
    stream = pikepdf.Stream(fresh, b"")
    packed = zlib.compress(shown.tobytes())
    if len(packed) <= LOSSLESS:
        stream.write(packed, filter=Name.FlateDecode)
    else:
        written = io.BytesIO()
        shown.save(written, "JPEG", quality=QUALITY)
        packed = written.getvalue()
        stream.write(packed, filter=Name.DCTDecode)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.ColorSpace = Name.DeviceGray if is_grey else Name.DeviceRGB
    stream.Width, stream.Height, stream.BitsPerComponent = shown.width, shown.height, 8
    page = fresh.add_blank_page(page_size=(width, height))
    page.Resources = Dictionary(XObject=Dictionary(P=stream))
    page.MediaBox = Array([0, 0, round(width, 2), round(height, 2)])
    page.Contents = fresh.make_stream(f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /P Do Q".encode())
    return len(packed)
