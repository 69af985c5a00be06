"""Zip files, looked at before anything in them is unpacked."""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator

from files.rules.kinds import NotCleanableError, Why

MOST_ENTRIES = 2_000
MOST_RATIO = 100
# small things may shrink more: an empty page of a spreadsheet does
RATIO_FROM_BYTES = 1024 * 1024
MOST_BYTES = 200 * 1024 * 1024
_LINK = stat.S_IFLNK
_UNIX = 3
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def opened(content: bytes) -> zipfile.ZipFile:
    """Return an archive that is safe to unpack in memory, or raise `NotCleanableError`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise NotCleanableError(Why.BROKEN) from error
    entries = archive.infolist()
    if not entries:
        raise NotCleanableError(Why.BROKEN)
    for why in _problems(entries, len(content)):
        raise NotCleanableError(why)
    return archive


def _problems(entries: list[zipfile.ZipInfo], length: int) -> Iterator[Why]:
    """Yield what is wrong, by the archive's own list; `read` holds every entry to it."""
    if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_BYTES:
        yield Why.TOO_MUCH
    if any(_is_dense(one) for one in entries):
        yield Why.TOO_MUCH
    if any(one.flag_bits & _ENCRYPTED for one in entries):
        yield Why.LOCKED
    if any(_is_strange(one) for one in entries) or _names_twice(entries):
        yield Why.BROKEN
    if _overlap(entries, length):
        yield Why.TOO_MUCH


def _is_dense(entry: zipfile.ZipInfo) -> bool:
    return (
        entry.file_size > RATIO_FROM_BYTES
        and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)
    )  # fmt: skip


def _is_strange(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry is a link, leaves the archive by its name, or is packed oddly."""
    name = entry.filename
    is_link = entry.create_system == _UNIX and stat.S_IFMT(entry.external_attr >> 16) == _LINK
    leaves = name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")
    return (
        is_link or leaves or "\x00" in entry.orig_filename or (entry.compress_type not in _METHODS)
    )


def _names_twice(entries: list[zipfile.ZipInfo]) -> bool:
    return len({entry.filename.lower() for entry in entries}) < len(entries)


def _overlap(entries: list[zipfile.ZipInfo], length: int) -> bool:
    """Return whether entries share bytes, as those of a bomb do, or lie outside."""
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + entry.compress_size
    return end > length


def read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return one entry, never more of it than the archive's list says."""
    size = archive.getinfo(name).file_size
    try:
        with archive.open(name) as entry:
            content = entry.read(size + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise NotCleanableError(Why.BROKEN) from error
    if len(content) > size:
        raise NotCleanableError(Why.TOO_MUCH)
    return content


def ends_as_zip(content: bytes) -> bool:
    """Return whether a program that reads archives would take this for one."""
    return zipfile.is_zipfile(io.BytesIO(content))
