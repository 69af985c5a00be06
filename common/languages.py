"""The languages in which the office writes its own words, and how they run."""

from django.conf.locale import LANG_INFO

# by the code of a language its own name; what Django knows as another's is left out
LANGUAGES: list[tuple[str, str]] = sorted(
    ((code, told["name_local"]) for code, told in LANG_INFO.items() if "name_local" in told),
    key=lambda language: language[1].casefold(),
)


def direction(language: str) -> str:
    """Return the direction in which a language is written, as HTML's `dir` has it."""
    # languages that Django knows by another's name have no direction of their own
    return "rtl" if LANG_INFO.get(language, {}).get("bidi") else "ltr"
