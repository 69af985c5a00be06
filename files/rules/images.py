"""Pictures: made again from their pixels alone, so that nothing else can come along."""

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import ExifTags, Image, ImageFile, ImageOps, PngImagePlugin

from files.rules.kinds import JPEG, PNG, Kind, NotCleanableError, Trace, Why

# a photo of 50 megapixels is 150 MB in memory
MOST_PIXELS = 50_000_000
QUALITY = 90
FORMATS = {JPEG: "JPEG", PNG: "PNG"}
# what Pillow raises for what it cannot read
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError, struct.error)
_MODES = {"JPEG": {"L", "RGB"}, "PNG": {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}}

_EXIF: dict[int, Trace] = {
    ExifTags.Base.Make: Trace.CAMERA,
    ExifTags.Base.Model: Trace.CAMERA,
    ExifTags.Base.UniqueCameraModel: Trace.CAMERA,
    ExifTags.Base.CameraSerialNumber: Trace.CAMERA,
    ExifTags.Base.BodySerialNumber: Trace.CAMERA,
    ExifTags.Base.LensMake: Trace.CAMERA,
    ExifTags.Base.LensModel: Trace.CAMERA,
    ExifTags.Base.LensSerialNumber: Trace.CAMERA,
    ExifTags.Base.MakerNote: Trace.CAMERA,
    ExifTags.Base.DateTime: Trace.TIME,
    ExifTags.Base.DateTimeOriginal: Trace.TIME,
    ExifTags.Base.DateTimeDigitized: Trace.TIME,
    ExifTags.Base.Artist: Trace.AUTHOR,
    ExifTags.Base.Copyright: Trace.AUTHOR,
    ExifTags.Base.XPAuthor: Trace.AUTHOR,
    ExifTags.Base.CameraOwnerName: Trace.AUTHOR,
    ExifTags.Base.Software: Trace.SOFTWARE,
    ExifTags.Base.HostComputer: Trace.SOFTWARE,
    ExifTags.Base.ImageDescription: Trace.DESCRIPTION,
    ExifTags.Base.UserComment: Trace.DESCRIPTION,
    ExifTags.Base.XPComment: Trace.DESCRIPTION,
    ExifTags.Base.XPTitle: Trace.DESCRIPTION,
    ExifTags.Base.XPKeywords: Trace.DESCRIPTION,
    ExifTags.Base.XPSubject: Trace.DESCRIPTION,
}
# how the picture lies; it is turned upright before this is lost
_HARMLESS = {
    ExifTags.Base.Orientation,
    ExifTags.Base.XResolution,
    ExifTags.Base.YResolution,
    ExifTags.Base.ResolutionUnit,
    ExifTags.Base.YCbCrPositioning,
    ExifTags.Base.ExifOffset,
    ExifTags.Base.GPSInfo,
}
# what a picture is, as Pillow names it; whatever else it tells is data about the picture
_OF_THE_PICTURE = {
    "adobe", "adobe_transform", "dpi", "exif", "gamma", "jfif", "jfif_density", "jfif_unit",
    "jfif_version", "progression", "progressive", "transparency", "srgb", "chromaticity",
    "default_image", "aspect", "interlace", "loop", "background",
}  # fmt: skip


def clean(content: bytes, kind: Kind) -> tuple[bytes, set[Trace]]:
    """Return the picture made again, and what the old one told beside it."""
    return remake(content, FORMATS[kind])


def remake(content: bytes, form: str) -> tuple[bytes, set[Trace]]:
    """Return a picture of one of Pillow's formats made again from its pixels."""
    picture = opened(content, form)
    with _quiet():
        found = _traces_of(picture) | _after_the_end(content, form)
        upright = _upright(picture)
    if upright.mode not in _MODES.get(form, {upright.mode}):
        upright = upright.convert("RGB")
    fresh = Image.frombytes(upright.mode, upright.size, upright.tobytes())
    if upright.mode == "P" and (palette := upright.getpalette("RGB")):
        fresh.putpalette(palette)
    written = io.BytesIO()
    options = {"quality": QUALITY} if form == "JPEG" else {}
    if upright.mode in {"P", "L", "RGB"} and form == "PNG" and "transparency" in upright.info:
        options["transparency"] = upright.info["transparency"]
    fresh.save(written, form, **options)
    return written.getvalue(), found


def opened(content: bytes, form: str) -> Image.Image:
    """Return a picture whose every pixel was read, or raise `NotCleanableError`."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with _quiet():
            picture = Image.open(io.BytesIO(content), formats=[form])
            if picture.width * picture.height > MOST_PIXELS:
                raise NotCleanableError(Why.TOO_MUCH)
            picture.load()
    except Image.DecompressionBombError as error:
        raise NotCleanableError(Why.TOO_MUCH) from error
    except _DAMAGED as error:
        raise NotCleanableError(Why.BROKEN) from error
    return picture


@contextmanager
def _quiet() -> Iterator[None]:
    """Hear no warnings about data beside the picture: none of it is kept."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _upright(picture: Image.Image) -> Image.Image:
    """Return a picture as it is meant to be looked at, if what says so can be read."""
    try:
        return ImageOps.exif_transpose(picture)
    except _DAMAGED:
        return picture


def _traces_of(picture: Image.Image) -> set[Trace]:
    try:
        return set(_traces(picture))
    except _DAMAGED:
        return {Trace.OTHER_DATA}


def _traces(picture: Image.Image) -> Iterator[Trace]:
    exif = picture.getexif()
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    for tag in [*exif, *inner]:
        if tag in _EXIF:
            yield _EXIF[tag]
        elif tag in set(exif) - _HARMLESS:
            yield Trace.OTHER_DATA
    if exif.get_ifd(ExifTags.IFD.GPSInfo):
        yield Trace.PLACE
    if exif.get_ifd(ExifTags.IFD.IFD1):
        yield Trace.THUMBNAIL
    yield from _beside(picture)


def _beside(picture: Image.Image) -> Iterator[Trace]:
    if "comment" in picture.info or getattr(picture, "text", None):
        yield Trace.DESCRIPTION
    told = {str(name) for name in picture.info} - _OF_THE_PICTURE - {"comment"}
    if isinstance(picture, PngImagePlugin.PngImageFile):
        told -= set(picture.text)
    if told:
        yield Trace.OTHER_DATA
    if getattr(picture, "n_frames", 1) > 1:
        yield Trace.OTHER_DATA


def _after_the_end(content: bytes, form: str) -> set[Trace]:
    """Return whether bytes follow the last of the picture's own."""
    ends = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82"}
    if form not in ends:
        return set()
    rest = content.rstrip(b"\x00")
    return set() if rest.endswith(ends[form]) else {Trace.AFTER_THE_END}


def without_segments(jpeg: bytes) -> bytes:
    """Return a JPEG without its application data and comments, its picture untouched.

    For pictures inside a PDF, where making them again could change how they are shown. Of the
    application data the colour transform (APP14) belongs to the picture.
    """
    kept, at = bytearray(jpeg[:2]), 2
    while at + 4 <= len(jpeg) and jpeg[at] == _MARKER:
        mark = jpeg[at + 1]
        if mark == _SCAN:
            break
        length = 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if not (mark in _APPLICATION or mark == _COMMENT):
            kept += jpeg[at : at + length]
        at += length
    return bytes(kept + jpeg[at:])


_MARKER, _SCAN, _COMMENT = 0xFF, 0xDA, 0xFE
_APPLICATION = set(range(0xE1, 0xF0)) - {0xEE}
