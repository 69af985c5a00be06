"""Plain text: what cannot be seen is taken out."""

import unicodedata

from files.rules.kinds import WIDE, NotCleanableError, Trace, Why

_KEPT = frozenset("\n\t")
# these two join letters in Persian, Hindi and emoji
_JOINERS = frozenset("\u200c\u200d")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})


def narrowed(content: bytes) -> bytes:
    """Return a text in UTF-16 as UTF-8, and all else as it is."""
    if not content.startswith(WIDE):
        return content
    try:
        return content.decode("utf-16").encode()
    except UnicodeDecodeError as error:
        raise NotCleanableError(Why.BROKEN) from error


def clean(content: bytes) -> tuple[bytes, set[Trace]]:
    """Return the text without controls and invisible characters, and what was found."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotCleanableError(Why.BROKEN) from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    unseen = [sign for sign in set(lines) if not _is_kept(sign)]
    cleaned = lines.translate(dict.fromkeys(map(ord, unseen)))
    return cleaned.encode(), {Trace.HIDDEN_SIGNS} if cleaned != lines else set()


def _is_kept(sign: str) -> bool:
    return sign in _KEPT or sign in _JOINERS or unicodedata.category(sign) not in _UNSEEN
