"""Each benchmark measures something real: quick versions, in a house of their own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.measurement import Measurement, percentile
from bench.measures import MEASURES
from ethicsdesk.machine.state import ROOT
from tests.house import environment

pytestmark = pytest.mark.long
# what starts processes of its own for seconds: the fault tests go the same way
SLOW = {"sweep_by_two", "drain"}
QUICK = [name for name in MEASURES if name not in SLOW]


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-m", "ethicsdesk.machine", "bench", *arguments],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


def test_a_ratio_is_the_value_to_its_yardstick() -> None:
    told = Measurement(30.0, "requests/s", 120.0, "so").as_json()
    assert told == {
        "value": 30.0, "unit": "requests/s", "yardstick": 120.0, "ratio": 0.25, "note": "so",
    }  # fmt: skip


def test_percentiles_are_those_of_the_values() -> None:
    assert percentile([float(n) for n in range(101)], 95) == 95.0


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    done = bench("nothing")
    assert done.returncode == 2
    assert "queue_200k" in done.stderr


@pytest.mark.req("OPS-3")
def test_every_measurement_measures_something(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    done = bench(*QUICK, "--scale", "0.003", "--seconds", "0.5", "--json", str(file))
    assert done.returncode == 0, done.stderr
    told = json.loads(file.read_text())
    assert list(told) == QUICK
    for name, one in told.items():
        assert set(one) == {"value", "unit", "yardstick", "ratio", "note"}, name
        assert one["value"] > 0, name
        assert one["yardstick"] > 0, name
    assert told["filing"]["value"] < told["filing"]["yardstick"]
    assert "filing to 30 people" in told["recipients"]["note"]
    assert "20 items" in told["open_case"]["note"]
    assert "30 due clocks" in told["sweep"]["note"]
    assert "whole" in told["verify_ledger"]["note"]
    assert "600 concerns" in told["queue_200k"]["note"]
