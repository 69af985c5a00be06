"""Files for the demonstration: one with traces, one that cannot be cleaned."""

import io
from datetime import datetime

from PIL import ExifTags, Image, ImageDraw

from cases import actions
from cases.models import Attachment, Case, Concern
from files.actions import Upload
from files.models import Loan
from files.rules import cleaning
from files.rules.kinds import NotCleanableError
from people.models import Person
from safes.rules import Opener

PHOTO = "IMG_2071.jpg"


def content_of(name: str, text: str) -> bytes:
    """Return the bytes of a file: a photo of its text, or the text itself."""
    if name != PHOTO:
        return text.encode()
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Example", "Pocket 4"
    exif[ExifTags.Base.DateTime] = "2026:10:14 09:41:00"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[1], place[2], place[3], place[4] = "N", (51.0, 28.0, 38.0), "W", (0.0, 0.0, 5.0)
    picture = Image.new("RGB", (640, 360), "#e9e4d8")
    ImageDraw.Draw(picture).multiline_text((40, 40), text, fill="#22302f", spacing=8)
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif)
    return written.getvalue()


def add(concern: Concern, name: str, text: str, *, now: datetime) -> None:
    """Add a file and do what the cleaner does: its hour is over when the demonstration opens."""
    content = content_of(name, text)
    file = actions.add_file(concern, name=name, content=content, now=now)
    _clean(file, content, now=now)


def add_to_case(
    case: Case, name: str, text: str, *, by: Person, opener: Opener, now: datetime
) -> None:
    """Add a file of the office to a case, and do what the cleaner does."""
    content = content_of(name, text)
    upload = Upload.of(name, content)
    file = actions.add_to_case(case, upload=upload, by=by, opener=opener, now=now)
    _clean(file, content, now=now)


def _clean(file: Attachment, content: bytes, *, now: datetime) -> None:
    loan = Loan.objects.get(stream__row=file.pk)
    actions.begin_cleaning(loan, now=now)
    try:
        kind = cleaning.check(content)
        actions.check_file(loan, kind=kind, is_scanned=False, now=now)
        copy, found = cleaning.clean(content, kind)
        actions.keep_clean_copy(loan, content=copy, found=found, now=now)
    except NotCleanableError as error:
        actions.hold_file(loan, why=error.why, now=now)
