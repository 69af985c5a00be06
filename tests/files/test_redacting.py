"""What is taken out of a PDF or a picture is gone: from every layer, stream and pixel."""

import io
import json
from dataclasses import replace
from functools import cache

import pikepdf
import pypdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageDraw

from files.rules import redacting
from files.rules.finding import Pattern, folded, matches, occurrences
from files.rules.kinds import PDF, PNG, NotCleanableError, Why
from files.rules.orders import Area, Order
from files.rules.redacting import redact
from files.rules.redactor import make
from tests.files.made import laid_open

pytestmark = pytest.mark.req("CAS-9")
WHOLE = Order(words=[("Marlow Quist", "P")])


def page_of(document: Pdf, *lines: str, size: tuple[int, int] = (400, 200)) -> pikepdf.Page:
    """Add a page with lines of text to a document."""
    page = document.add_blank_page(page_size=size)
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
    )
    page.Resources = Dictionary(Font=Dictionary(F=font))
    shown = "".join(f"({line}) Tj 0 -20 Td " for line in lines)
    page.Contents = document.make_stream(f"BT /F 14 Tf 20 160 Td {shown}ET".encode())
    return page


def saved(document: Pdf, **options: object) -> bytes:
    written = io.BytesIO()
    document.save(written, **options)  # type: ignore[arg-type] # what a test wants of it
    return written.getvalue()


@cache
def letter() -> bytes:
    """Return a PDF in which the name stands in each place that it could be left in."""
    document = Pdf.new()
    page = page_of(document, "Marlow Quist signed on 14 October.", "Nobody else was there.")
    page_of(document, "Zebulon, who stood here before.")
    document.docinfo["/Author"] = "Marlow Quist"
    with document.open_metadata() as told:
        told["dc:creator"] = ["Marlow Quist"]
    document.attachments["inside.txt"] = b"Marlow Quist"
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], Contents="Ask Marlow Quist"
    )
    box = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T="who",
        V="Marlow Quist",
        Rect=[9, 9, 99, 29],
    )
    fields = [document.make_indirect(one) for one in (note, box)]
    page.Annots = Array(fields)
    document.Root.AcroForm = Dictionary(Fields=Array(fields[1:]))
    # a layer that is not shown
    layer = document.make_indirect(Dictionary(Type=Name.OCG, Name="Marlow Quist"))
    document.Root.OCProperties = Dictionary(
        OCGs=Array([layer]), D=Dictionary(OFF=Array([layer]), Order=Array([layer]))
    )
    page.Resources.Properties = Dictionary(L=layer)
    shown = page.Contents.read_bytes()
    hidden = b" /OC /L BDC BT /F 14 Tf 20 60 Td (Marlow Quist) Tj ET EMC"
    unseen = b" BT /F 14 Tf 3 Tr 20 40 Td (Marlow Quist) Tj ET"
    page.Contents = document.make_stream(shown + hidden + unseen)
    return amended(saved(document, compress_streams=False, deterministic_id=True))


def amended(document: bytes) -> bytes:
    """Return a PDF whose second page was changed by adding to it: what was there before lies in it.

    ISO 32000-1, 7.5.6.
    """
    with Pdf.open(io.BytesIO(document)) as opened:
        number, root = opened.pages[1].Contents.objgen[0], opened.Root.objgen[0]
        size = len(opened.objects) + 1
    before = document.rsplit(b"startxref", 1)[1].split()[0].decode()
    now = (
        b"BT /F 14 Tf 20 160 Td (See Mar-) Tj 0 -20 Td (low Quist again, marlow@example.org.) Tj ET"
    )
    thing = f"{number} 0 obj\n<< /Length {len(now)} >>\nstream\n".encode()
    added = document + thing + now + b"\nendstream\nendobj\n"
    table = f"xref\n{number} 1\n{len(document):010d} 00000 n \n"
    trailer = f"trailer\n<< /Size {size} /Root {root} 0 R /Prev {before} >>\n"
    return added + f"{table}{trailer}startxref\n{len(added)}\n%%EOF\n".encode()


def page_document(*lines: str) -> Pdf:
    document = Pdf.new()
    page_of(document, *lines)
    return document


def pictures(document: bytes) -> list[Image.Image]:
    """Return how the pages of a PDF look, one pixel a point."""
    opened = pypdfium2.PdfDocument(document)
    found = [page.render().to_pil().convert("RGB") for page in opened]
    opened.close()
    return found


def test_what_is_taken_out_is_in_no_layer_stream_or_data_of_the_copy() -> None:
    original = letter()
    assert b"Zebulon" in original
    kept = bytes(original)
    order = replace(WHOLE, patterns=[(Pattern.EMAIL, "P")])
    copy, report = redact(original, PDF, order)
    assert original == kept
    # the words that are seen, the hidden layer's and the unseen ones; the second page's is broken
    assert report.words == [4]
    assert report.patterns == [1]
    assert (report.pages, report.mute, report.marked) == (2, [], [1])
    assert b"Quist" in laid_open(original)
    laid = laid_open(copy)
    for word in (
        b"Quist",
        b"Marlow",
        b"marlow",
        b"October",
        b"Zebulon",
        b"/Annots",
        b"/AcroForm",
        b"/OCProperties",
    ):
        assert word not in laid, word
        assert word not in copy
    for name in (b"/Info", b"/Metadata", b"/EmbeddedFiles", b"/Font", b"/Prev"):
        assert name not in laid, name
    assert copy.count(b"%%EOF") == 1
    assert not "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(copy)).pages)
    opened = pypdfium2.PdfDocument(copy)
    assert [page.get_textpage().count_chars() for page in opened] == [0, 0]
    opened.close()
    # what stays is seen, and what goes is black
    before, after = pictures(original)[0], pictures(copy)[0]
    assert after.size == before.size
    middle = after.crop((21, 29, 45, 41)).convert("L").getextrema()
    assert middle == (0, 0)
    assert min(after.crop((20, 45, 200, 65)).convert("L").tobytes()) < 100


def test_pixels_below_a_box_do_not_depend_on_what_it_covers() -> None:
    """Two names of one width in one place leave the same picture."""
    order = Order(areas=[Area(1, 0, 0, 100, 30, "L")])
    copies = [redact(saved(page_document(name)), PDF, order)[0] for name in ("Amara", "Priya!")]
    first, second = (pictures(copy)[0] for copy in copies)
    assert first.tobytes() == second.tobytes()
    lines = replace(WHOLE, whole_lines=True)
    long, short = (
        pictures(redact(saved(page_document(f"{'so ' * n}Marlow Quist")), PDF, lines)[0])[0]
        for n in (1, 5)
    )
    assert long.tobytes() == short.tobytes()


def test_whole_pages_and_scans_are_taken_out_by_their_place() -> None:
    picture = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(picture).text((20, 20), "Marlow Quist", fill="navy")
    written = io.BytesIO()
    picture.save(written, "PNG")
    order = Order(words=[("Marlow Quist", "P")], areas=[Area(1, 0, 0, 50, 50, "")])
    copy, report = redact(written.getvalue(), PNG, order)
    assert (report.words, report.mute, report.boxes) == ([0], [1], 1)
    shown = pictures(copy)[0]
    left = shown.crop((2, 2, shown.width // 2 - 2, shown.height // 2 - 2))
    assert left.convert("L").getextrema() == (0, 0)
    document = page_document("First, Marlow Quist")
    page_of(document, "Second")
    copy, report = redact(saved(document), PDF, Order(pages=[(2, "N")]))
    first, second = pictures(copy)
    assert first.convert("L").getextrema()[1] == 255
    assert second.crop((0, 0, 150, 200)).convert("L").getextrema() == (0, 0)


def test_a_page_that_is_turned_and_cut_is_covered_where_it_is_seen() -> None:
    document = page_document("Marlow Quist signed.")
    page = document.pages[0]
    page.Rotate, page.CropBox = 90, Array([10, 10, 390, 190])
    copy, report = redact(saved(document), PDF, Order(words=[("Marlow Quist signed", "")]))
    assert report.words == [1]
    before, after = (pictures(one)[0].convert("L") for one in (saved(document), copy))
    assert before.size == after.size == (180, 380)
    inked = [n for n, shade in enumerate(before.tobytes()) if shade < 100]
    assert inked
    assert {after.tobytes()[n] for n in inked} == {0}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.7 nothing", Why.BROKEN),
        (saved(page_document("x"), encryption=pikepdf.Encryption(owner="a", user="b")), Why.LOCKED),
    ],
)
def test_what_cannot_be_opened_says_why(content: bytes, why: Why) -> None:
    out = io.BytesIO()
    make(PDF.media_type, json.dumps(WHOLE.told()).encode() + b"\n" + content, out)
    assert json.loads(out.getvalue()) == {"why": why}


def test_what_is_too_much_says_so() -> None:
    document = Pdf.new()
    document.add_blank_page(page_size=(14_400, 14_400))
    with pytest.raises(NotCleanableError) as refused:
        redact(saved(document), PDF, WHOLE)
    assert refused.value.why == Why.TOO_MUCH
    many = Pdf.new()
    for _ in range(redacting.MOST_PAGES + 1):
        many.add_blank_page(page_size=(10, 10))
    with pytest.raises(NotCleanableError) as refused:
        redact(saved(many), PDF, WHOLE)
    assert refused.value.why == Why.TOO_MUCH


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Amára\nOSEI came", "amara osei", ["Amára\nOSEI"]),
        ("Oseiland, Osei\u2019s, Osei", "Osei", ["Osei", "Osei"]),
        ("Osei-\nTutu and Osei-Tutu", "Osei-Tutu", ["Osei-\nTutu", "Osei-Tutu"]),
        ("non\u00adsense", "nonsense", ["non\u00adsense"]),
        ("ﬁle of Straße 5", "file of STRASSE 5", ["ﬁle of Straße 5"]),
        ("مرحبا أمل", "أمل", ["أمل"]),
        ("a", "a", []),
    ],
)
def test_words_are_found_as_a_reader_would(text: str, words: str, found: list[str]) -> None:
    spans = occurrences(folded(text), words)
    assert [text[start:end] for start, end in spans] == found


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (Pattern.EMAIL, "to a.b+c@mail.example.org.", ["a.b+c@mail.example.org"]),
        (Pattern.PHONE, "ring +44 (0)20 7946-0958 or 12", ["+44 (0)20 7946-0958"]),
        (Pattern.PHONE, "on 14.10.2026 at 2026-10-14", []),
        (Pattern.BIRTH, "born 14 March 1985, hired 2024-01-02", ["14 March 1985"]),
        (Pattern.BIRTH, "14.03.1985 and March 3rd, 1999", ["14.03.1985", "March 3rd, 1999"]),
        (Pattern.NUMBER, "GB29 NWBK 6016 1331 9268 19 or 1234567", ["GB29 NWBK 6016 1331 9268 19"]),
    ],
)
def test_forms_are_found(pattern: Pattern, text: str, found: list[str]) -> None:
    spans = matches(folded(text), pattern, born_before=2012)
    assert [text[start:end] for start, end in spans] == found
