"""What a measurement is, and the arithmetic it needs."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter


@dataclass(frozen=True)
class Measurement:
    """One measured value beside its yardstick, in the same unit; `ratio` is value to yardstick."""

    value: float
    unit: str
    yardstick: float
    note: str

    @property
    def ratio(self) -> float:
        """Return the value as a multiple of the yardstick."""
        return self.value / self.yardstick if self.yardstick else 0.0

    def as_json(self) -> dict[str, float | str]:
        """Return the form in which programs read it."""
        rounded = {"value": round(self.value, 3), "yardstick": round(self.yardstick, 3)}
        return {**asdict(self), **rounded, "ratio": round(self.ratio, 3)}


def seconds(act: Callable[[], object]) -> float:
    """Return how long an act takes."""
    began = perf_counter()
    act()
    return perf_counter() - began


def percentile(values: Sequence[float], share: int) -> float:
    """Return the value below which `share` per cent lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]
