"""Check a file's structure and make its clean copy, whatever it is."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from files.rules import archives, images, mail, office, pdf, text
from files.rules.kinds import (
    DOCX,
    JPEG,
    LOOKED_AT,
    MAIL,
    OFFICE,
    PDF,
    PNG,
    PPTX,
    TEXT,
    XLSX,
    Kind,
    NotCleanableError,
    Why,
    is_markup,
    kind_of,
)

Cleaner = Callable[[bytes], tuple[bytes, AbstractSet[str]]]


def _as_text(cleaner: Cleaner) -> Cleaner:
    """Return a cleaner whose copy is text, and nothing else: what was said may have been a file."""

    def clean_text(content: bytes) -> tuple[bytes, AbstractSet[str]]:
        copy, found = cleaner(text.narrowed(content))
        if check(copy) is not TEXT:
            raise NotCleanableError(Why.TWO_IN_ONE)
        return copy, found

    return clean_text


_CLEANERS: dict[Kind, Cleaner] = {
    PDF: pdf.clean,
    PNG: lambda content: images.clean(content, PNG),
    JPEG: lambda content: images.clean(content, JPEG),
    TEXT: _as_text(text.clean),
    MAIL: _as_text(mail.clean),
    DOCX: office.clean,
    XLSX: office.clean,
    PPTX: office.clean,
}


def check(content: bytes) -> Kind:
    """Return what a file is, after a program that knows its kind has opened it.

    Raises `NotCleanableError` where it is broken, two things at once, or too much when unpacked.
    """
    if is_markup(text.narrowed(content)[:LOOKED_AT]):
        raise NotCleanableError(Why.MARKUP)
    kind = kind_of(content)
    if kind is None:
        raise NotCleanableError(Why.BROKEN)
    if kind is OFFICE:
        return office.kind_of(content)
    if archives.ends_as_zip(content) or (kind in {TEXT, MAIL} and pdf.lies_in(content)):
        raise NotCleanableError(Why.TWO_IN_ONE)
    if kind is PDF:
        pdf.opened(content).close()
    elif kind in images.FORMATS:
        images.opened(content, images.FORMATS[kind])
    return kind


def clean(content: bytes, kind: Kind) -> tuple[bytes, AbstractSet[str]]:
    """Return the clean copy of a checked file, and what was taken out."""
    return _CLEANERS[kind](content)
