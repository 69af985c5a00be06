"""The bundle of a case: how long it takes and how much memory, beside zipping the same bytes."""

from bench.measurement import Measurement
from bench.place import Place

OFFICER = "officer"
MIB = 2**20


def measure(place: Place, entries: int, documents: int) -> Measurement:
    """Measure making a bundle, and say the memory that it took at the most."""
    # of the last weeks, so that some are open
    place.fill(60, years=0.1)
    who = next(one for one in place.personas["people"] if one["role"] == OFFICER)
    found = place.inside(
        "bundle", who["username"], who["password"], entries, documents, process="owner"
    )
    return Measurement(
        found["ours"],
        "s",
        found["plain"],
        f"{found['entries']} notes and {found['documents']} documents of 1 MiB, "
        f"{found['proofs']} proofs, an archive of {found['size'] / MIB:.0f} MiB, read back "
        f"in {found['read']:.2f} s; at most {found['peak'] / MIB:.0f} MiB more memory; yardstick: "
        "hashing and zipping the same bytes at hand",
    )
