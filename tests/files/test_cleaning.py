"""What is taken out of files, and which files are refused: bytes in, bytes out."""

import codecs
import io
import stat
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from PIL import Image
from pypdf import PdfReader

from files.rules import archives, cleaning, images, text
from files.rules.kinds import (
    DOCX,
    JPEG,
    MAIL,
    OFFICE,
    PDF,
    PNG,
    TEXT,
    XLSX,
    NotCleanableError,
    Sniffer,
    Trace,
    Why,
    kind_of,
)
from files.rules.names import LONGEST, safe_name
from tests.files import made

pytestmark = pytest.mark.req("INT-8")
PLANTED = made.PLANTED.encode()


# -- what is taken out --------------------------------------------------------------------------


def test_a_photo_keeps_its_picture_and_nothing_else() -> None:
    photo = made.photo()
    assert photo.count(PLANTED) == 4
    assert cleaning.check(photo) is JPEG
    copy, found = cleaning.clean(photo, JPEG)
    assert PLANTED not in copy
    assert found == {
        Trace.PLACE, Trace.CAMERA, Trace.AUTHOR, Trace.TIME, Trace.DESCRIPTION, Trace.AFTER_THE_END,
    }  # fmt: skip
    picture = Image.open(io.BytesIO(copy))
    # it lay on its side, and is turned before that is forgotten
    assert picture.size == (48, 64)
    assert not picture.getexif()
    assert all(abs(a - b) < 8 for a, b in zip(picture.getpixel((9, 9)), (0, 128, 128), strict=True))  # type: ignore[arg-type] # three colours


def test_a_screenshot_keeps_every_pixel_and_what_shows_through() -> None:
    copy, found = cleaning.clean(made.screenshot(), PNG)
    assert PLANTED not in copy
    assert found == {Trace.DESCRIPTION}
    assert Image.open(io.BytesIO(copy)).getpixel((3, 3)) == (10, 20, 30, 128)


MAKES = {
    "PNG": ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"],
    "JPEG": ["1", "L", "RGB", "CMYK"],
    "GIF": ["1", "L", "LA", "P", "RGB", "RGBA"],
    "BMP": ["1", "L", "P", "RGB", "RGBA"],
    "TIFF": ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"],
}


@pytest.mark.parametrize(
    ("form", "mode"), [(form, mode) for form, modes in MAKES.items() for mode in modes]
)
def test_a_picture_of_any_make_is_made_again(form: str, mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (9, 7)).save(written, form)
    copy, _ = images.remake(written.getvalue(), form)
    assert Image.open(io.BytesIO(copy)).size == (9, 7)


def test_a_pdf_keeps_its_pages_and_words_and_nothing_that_tells_or_runs() -> None:
    letter = made.letter()
    assert made.laid_open(letter).count(PLANTED) > 7
    assert cleaning.check(letter) is PDF
    copy, found = cleaning.clean(letter, PDF)
    open_copy = made.laid_open(copy)
    assert PLANTED not in open_copy
    assert b"JavaScript" not in open_copy
    assert b"Launch" not in open_copy
    assert b"words that stay" in open_copy
    reader = PdfReader(io.BytesIO(copy))
    assert len(reader.pages) == 1
    assert not reader.attachments
    assert not reader.metadata
    assert found >= {
        Trace.AUTHOR, Trace.SCRIPT, Trace.ATTACHED, Trace.COMMENTERS, Trace.PICTURES,
    }  # fmt: skip


def test_a_pdf_inside_a_picture_of_which_nothing_tells_is_left_as_it_is() -> None:
    copy, _ = cleaning.clean(made.letter(), PDF)
    again, found = cleaning.clean(copy, PDF)
    assert found == set()
    assert again == copy


def test_a_word_file_keeps_its_words_and_loses_who_wrote_them() -> None:
    report = made.report()
    assert cleaning.check(report) is DOCX
    copy, found = cleaning.clean(report, DOCX)
    parts = made.unpacked(copy)
    assert not [name for name, content in parts.items() if PLANTED in content]
    assert "docProps/custom.xml" not in parts
    assert b"docProps/custom.xml" not in parts["[Content_Types].xml"] + parts["_rels/.rels"]
    assert b"words that stay" in parts["word/document.xml"]
    assert b"a remark that stays" in parts["word/comments.xml"]
    relations = parts["word/_rels/document.xml.rels"]
    assert b"about:blank" in relations
    assert b"https://example.org/" in relations
    assert found >= {Trace.AUTHOR, Trace.COMMENTERS, Trace.PICTURES, Trace.LINKS, Trace.TIME}
    assert cleaning.check(copy) is DOCX
    assert cleaning.clean(copy, DOCX)[1] == set()


def test_a_spreadsheet_can_still_be_opened() -> None:
    book = openpyxl.Workbook()
    book.properties.creator = f"{made.PLANTED} author"
    sheet: Any = book.active
    sheet["A1"] = "hours"
    sheet["A1"].comment = Comment("see the log", f"{made.PLANTED} commenter")
    written = io.BytesIO()
    book.save(written)
    assert cleaning.check(written.getvalue()) is XLSX
    copy, found = cleaning.clean(written.getvalue(), XLSX)
    assert not [one for one in made.unpacked(copy).values() if PLANTED in one]
    assert found >= {Trace.AUTHOR, Trace.COMMENTERS}
    opened: Any = openpyxl.load_workbook(io.BytesIO(copy)).active
    assert opened["A1"].value == "hours"
    assert opened["A1"].comment.text == "see the log"


def test_text_keeps_its_letters_and_loses_what_cannot_be_seen() -> None:
    hidden = "\ufeffShe said\u202e yes\u200b\x07.\r\nنعم\u200cنعم 👩\u200d🔬\n"
    copy, found = text.clean(hidden.encode())
    assert copy.decode() == "She said yes.\nنعم\u200cنعم 👩\u200d🔬\n"
    assert found == {Trace.HIDDEN_SIGNS}
    assert text.clean(copy) == (copy, set())


# -- what is refused ----------------------------------------------------------------------------


def link_out() -> bytes:
    entry = zipfile.ZipInfo("word/link")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in made.parts_of_a_report().items():
            archive.writestr(name, content)
        archive.writestr(entry, "/etc/passwd")
    return written.getvalue()


def with_part(name: str, content: bytes = b"x") -> bytes:
    return made.zipped({**made.parts_of_a_report(), name: content})


def overlapping() -> bytes:
    """Return an archive whose list names the same bytes twice, as those of a bomb do."""
    archive = bytearray(made.zipped({"[Content_Types].xml": b"<a/>" * 9, "word/one.xml": b"<b/>"}))
    second = archive.rfind(b"PK\x01\x02")
    archive[second + 42 : second + 46] = bytes(4)
    return bytes(archive)


ENTITIES = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
REFUSED: dict[str, tuple[bytes, Why]] = {
    "a program": (b"MZ\x90\x00\x03\x00\x00\x00", Why.BROKEN),
    "a cut photo": (made.photo()[:400], Why.BROKEN),
    "the first bytes of a PDF": (b"%PDF-1.7\nno more", Why.BROKEN),
    "a PDF that is a zip as well": (made.letter() + made.report(), Why.TWO_IN_ONE),
    "a photo that is a zip as well": (made.photo() + made.report(), Why.TWO_IN_ONE),
    "a picture that unpacks to too many pixels": (made.huge_picture(), Why.TOO_MUCH),
    "a zip that is no office file": (made.zipped({"a.txt": b"words"}), Why.BROKEN),
    "a zip after something else": (b"PK\x03\x04" + made.report(), Why.BROKEN),
    "a part that unpacks to too much": (with_part("word/b.xml", bytes(30 * 2**20)), Why.TOO_MUCH),
    "too many parts": (
        made.zipped({str(n): b"" for n in range(2_001)}),
        Why.TOO_MUCH,
    ),
    "parts that share their bytes": (overlapping(), Why.TOO_MUCH),
    "a part that leaves by its name": (with_part("../../evil.xml"), Why.BROKEN),
    "a part with a whole path": (with_part("/etc/evil.xml"), Why.BROKEN),
    "a part that is a link": (link_out(), Why.BROKEN),
    "macros": (with_part("word/vbaProject.bin"), Why.PROGRAM),
    "a program inside": (with_part("word/embeddings/run.exe"), Why.PROGRAM),
    "entities from elsewhere": (with_part("word/more.xml", ENTITIES), Why.BROKEN),
    "a part that nobody knows": (with_part("word/media/drawing.emf"), Why.UNKNOWN_PARTS),
    "a PDF with a password": (made.letter(password="1234"), Why.LOCKED),
}


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_clean_as_a_whole_gets_no_copy(content: bytes, why: Why) -> None:
    with pytest.raises(NotCleanableError) as refused:
        cleaning.clean(content, cleaning.check(content))
    assert refused.value.why == why


def nested(depth: int) -> bytes:
    content = made.report()
    for _ in range(depth):
        content = with_part("word/embeddings/inner.docx", content)
    return content


def test_files_in_files_are_cleaned_as_far_down_as_is_sensible() -> None:
    copy, _ = cleaning.clean(nested(2), DOCX)
    inner = made.unpacked(made.unpacked(copy)["word/embeddings/inner.docx"])
    innermost = made.unpacked(inner["word/embeddings/inner.docx"])
    assert not [one for one in innermost.values() if PLANTED in one]
    with pytest.raises(NotCleanableError):
        cleaning.clean(nested(3), DOCX)


def test_an_archive_that_lies_about_a_size_is_not_read_further() -> None:
    content = bytearray(made.zipped({"a": b"x" * 5_000}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    with archives.opened(bytes(content)) as archive, pytest.raises(NotCleanableError):
        archives.read(archive, "a")


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([made.photo(), made.screenshot(), made.letter(), made.report(), made.e_mail()]),
    st.integers(0, 3_000),
    st.binary(min_size=1, max_size=20),
)
def test_a_damaged_file_is_cleaned_or_refused_and_never_anything_else(
    content: bytes, at: int, noise: bytes
) -> None:
    damaged = content[:at] + noise + content[at + len(noise) :]
    copy = b"words"
    with suppress(NotCleanableError):
        copy, _ = cleaning.clean(damaged, cleaning.check(damaged))
    assert cleaning.check(copy)


@pytest.mark.parametrize("content", made.MARKUP.values(), ids=made.MARKUP.keys())
def test_a_page_or_a_drawing_gets_no_copy_as_text(content: bytes) -> None:
    with pytest.raises(NotCleanableError) as refused:
        cleaning.check(content)
    assert refused.value.why == Why.MARKUP


@pytest.mark.parametrize("content", made.WORDS.values(), ids=made.WORDS.keys())
def test_words_that_only_look_like_it_are_text(content: bytes) -> None:
    assert cleaning.check(content) is TEXT


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_a_text_as_windows_writes_unicode_is_kept_as_utf_8(order: str) -> None:
    content = "\ufeffLe café — déjà vu. 😀\r\n\u200bEnde".encode(order)
    assert cleaning.check(content) is TEXT
    copy, found = cleaning.clean(content, TEXT)
    assert copy.decode() == "Le café — déjà vu. 😀\nEnde"
    assert found == {Trace.HIDDEN_SIGNS}


@pytest.mark.parametrize("content", made.MARKUP.values(), ids=made.MARKUP.keys())
def test_a_page_or_a_drawing_is_none_the_less_one_in_utf_16(content: bytes) -> None:
    wide = content.decode().encode("utf-16")
    assert kind_of(wide) is None
    with pytest.raises(NotCleanableError) as refused:
        cleaning.check(wide)
    assert refused.value.why == Why.MARKUP


def test_an_e_mail_in_utf_16_loses_how_it_travelled() -> None:
    wide = made.e_mail().decode().encode("utf-16")
    copy, found = cleaning.clean(wide, cleaning.check(wide))
    assert Trace.HEADERS in found
    assert PLANTED not in copy


@pytest.mark.parametrize(
    "content",
    [
        made.letter().decode("latin-1").encode("utf-16"),
        "\u200b%PDF-1.7 words".encode(),
        "\u200b<html><script>alert(1)</script>".encode(),
    ],
    ids=["a document in wide letters", "a document behind a sign", "a page behind a sign"],
)
def test_a_copy_that_would_be_more_than_text_is_not_made(content: bytes) -> None:
    with pytest.raises(NotCleanableError):
        cleaning.clean(content, cleaning.check(content))


def test_a_text_that_is_a_document_as_well_is_refused() -> None:
    with pytest.raises(NotCleanableError) as refused:
        cleaning.check(made.page_and_document())
    assert refused.value.why == Why.TWO_IN_ONE


@pytest.mark.parametrize("of", [made.photo, made.screenshot, made.letter])
def test_a_page_behind_something_else_is_not_in_the_copy(of: Callable[[], bytes]) -> None:
    content = of().partition(b"<script>")[0] + made.MARKUP["page"]
    copy, found = cleaning.clean(content, cleaning.check(content))
    assert Trace.AFTER_THE_END in found
    assert b"html" not in copy.lower()


# -- the first look -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (made.photo(), JPEG),
        (made.letter(), PDF),
        (made.report(), OFFICE),
        ("Le café — déjà vu.".encode(), TEXT),
        (b"hi", TEXT),
        ("déjà vu".encode("utf-16"), TEXT),
        (b"\xfe\xff" + "hi 😀".encode("utf-16-be"), TEXT),
        (codecs.BOM_UTF16_LE + b"h\x00i", None),
        (codecs.BOM_UTF16_LE + b"h\x00\x00\x00i\x00", None),
        (codecs.BOM_UTF16_LE + b"\x00\xd8i\x00", None),
        ("hi".encode("utf-32"), None),
        ("<html><p>hi".encode("utf-16"), None),
        (b"<Anna> alert(1)", TEXT),
        (b"<html><script>alert(1)</script>", None),
        (made.e_mail(), MAIL),
        *((one, MAIL) for one in made.E_MAILS.values()),
        (b"Subject: caf\xe9\n\nWords.", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),
        (b"\x7fELF\x02\x01\x01\x00", None),
        (b"GIF89a\x00\x00", None),
        ("naïve".encode("latin-1"), None),
        (b"words\x00words", None),
    ],
)
@pytest.mark.parametrize("portion", [1, 7, 65_536])
def test_the_first_look_is_the_same_however_the_bytes_come(
    content: bytes, kind: object, portion: int
) -> None:
    sniffer = Sniffer()
    for at in range(0, min(len(content), 400), portion):
        sniffer.feed(content[at : at + portion])
    sniffer.feed(b"", final=True)
    assert sniffer.kind is kind
    assert sniffer.is_refused == (kind is None)
    assert kind_of(content) is kind


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Rita\\letter.pdf", "letter.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nSet-Cookie: b.txt", "aSet-Cookie: b.txt"),
        ("..", "file"),
        ("", "file"),
        ("رسالة.pdf", "رسالة.pdf"),
        ("x" * 300 + ".pdf", "x" * (LONGEST - 4) + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(given: str, kept: str) -> None:
    assert safe_name(given) == kept
    assert len(kept) <= LONGEST
