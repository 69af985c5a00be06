"""Entries with what proves that they stand in the log, for whoever checks them without us."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db import connection

from ledger import rules
from ledger.models import Checkpoint, Entry, Leaf, Subtree

# parts of 256 leaves that are read at once: half a megabyte of hashes
PARTS = 64


class BrokenLedgerError(Exception):
    """An entry does not lead to the signed root: it, or the log, was changed."""


@dataclass(frozen=True)
class Proven:
    """An entry, its place in the log counted from 1, and the hashes that lead from it to a root."""

    entry: Entry
    position: int
    leaf: bytes
    path: list[bytes]


@dataclass(frozen=True)
class Extract:
    """Everything sealed about some subjects as of a checkpoint, in the order of the log."""

    checkpoint: Checkpoint
    proven: list[Proven]


def extract(subjects: Collection[str]) -> Extract | None:
    """Return what the log holds about subjects, as far as row security shows it.

    An empty log gives None. Each entry is held against the signed root first. Raise
    `BrokenLedgerError` where one does not lead there.
    """
    checkpoint = Checkpoint.objects.order_by("-size").first()
    if checkpoint is None:
        return None
    # step by step, each by an index: see `ledger.actions.forget`
    entries = {one.pk: one for one in Entry.objects.filter(subject__in=subjects)}
    sealed = Leaf.objects.filter(entry__in=list(entries), position__lte=checkpoint.size)
    places = sealed.order_by("position").values_list("position", "entry", "hash")
    log = _Log(checkpoint.size)
    paths = log.paths([position for position, *_ in places])
    proven = [
        Proven(entries[entry], position, bytes(leaf), path)
        for (position, entry, leaf), path in zip(places, paths, strict=True)
    ]
    root = bytes(checkpoint.root)
    for one in proven:
        _hold_against(root, checkpoint.size, one)
    return Extract(checkpoint, proven)


def _hold_against(root: bytes, size: int, one: Proven) -> None:
    leaf = rules.leaf(one.entry.canonical(), bytes(one.entry.mac))
    if (
        leaf != one.leaf
        or rules.root_from(leaf, index=one.position - 1, size=size, path=one.path) != root
    ):
        msg = f"entry {one.position} does not lead to the root of the checkpoint"
        raise BrokenLedgerError(msg)


Range = tuple[int, int]


class _Log:
    """The log up to a size, of which no more is read than proofs need."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: dict[Range, bytes] = {}
        # the part of 256 whose entries are proven, and what is known within it
        self._here: Range = (0, 0)
        self._near: dict[Range, bytes] = {}

    def paths(self, positions: Sequence[int]) -> Iterator[list[bytes]]:
        """Yield the path of each of these places (RFC 6962, 2.1.1), which stand in order."""
        by_part = groupby(positions, key=lambda position: (position - 1) // rules.WIDTH)
        parts = [(n, list(within)) for n, within in by_part]
        for start in range(0, len(parts), PARTS):
            some = parts[start : start + PARTS]
            leaves = self._leaves([n for n, _ in some])
            for n, within in some:
                self._come(n, leaves[n])
                for position in within:
                    yield self._path(position - 1)

    def _come(self, n: int, leaves: Sequence[bytes]) -> None:
        """Look at another part of 256, and forget the one before."""
        first = n * rules.WIDTH
        self._here = (first, first + rules.WIDTH)
        self._near = {(first + i, first + i + 1): leaf for i, leaf in enumerate(leaves)}

    def _path(self, index: int) -> list[bytes]:
        start, end = 0, self._size
        beside: list[bytes] = []
        while end - start > 1:
            middle = start + rules.split(end - start)
            if index < middle:
                beside.append(self._root((middle, end)))
                end = middle
            else:
                beside.append(self._root((start, middle)))
                start = middle
        return beside[::-1]

    def _root(self, part: Range) -> bytes:
        is_near = self._here[0] <= part[0] and part[1] <= self._here[1]
        known = self._near if is_near else self._known
        if part not in known:
            known[part] = self._kept(part) or self._made(part, is_near=is_near)
        return known[part]

    def _made(self, part: Range, *, is_near: bool) -> bytes:
        start, end = part
        if end - start <= rules.WIDTH and not is_near:
            n, tree = start // rules.WIDTH, rules.Tree()
            tree.extend(self._leaves([n])[n][start % rules.WIDTH :][: end - start])
            return tree.root()
        middle = start + rules.split(end - start)
        return rules.node(self._root((start, middle)), self._root((middle, end)))

    def _kept(self, part: Range) -> bytes | None:
        """Return the root of a part that is kept as a row, reading its neighbours with it."""
        start, end = part
        height, width = 1, rules.WIDTH
        while width < end - start:
            height, width = height + 1, width * rules.WIDTH
        if end - start != width or start % width:
            return None
        first = start // width // rules.WIDTH * rules.WIDTH
        rows = Subtree.objects.filter(height=height, n__gte=first, n__lt=first + rules.WIDTH)
        for n, root in rows.values_list("n", "hash"):
            self._known.setdefault((n * width, (n + 1) * width), bytes(root))
        return self._known.get(part)

    def _leaves(self, parts: Sequence[int]) -> dict[int, list[bytes]]:
        """Return the leaves of parts of 256, each in order, up to the size."""
        found: dict[int, list[bytes]] = {n: [] for n in parts}
        with connection.cursor() as cursor:
            cursor.execute(_LEAVES, [list(parts), rules.WIDTH, rules.WIDTH, self._size])
            for n, leaf in cursor.fetchall():
                found[n].append(bytes(leaf))
        return found


_LEAVES = """
SELECT part.n, leaf.hash FROM unnest(%s::bigint[]) AS part(n)
JOIN ledger_leaf leaf ON leaf.position > part.n * %s AND leaf.position <= (part.n + 1) * %s
WHERE leaf.position <= %s ORDER BY part.n, leaf.position
"""
