"""`./desk bench [NAME …] [--json FILE]`: measure in a house of our own, print, keep nothing."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.measurement import Measurement
from bench.measures import A_FEW, HARMFUL, MEASURES, Run
from bench.office import office
from bench.place import house, say


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for, or everything."""
    parser = argparse.ArgumentParser(prog="./desk bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join([*MEASURES, *HARMFUL]))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there as well")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="a fraction of every size, for a quick look"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="a house that stays there, with what fills it"
    )
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each load lasts (8)")
    options = parser.parse_args(arguments)
    known = {**MEASURES, **HARMFUL}
    if unknown := set(options.names) - set(known):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    wanted = options.names or MEASURES
    found: dict[str, Measurement] = {}
    with office() as post, house({"ETHICSDESK_MAIL": post.url}, options.keep) as place:
        times = Run.times if options.scale >= 1 else A_FEW
        run = Run(place, post, scale=options.scale, last=options.seconds, times=times)
        for name, measure in known.items():
            if name in wanted:
                say(f"{name} ...")
                found[name] = measure(run)
                print(_line(name, found[name]), flush=True)
    if options.json:
        told = {name: one.as_json() for name, one in found.items()}
        options.json.write_text(json.dumps(told, indent=2) + "\n")
    return 0


def _line(name: str, one: Measurement) -> str:
    return (
        f"{name:14} {one.value:10.1f} {one.unit:11} {one.ratio:8.3f} of {one.yardstick:.1f}\n"
        f"{'':14} {one.note}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
