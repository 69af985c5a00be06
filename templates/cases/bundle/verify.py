#!/usr/bin/env python3
"""Verify a case bundle, without its system and without a network.

Start it as `python3 verify.py` in the folder into which the archive was unpacked, or name that
folder. It needs Python 3.8 or newer and its standard library alone. README.md says what is proven
by it, and what is not.

    --key FILE         the public key of the house, as you got it by another way than this archive
    --checkpoint FILE  a checkpoint that a witness kept: its root has to be that of this extract,
                       where both are of the same size

It ends with 0 if everything holds, with 1 if something was changed, and says what.
"""

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

ORIGIN = "ethicsdesk/ledger"
SUMS = "SHA256SUMS"
# where an entry's canonical form, a JSON array, says these
STREAM, NUMBER, DAY, VERB, ACTOR, SUBJECT = 2, 3, 5, 6, 7, 8


class Broken(Exception):
    """Something does not hold; the sentence says what and where."""


# -- the files -------------------------------------------------------------------------------


def digest_of(path):
    """Return the SHA-256 of a file, read piece by piece."""
    found = hashlib.sha256()
    with path.open("rb") as content:
        for piece in iter(lambda: content.read(1 << 20), b""):
            found.update(piece)
    return found.hexdigest()


def check_files(folder):
    """Hold every file against SHA256SUMS and against the index; return the index."""
    sums = {}
    for line in (folder / SUMS).read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        sums[name] = digest
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for name in sorted(there - set(sums) - {SUMS}):
        raise Broken(f"{name} is not listed in {SUMS}: it was added.")
    for name, digest in sorted(sums.items()):
        if name not in there:
            raise Broken(f"{name} is missing.")
        if digest_of(folder / name) != digest:
            raise Broken(f"{name} was changed: its SHA-256 is another.")
    index = json.loads((folder / "index.json").read_text("utf-8"))
    listed = {one["path"]: one for one in index["contents"]}
    if set(listed) != set(sums) - {"index.json"}:
        raise Broken(f"index.json lists other files than {SUMS}.")
    for name, one in sorted(listed.items()):
        if one["sha256"] != sums[name] or one["bytes"] != (folder / name).stat().st_size:
            raise Broken(f"index.json and {SUMS} say different things of {name}.")
    for one in index["documents"]:
        path = one["path"]
        if path is not None and (path not in listed or listed[path]["sha256"] != one["sha256"]):
            raise Broken("index.json says two things of document {}.".format(one["n"]))
    return index


# -- the ledger ------------------------------------------------------------------------------


def sha256(data):
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(data).digest()


def root_from(leaf, index, size, path):
    """Return the root to which a leaf leads (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise Broken(f"Entry {index + 1} lies outside of the log.")
    at, last, found = index, size - 1, leaf
    for beside in path:
        if last == 0:
            raise Broken(f"The proof of entry {index + 1} is too long.")
        if at & 1 or at == last:
            found = sha256(b"\x01" + beside + found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = sha256(b"\x01" + found + beside)
        at, last = at >> 1, last >> 1
    if last:
        raise Broken(f"The proof of entry {index + 1} is too short.")
    return found


def parse(note):
    """Return size, root, the signed text and the signatures of a checkpoint (C2SP signed note)."""
    text, gap, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if not gap or len(lines) != 3 or lines[0] != ORIGIN:
        raise Broken("The checkpoint is none of this ledger.")
    raw = [base64.b64decode(line.rpartition(" ")[2]) for line in signatures.splitlines()]
    return int(lines[1]), base64.b64decode(lines[2]), (text + "\n").encode(), raw


def check_signature(note, keys):
    """Return the fingerprint of the key that signed a checkpoint, or refuse it."""
    _, _, text, signatures = parse(note)
    for key in keys:
        for raw in signatures:
            if is_signed(key, text, raw[4:]):
                return hashlib.sha256(key).hexdigest()
    raise Broken("The checkpoint is not signed by the key of the house.")


def check_ledger(folder, index):
    """Hold every entry against the checkpoint, and the numbers of each stream; return both."""
    extract = json.loads((folder / "ledger" / "extract.json").read_text("utf-8"))
    note = (folder / "ledger" / "checkpoint.txt").read_text("utf-8")
    size, root, _, _ = parse(note)
    seen, before, shown = {}, 0, 0
    for one in extract["entries"]:
        place = one["position"]
        if place <= before:
            raise Broken(f"Entry {place} does not stand in the order of the log.")
        before = place
        if "canonical" in one:
            message, code = one["canonical"].encode(), bytes.fromhex(one["mac"])
            leaf = sha256(b"\x00" + message + code)
            fields = json.loads(one["canonical"])
            stream, n, subject = fields[STREAM], fields[NUMBER], fields[SUBJECT]
            if subject not in extract["subjects"]:
                raise Broken(f"Entry {place} is about something else.")
            shown += 1
        else:
            leaf, stream, n = bytes.fromhex(one["leaf"]), one["stream"], one["n"]
        path = [bytes.fromhex(beside) for beside in one["path"]]
        if root_from(leaf, place - 1, size, path) != root:
            raise Broken(f"Entry {place} does not lead to the root of the checkpoint.")
        seen.setdefault(stream, []).append(n)
    for subject, last in sorted(extract["subjects"].items()):
        if sorted(seen.get(subject, [])) != list(range(1, last + 1)):
            raise Broken(f"About {subject} an entry is missing, or stands there twice.")
    told = index["ledger"]
    if (told["entries"], told["withheld"], told["size"], told["root"]) != (
        shown,
        len(extract["entries"]) - shown,
        size,
        base64.b64encode(root).decode(),
    ):
        raise Broken("index.json tells of another extract of the ledger.")
    return extract, note


def compare(note, kept):
    """Say what a checkpoint that a witness kept tells of ours."""
    size, root, _, _ = parse(note)
    other, theirs, _, _ = parse(kept)
    if size != other:
        return (
            f"The witness kept a checkpoint of {other} entries, this one is of {size}: it takes "
            "the house to prove that one continues the other."
        )
    if root != theirs:
        raise Broken("The witness kept another root of the same size: there are two ledgers.")
    return "A witness kept the same root."


# -- Ed25519 (RFC 8032, 5.1), for checking alone: it hides nothing by the time that it takes -------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(one, two):
    """Add two points in extended coordinates (5.1.4)."""
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, point):
    """Multiply a point by a number."""
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = add(found, point)
        point = add(point, point)
        number >>= 1
    return found


def point_of(encoded):
    """Return the point that 32 bytes encode (5.1.3), or None."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (not x and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    """Return whether the holder of an Ed25519 key signed a message (5.1.7)."""
    if len(signature) != 64 or len(key) != 32:
        return False
    owner, first = point_of(key), point_of(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if owner is None or first is None or scalar >= ORDER:
        return False
    number = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little")
    left, right = times(scalar, BASE), add(first, times(number % ORDER, owner))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    same_y = (left[1] * right[2] - right[1] * left[2]) % P == 0
    return same_x and same_y


# -- at the command line -------------------------------------------------------------------------


def keys_in(path):
    """Return the public keys in a file: 64 hexadecimal digits a line, lines with # are remarks."""
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return [bytes.fromhex(line) for line in lines if line and not line.startswith("#")]


def run(folder, key, checkpoint):
    """Check everything; yield what holds."""
    index = check_files(folder)
    yield f"Files: {len(index['contents']) + 1}, each as {SUMS} says."
    _, note = check_ledger(folder, index)
    told = index["ledger"]
    yield (
        f"Ledger: {told['entries']} entries, and {told['withheld']} whose content is withheld, "
        f"lead to the root of {told['size']} entries."
    )
    fingerprint = check_signature(note, keys_in(key or folder / "ledger" / "key.txt"))
    yield f"Checkpoint: signed by the key with the SHA-256 {fingerprint}."
    if key is None:
        yield "Compare this fingerprint with the one that the house tells you by another way."
    if checkpoint is not None:
        yield compare(note, checkpoint.read_text("utf-8"))


def main():
    """Check the bundle in a folder, and say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--checkpoint", type=Path)
    options = parser.parse_args()
    try:
        for sentence in run(options.folder, options.key, options.checkpoint):
            print(sentence)
    except Broken as broken:
        print(f"BROKEN: {broken}")
        return 1
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        print(f"BROKEN: this cannot be read as a bundle ({type(error).__name__}: {error}).")
        return 1
    print("Everything holds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
