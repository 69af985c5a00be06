"""An entry leads to the signed root by few hashes, and to no other one."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from ledger import access, actions, rules
from ledger.access import BrokenLedgerError
from ledger.models import Checkpoint, Leaf, Subtree
from ledger.rules import SYSTEM
from ledger.verbs import Verb
from tests.conftest import BecomeProcess
from tests.ledger.test_ledger import tamper

pytestmark = pytest.mark.req("CAS-10", "AUD-1")


def naive(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 6962, 2.1, defines it."""
    if len(leaves) == 1:
        return leaves[0]
    at = rules.split(len(leaves))
    return rules.node(naive(leaves[:at]), naive(leaves[at:]))


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """Return the path as RFC 6962, 2.1.1, defines it."""
    if len(leaves) == 1:
        return []
    at = rules.split(len(leaves))
    if index < at:
        return [*naive_path(index, leaves[:at]), naive(leaves[at:])]
    return [*naive_path(index - at, leaves[at:]), naive(leaves[:at])]


@given(size=st.integers(1, 70), data=st.data())
def test_a_path_leads_to_the_root_from_its_own_place_alone(size: int, data: st.DataObject) -> None:
    leaves = [bytes([n]) * 32 for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path, root = naive_path(index, leaves), naive(leaves)
    tree = rules.Tree()
    tree.extend(leaves)
    assert tree.root() == root
    assert rules.root_from(leaves[index], index=index, size=size, path=path) == root
    elsewhere = data.draw(st.integers(0, size - 1).filter(lambda n: n != index)) if size > 1 else 0
    if size > 1:
        try:
            found = rules.root_from(leaves[index], index=elsewhere, size=size, path=path)
        except ValueError:
            found = b""
        assert found != root
    with pytest.raises(ValueError, match="too"):
        rules.root_from(leaves[index], index=index, size=size, path=[*path, root])


@pytest.mark.django_db
def test_a_proof_reads_parts_of_the_log_and_the_same_for_few_and_many(
    now: datetime, process: BecomeProcess
) -> None:
    with process("owner"):
        acts = [
            actions.Act(Verb.CLIENT_ADDED, SYSTEM, now, f"client:{n % 300}") for n in range(1_300)
        ]
        actions.record_all(acts)
        while actions.seal(now=now, batch=500):
            pass
        leaves = [
            bytes(one) for one in Leaf.objects.order_by("position").values_list("hash", flat=True)
        ]
        assert Subtree.objects.filter(height=1).count() == len(leaves) // rules.WIDTH
        found = access.extract([f"client:{n}" for n in range(60)])
        assert found is not None
        assert len(found.proven) >= 60 * 4
        for one in found.proven[::17]:
            assert one.path == naive_path(one.position - 1, leaves)
        # rows that were lost cost time and change nothing
        tamper("DELETE FROM ledger_subtree")
        again = access.extract(["client:7"])
        assert again is not None
        assert again.proven == [one for one in found.proven if one.entry.subject == "client:7"]
        counts = []
        for subjects in (["client:7"], [f"client:{n}" for n in range(40)]):
            with CaptureQueriesContext(connection) as asked:
                access.extract(subjects)
            counts.append(len(asked))
        assert counts[0] == counts[1]


@pytest.mark.django_db
def test_an_entry_that_was_changed_is_proven_by_nobody(
    now: datetime, process: BecomeProcess
) -> None:
    with process("owner"):
        actions.record(Verb.CLIENT_ADDED, by=SYSTEM, at=now, subject="client:1")
        actions.seal(now=now)
        assert Checkpoint.objects.exists()
        assert access.extract(["client:1"]) is not None
        tamper("UPDATE ledger_entry SET actor = 'nobody' WHERE subject = 'client:1'")
        with pytest.raises(BrokenLedgerError, match="does not lead"):
            access.extract(["client:1"])
