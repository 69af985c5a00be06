"""The names that files come with: shown, never used as a path or in a header."""

import unicodedata

LONGEST = 120
NAMELESS = "file"
# controls, marks that turn the direction of text or cannot be seen, private and half characters
_TAKEN_OFF = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def safe_name(given: str) -> str:
    """Return a name without folders, controls and marks that turn text, at most 120 characters."""
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c for c in last if unicodedata.category(c) not in _TAKEN_OFF)
    name = " ".join(unicodedata.normalize("NFC", seen).split()).strip(". ")
    if len(name) > LONGEST:
        stem, dot, ending = name.rpartition(".")
        keep = len(ending) + 1 if dot and len(ending) < LONGEST // 4 else 0
        name = stem[: LONGEST - keep] + dot + ending if keep else name[:LONGEST]
    return name or NAMELESS
