"""The places whose public holidays are known, by name: countries and their regions. Pure."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import holidays
from holidays.registry import COUNTRIES

# how the library joins the words of a name
_JOINED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SMALL = re.compile(r"\b(And|Of|The|Da)\b")
ALPHA_2 = 2


@lru_cache(maxsize=1)
def regions() -> Mapping[str, Sequence[str]]:
    """Return by ISO 3166-1 code of a country the codes of its regions."""
    known = holidays.list_supported_countries()
    return {code: some for code, some in known.items() if len(code) == ALPHA_2}


@lru_cache(maxsize=1)
def countries() -> Mapping[str, str]:
    """Return the names of countries by their code, in the order of the names."""
    known = regions()
    named = {codes[1]: _words(codes[0]) for codes in COUNTRIES.values() if codes[1] in known}
    return dict(sorted(named.items(), key=lambda item: item[1]))


@lru_cache(maxsize=16)
def names_of_regions(country: str) -> Mapping[str, str]:
    """Return the names of a country's regions by their code; where one has no name, its code."""
    if country not in regions():
        return {}
    made = holidays.country_holidays(country, years=())
    aliases: Mapping[str, str] = getattr(made, "subdivisions_aliases", {})
    named = {code: name for name, code in reversed(list(aliases.items()))}
    found = {code: named.get(code, code) for code in regions()[country]}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def place(country: str, region: str) -> str:
    """Return a country and its region by their names."""
    if not country:
        return ""
    name = countries().get(country, country)
    return f"{names_of_regions(country).get(region, region)}, {name}" if region else name


def _words(joined: str) -> str:
    words = _JOINED.sub(" ", joined)
    return _SMALL.sub(lambda found: found[0].lower(), words)
