"""Whatever is killed, nothing is lost, doubled or early: in a house of its own that is shot at."""

from collections.abc import Iterator
from time import sleep, time

import pytest

from bench.chaos import run
from bench.office import Office, office
from bench.place import Place
from bench.place import house as some_house

pytestmark = pytest.mark.long
CLOCKS = 100
SECONDS = 90


@pytest.fixture(scope="module")
def post() -> Iterator[Office]:
    """Give a mail server that may shoot whoever brings it letters."""
    with office() as server:
        yield server


@pytest.fixture(scope="module")
def place(post: Office) -> Iterator[Place]:
    """Give a house that may be shot at."""
    with some_house({"ETHICSDESK_MAIL": post.url}) as place:
        place.fill(CLOCKS)
        yield place


@pytest.mark.req("ESC-6", "OPS-3")
def test_two_sweepers_and_two_sealers_at_once_take_each_step_once_and_make_one_log(
    place: Place,
) -> None:
    kind = "bench_two_"
    place.inside("add_clocks", kind, CLOCKS, 8, "later", process="owner")
    begin = time() + 4
    *swept, one, other = place.together(
        [
            ("sweep", begin),
            ("sweep", begin),
            ("record_and_seal", begin),
            ("record_and_seal", begin),
        ],
        process="worker",
    )
    assert sum(each["acted"] for each in swept) == CLOCKS * 8
    assert not any(each["skipped"] for each in swept)
    found = place.inside("outcome", kind, process="worker")
    assert (found["taken"], found["clocks"]) == (CLOCKS * 8, CLOCKS * 8)
    # the house's own worker seals as well, and takes what these two leave to it
    assert one["sealed"] + other["sealed"] > 0
    assert "whole" in place.manage("verify_ledger")


@pytest.mark.req("ESC-6", "OPS-3")
def test_every_step_is_taken_and_told_once_whatever_is_killed_meanwhile(
    place: Place, post: Office
) -> None:
    post.shoot_each, post.shoot_most = CLOCKS // 4, 2
    found = run(place, post, CLOCKS, spread=4, longest=SECONDS)
    assert not found.complaints()
    # a letter may come twice where its bearer dies between the server's 250 and the commit
    assert found.shots_after_250 == 2
    assert found.twice <= found.kills_of_bearers
    assert max(found.late) <= 60
    assert "whole" in place.manage("verify_ledger")


@pytest.mark.req("ESC-6")
def test_what_was_committed_is_told_though_whoever_did_it_died_at_once(
    place: Place, post: Office
) -> None:
    with pytest.raises(SystemExit, match=r"failed:\s*$"):
        place.inside("post_and_die", process="owner")
    name = place.inside("last_words", process="worker")["name"]
    deadline = time() + 60
    while name not in post.taken and time() < deadline:
        sleep(0.2)
    assert post.taken[name] == 1
