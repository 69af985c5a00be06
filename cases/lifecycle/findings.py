"""What was found, of an allegation and of a whole case. Pure."""

from collections.abc import Iterable

from django.db.models import TextChoices


class Finding(TextChoices):
    """What was found."""

    SUBSTANTIATED = "substantiated", "Substantiated"
    PARTLY = "partly_substantiated", "Partly substantiated"
    UNSUBSTANTIATED = "unsubstantiated", "Unsubstantiated"
    INSUFFICIENT = "insufficient_information", "Insufficient information"
    OUT_OF_SCOPE = "out_of_scope", "Out of scope"
    # how a case ends in which nothing had to be found
    SETTLED = "settled", "Settled"
    ADVISED = "advised", "Advised"


# What is found of an allegation, the weightiest first: that it is not known whether something
# happened weighs more than that it did not.
OF_ALLEGATIONS = (
    Finding.SUBSTANTIATED,
    Finding.PARTLY,
    Finding.INSUFFICIENT,
    Finding.UNSUBSTANTIATED,
    Finding.OUT_OF_SCOPE,
)
# what cannot be found without evidence
RESTS_ON_EVIDENCE = frozenset({Finding.SUBSTANTIATED, Finding.PARTLY, Finding.UNSUBSTANTIATED})
# of which no figure says whether something was substantiated
NOT_LOOKED_INTO = frozenset({Finding.OUT_OF_SCOPE, Finding.SETTLED, Finding.ADVISED})


def weightiest(findings: Iterable[str]) -> Finding | None:
    """Return what was found in a case of whose allegations these were found; of none, nothing."""
    found = set(findings)
    return next((one for one in OF_ALLEGATIONS if one in found), None)
