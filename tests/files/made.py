"""Files made up for the tests: each carries the planted word where a real one carries a trace."""

import io
import struct
import zipfile
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

PLANTED = "CANARY"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CT = "http://schemas.openxmlformats.org/package/2006/content-types"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def photo() -> bytes:
    """Return a JPEG with a place, a camera, an owner, a comment, and words after its end."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = f"{PLANTED} camera"
    exif[ExifTags.Base.Artist] = f"{PLANTED} owner"
    exif[ExifTags.Base.DateTime] = "2026:10:14 09:41:00"
    exif[ExifTags.Base.Orientation] = 6
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[1], place[2], place[3], place[4] = "N", (51.0, 30.0, 26.0), "W", (0.0, 7.0, 39.0)
    written = io.BytesIO()
    comment = f"{PLANTED} comment".encode()
    Image.new("RGB", (64, 48), "teal").save(written, "JPEG", exif=exif, comment=comment)
    return written.getvalue() + b"<script>CANARY</script>"


def screenshot() -> bytes:
    """Return a PNG with an author in its text."""
    told = PngInfo()
    told.add_text("Author", f"{PLANTED} author")
    written = io.BytesIO()
    Image.new("RGBA", (8, 8), (10, 20, 30, 128)).save(written, "PNG", pnginfo=told)
    return written.getvalue()


def huge_picture(side: int = 20_000) -> bytes:
    """Return a PNG of a few hundred kilobytes that unpacks to far too many pixels."""
    rows = zlib.compress(bytes((side + 7) // 8 + 1) * side, 9)
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def letter(*, password: str = "") -> bytes:
    """Return a PDF with an author, a script, an action, a file inside it and a traced picture."""
    document = Pdf.new()
    page = document.add_blank_page(page_size=(200, 200))
    document.docinfo["/Author"] = f"{PLANTED} author"
    with document.open_metadata() as told:
        told["dc:creator"] = [f"{PLANTED} xmp"]
    document.attachments["inside.txt"] = f"{PLANTED} inside".encode()
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=f"app.alert('{PLANTED} script')")
    page.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=f"{PLANTED} page script"))
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Text,
        Rect=[0, 0, 9, 9],
        T=f"{PLANTED} commenter",
        Contents="words that stay",
    )
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=[0, 0, 9, 9],
        A=Dictionary(S=Name.Launch, F=f"{PLANTED}.exe"),
    )
    page.Annots = Array([document.make_indirect(note), document.make_indirect(link)])
    picture = pikepdf.Stream(document, b"")
    picture.write(photo().partition(b"<script>")[0], filter=Name.DCTDecode)
    picture.Type, picture.Subtype, picture.ColorSpace = Name.XObject, Name.Image, Name.DeviceRGB
    picture.Width, picture.Height, picture.BitsPerComponent = 64, 48, 8
    page.Resources = Dictionary(XObject=Dictionary(Im0=picture))
    page.Contents = document.make_stream(b"q 64 0 0 48 0 0 cm /Im0 Do Q")
    written = io.BytesIO()
    lock = pikepdf.Encryption(owner=password, user=password) if password else None
    document.save(written, encryption=lock or False)
    return written.getvalue()


def laid_open(document: bytes) -> bytes:
    """Return a PDF whose every stream is unpacked, so that words in it can be looked for."""
    written = io.BytesIO()
    with Pdf.open(io.BytesIO(document)) as opened:
        opened.save(
            written,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            compress_streams=False,
        )
    return written.getvalue()


def parts_of_a_report() -> dict[str, bytes]:
    """Return the parts of a Word file with an author, a commenter, a photo, a template."""
    text = (
        f'<w:document {_W} xmlns:r="{_R}"><w:body><w:p w:rsidR="00{PLANTED}">'
        f'<w:ins w:author="{PLANTED} reviewer" w:date="2026-10-14T09:41:00Z">'
        "<w:r><w:t>words that stay</w:t></w:r></w:ins>"
        f"<w:r><w:instrText> INCLUDEPICTURE http://{PLANTED}.example/x </w:instrText></w:r>"
        "</w:p></w:body></w:document>"
    )
    types = (
        f'<Types xmlns="{_CT}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/>'
        '<Override PartName="/docProps/custom.xml" ContentType="application/xml"/></Types>'
    )
    roots = (
        f'<Relationships xmlns="{_RELS}">'
        f'<Relationship Id="r1" Type="{_R}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="r2" Type="{_R}/custom-properties" Target="docProps/custom.xml"/>'
        "</Relationships>"
    )
    relations = (
        f'<Relationships xmlns="{_RELS}">'
        f'<Relationship Id="r1" Type="{_R}/image" Target="media/image1.jpeg"/>'
        f'<Relationship Id="r2" Type="{_R}/attachedTemplate" TargetMode="External" '
        f'Target="file:///C:/{PLANTED}/Normal.dotm"/>'
        f'<Relationship Id="r3" Type="{_R}/hyperlink" TargetMode="External" '
        'Target="https://example.org/"/></Relationships>'
    )
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:creator>{PLANTED} author</dc:creator></cp:coreProperties>"
    )
    comments = (
        f'<w:comments {_W}><w:comment w:id="0" w:author="{PLANTED} commenter" w:initials="CC">'
        "<w:p><w:r><w:t>a remark that stays</w:t></w:r></w:p></w:comment></w:comments>"
    )
    return {
        "[Content_Types].xml": types.encode(),
        "_rels/.rels": roots.encode(),
        "word/document.xml": text.encode(),
        "word/_rels/document.xml.rels": relations.encode(),
        "word/comments.xml": comments.encode(),
        "word/media/image1.jpeg": photo(),
        "docProps/core.xml": core.encode(),
        "docProps/custom.xml": f"<p>{PLANTED} custom</p>".encode(),
    }


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def report() -> bytes:
    """Return a Word file with traces."""
    return zipped(parts_of_a_report())


def unpacked(archive: bytes) -> dict[str, bytes]:
    """Return the parts of an archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


# what looks like text and is taken for something else by the program that opens it
MARKUP = {
    "page": b"<!DOCTYPE html><html><head><meta name=author content=CANARY></head></html>",
    "page without a head": b"\xef\xbb\xbf \r\n<BODY onload=alert(1)>CANARY</BODY>",
    "page after a remark": b"<!-- CANARY --><script>alert(1)</script>",
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>CANARY</svg>",
    "drawing as XML": b"<?xml version='1.0'?>\n<!-- CANARY -->\n<svg:svg/>",
    "rich text": rb"{\rtf1{\info{\author CANARY}}Words.}",
    "PostScript": b"%!PS-Adobe-3.0\n%%Creator: CANARY\n",
}
# e-mails whose head some program wrote, however strange the rest of it is
E_MAILS = {
    "MIME alone": b"From: a@example.org\r\nmime-version: 1.0\r\n\r\nWords.\r\n",
    "older than MIME": b"Received: from CANARY\r\n by x\r\nFrom: a@example.org\r\n\r\nWords.",
    "other ends of lines": b"Return-Path: <CANARY>\rFrom: a@example.org\r\rWords.",
    "as a mailbox keeps it": b"From CANARY Mon Oct 12 2026\nMessage-ID: <CANARY>\n\nWords.",
    "letters that are no UTF-8": b"Subject: caf\xe9\nX-Mailer: CANARY\n\nd\xe9j\xe0 vu: Words.",
    "after a mark and an empty line": b"\xef\xbb\xbf\r\nX-Originating-IP: [CANARY]\r\n\r\nWords.",
    "an empty one": b"Message-ID: <CANARY>\n",
}
# what only begins alike, or only talks of it
WORDS = {
    "a chat": b"<Anna> hello\n<Bob> <b>no</b>\n",
    "an address": b"<anna@example.org> wrote:\n> words\n",
    "a copied e-mail": b"From: Anna\nTo: Bob\n\nThe header MIME-Version: was missing.\n",
    "a remark": b"The page began with <html><script>.",
    "less": b"< 5 people knew.",
    "a PDF by name": b"The file began with %PDF-1.7, I think.",
}


def e_mail() -> bytes:
    """Return an e-mail with every trace of its way, a page beside its words, a file, a letter."""
    travelled = (
        f"Return-Path: <{PLANTED}@example.org>\r\n"
        f"Received: from {PLANTED} ([203.0.113.7])\r\n by mail.example.org; Mon\r\n"
        f"X-Originating-IP: [{PLANTED}]\r\nMessage-ID: <{PLANTED}@x>\r\n"
        f"Reply-To: {PLANTED}@example.org\r\nBcc: {PLANTED}@example.org\r\n"
    )
    return (
        f"{travelled}From: =?utf-8?q?Ren=C3=A9e?= Lead <renee@example.org>\r\n"
        "To: All <all@example.org>,\r\n Otto <otto@example.org>\r\nCc: x@example.org\r\n"
        "Date: Wed, 14 Oct 2026 09:41:27 +0530\r\nSubject: =?iso-8859-1?q?The_caf=E9?=\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="a"\r\n\r\n--a\r\n'
        'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\n'
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
        "\r\nTGVhdmUgdHdvIG91dC4=\r\n--b\r\n"
        f"Content-Type: text/html\r\n\r\n<p>{PLANTED}<img src=//{PLANTED}>\r\n--b--\r\n--a\r\n"
        f"Content-Type: image/png; x={PLANTED}\r\nContent-ID: <{PLANTED}>\r\n"
        'Content-Disposition: attachment; filename="../plan.png"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{'QUJD' * 1_000}\r\n--a\r\n"
        f"Content-Type: message/rfc822\r\n\r\n{travelled}From: Otto <otto@example.org>\r\n"
        "Subject: Re\r\n\r\nHe agreed.\r\n--a--\r\n"
    ).encode()


def page_and_document() -> bytes:
    """Return letters alone that a reader of PDF takes for a document."""
    return b"Dear office,\n%PDF-1.4\n1 0 obj<</Author(CANARY)>>endobj\ntrailer<<>>\n%%EOF\n"
