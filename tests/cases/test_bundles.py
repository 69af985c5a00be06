"""A case in one export: what is in it and what is not, and that it verifies without us."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from cases import access, actions
from cases.actions.bundles import DIGEST
from cases.lifecycle import Area, Mode, PartyRole
from cases.lifecycle.bundles import Copy
from cases.lifecycle.purposes import Purpose
from cases.models import Bundle, Case, Note
from cases.reports import TABLES, Asked
from cases.reports.tables import Told
from common.errors import RuleError
from files.actions import Upload
from files.models import Stream
from ledger import actions as ledger
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from safes.access import open_texts
from tests.architecture.acts.casework import about, alleged, exhibited, follows, substantiated
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import NARRATIVE, World

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAS-10")]
WHOLE = Asked(Purpose.COURT, "The labour court", has_reporters=True, has_files=True)
OFFICE_ONLY = Asked(Purpose.REGULATOR, "The regulator", has_reporters=False, has_files=False)
SECRET = "Nobody but Rita knows the colour of the folder."


@pytest.fixture
def case(world: World, process: BecomeProcess) -> Case:
    """Return a case with something of everything, of which the ledger is sealed."""
    who = actions.Identity("Rita Reporter", "rita@example.org")
    concern, _ = world.file(mode=Mode.NAMED, identity=who, excluded=(world["otto"],))
    case = world.triage(concern)
    act_as(world["olga"])
    actions.say(concern, text="It happened again.", now=world.now)
    follows(world, substantiated(world, alleged(world, case)))
    for slip in (alleged(world, case), exhibited(world, case), about(world, case)):
        actions.strike(
            slip, by=world["olga"], reason="Twice.", now=world.now, opener=world.openers["olga"]
        )
    sign(world, case, "I rang. #let x = 1 中文 \u202e")
    for n in range(2):
        file = actions.add_to_case(
            case, upload=Upload.of(f"log {n}.txt", b"words"), by=world["olga"], now=world.now
        )
        world.clean(file, b"Copy %d." % n)
    sealed(world, process)
    return Case.objects.get(pk=case.pk)


def sealed(world: World, process: BecomeProcess) -> None:
    with process("worker"):
        while ledger.seal(now=world.now + timedelta(days=1)):
            pass


def sign(world: World, case: Case, text: str) -> None:
    actions.sign_note(
        case,
        by=world["olga"],
        kind=Note.Kind.NOTE,
        text=text,
        opener=world.openers["olga"],
        now=world.now,
    )


def make(world: World, case: Case, asked: Asked = WHOLE, by: str = "olga") -> Bundle:
    opener = world.openers[by]
    return actions.make_bundle(case, by=world[by], opener=opener, asked=asked, now=world.now)


def read(world: World, bundle: Bundle, form: Copy = Copy.ARCHIVE, by: str = "olga") -> bytes:
    opener = world.openers[by]
    found = actions.read_bundle(bundle, form=form, by=world[by], opener=opener, now=world.now)
    return b"".join(found.read())


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def verify(folder: Path, *options: str) -> tuple[int, str]:
    # -I and -S: nothing of ours and nothing that is installed
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py"), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_bundle_holds_the_case_and_verifies_without_the_house(
    world: World, case: Case, tmp_path: Path
) -> None:
    bundle = make(world, case)
    content = read(world, bundle)
    files = unpacked(content)
    index = json.loads(files["index.json"])
    jsonschema.validate(index, json.loads(files["index.schema.json"]))
    # sorted names and one time for all
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert names == sorted(names, key=str.casefold)
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    records = {
        name: json.loads(content) for name, content in files.items() if name.startswith("records/")
    }
    concern = records["records/concerns.json"][0]["words"]
    assert concern["narrative"] == NARRATIVE
    assert concern["reporter"]["name"] == "Rita Reporter"
    assert records["records/notes.json"][0]["words"]["body"].startswith("I rang. #let x = 1 中文")
    assert records["records/notes.json"][0]["author"]["name"] == "Olga Example"
    assert [one["words"]["body"] for one in records["records/messages.json"]] == [
        "It happened again."
    ]
    assert records["records/custody.json"]
    # what was struck says why, and among how many an outcome was signed is for its signer
    for name in ("allegations", "evidence", "parties"):
        assert records[f"records/{name}.json"][-1]["words"]["struck"] == "Twice."
    assert not {"among", "lies"} & records["records/outcomes.json"][0].keys()
    assert records["records/clocks.json"][0]["promised_at"]
    copies = {one["path"] for one in index["documents"]}
    assert {files[path] for path in copies} == {b"Copy 0.", b"Copy 1."}
    assert index["unopened"] == 0
    # the print is tagged, and says the same
    paper = PdfReader(io.BytesIO(read(world, bundle, Copy.PRINT)))
    assert files["report.pdf"] == read(world, bundle, Copy.PRINT)
    text = "".join(page.extract_text() for page in paper.pages)
    for words in ("Index of documents", "The labour court", "I rang. #let x = 1", "Timeline",
                  "Allegation 2 (struck)", "Visit log (struck)", "Twice."):  # fmt: skip
        assert words in text
    assert index["documents"][0]["sha256"][:32] in text
    # what the office is told of it is what lies there
    opened = open_texts(world.openers["olga"], [(bundle.pk, DIGEST)])
    assert opened[bundle.pk, DIGEST] == hashlib.sha256(content).hexdigest()
    folder = laid_out(tmp_path, files)
    status, said = verify(folder)
    assert (status, "Everything holds." in said) == (0, True), said
    sums = subprocess.run(
        ["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"], cwd=folder, check=False
    )
    assert sums.returncode == 0
    verbs = Entry.objects.filter(subject=f"case:{case.pk}", verb__startswith="bundle_")
    assert list(verbs.order_by("stream_n").values_list("verb", flat=True)) == [
        Verb.BUNDLE_MADE, Verb.BUNDLE_READ, Verb.BUNDLE_READ, Verb.BUNDLE_READ,
    ]  # fmt: skip


def again(files: dict[str, bytes], name: str, content: bytes) -> dict[str, bytes]:
    """Change a file and everything that tells its hash, as whoever forges would."""
    changed = {**files, name: content}
    index = json.loads(changed["index.json"])
    for one in (*index["contents"], *index["documents"]):
        if one["path"] == name:
            one["sha256"], one["bytes"] = hashlib.sha256(content).hexdigest(), len(content)
    changed["index.json"] = json.dumps(index).encode()
    lines = [
        f"{hashlib.sha256(changed[path]).hexdigest()}  {path}\n"
        for path in sorted(changed)
        if path != "SHA256SUMS"
    ]
    return {**changed, "SHA256SUMS": "".join(lines).encode()}


def of_extract(
    change: Callable[[dict[str, Any]], None],
) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    """Return what changes the extract of the ledger, hashes and all."""

    def forge(files: dict[str, bytes]) -> dict[str, bytes]:
        extract = json.loads(files["ledger/extract.json"])
        change(extract)
        return again(files, "ledger/extract.json", json.dumps(extract).encode())

    return forge


def of_byte(name: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    """Return what changes one byte of a file."""

    def forge(files: dict[str, bytes]) -> dict[str, bytes]:
        content = bytearray(files[name])
        content[len(content) // 2] ^= 1
        return {**files, name: bytes(content)}

    return forge


def shown(extract: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in extract["entries"] if "canonical" in one)
    return found


def rename_actor(extract: dict[str, Any]) -> None:
    one = shown(extract)
    one["canonical"] = one["canonical"].replace("person:", "robot:").replace("reporter", "nobody")


def bend_proof(extract: dict[str, Any]) -> None:
    path = shown(extract)["path"]
    path[0] = f"{int(path[0], 16) ^ 1:064x}"


def swap(extract: dict[str, Any]) -> None:
    extract["entries"][0], extract["entries"][1] = extract["entries"][1], extract["entries"][0]


def move(extract: dict[str, Any]) -> None:
    one, other = extract["entries"][:2]
    one["position"], other["position"] = other["position"], one["position"]
    swap(extract)


def test_a_bundle_that_was_changed_does_not_verify(
    world: World, case: Case, tmp_path: Path
) -> None:
    files = unpacked(read(world, make(world, case)))
    forgeries: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
        **{f"a byte of {name}": of_byte(name) for name in ("index.json", "records/notes.json")},
        "a byte of a document": of_byte(next(name for name in files if name.startswith("files/"))),
        "a file taken out": lambda all_: {
            name: content for name, content in all_.items() if name != "records/tasks.json"
        },
        "a file added": lambda all_: {**all_, "records/more.json": b"[]"},
        "an actor": of_extract(rename_actor),
        "a proof": of_extract(bend_proof),
        "an entry taken out": of_extract(lambda told: told["entries"].pop(1)),
        "the last entry taken out": of_extract(lambda told: told["entries"].pop()),
        "two entries swapped": of_extract(swap),
        "two entries at each other's place": of_extract(move),
        "a checkpoint": lambda all_: again(
            all_,
            "ledger/checkpoint.txt",
            all_["ledger/checkpoint.txt"].replace(b"\n", b"\n1", 1),
        ),
        "a key": lambda all_: again(all_, "ledger/key.txt", b"00" * 32),
    }
    verified = {}
    for n, (what, forge) in enumerate(forgeries.items()):
        folder = tmp_path / str(n)
        status, said = verify(laid_out(folder, forge(files)))
        if status != 1 or "BROKEN" not in said:
            verified[what] = said
    assert verified == {}
    # a witness who kept another root of the same size
    folder = laid_out(tmp_path / "whole", files)
    kept = tmp_path / "kept.txt"
    kept.write_bytes(files["ledger/checkpoint.txt"])
    assert verify(folder, "--checkpoint", str(kept))[0] == 0
    _, root = files["ledger/checkpoint.txt"].split(b"\n")[1:3]
    kept.write_bytes(files["ledger/checkpoint.txt"].replace(root, b"A" * 43 + b"="))
    assert "two ledgers" in verify(folder, "--checkpoint", str(kept))[1]


def test_without_what_reporters_told_nothing_of_theirs_is_in_it(world: World, case: Case) -> None:
    files = unpacked(read(world, make(world, case, OFFICE_ONLY)))
    whole = b"".join(files.values())
    for words in (NARRATIVE, "Rita", "It happened again."):
        assert words.encode() not in whole
    index = json.loads(files["index.json"])
    assert [one["path"] for one in index["documents"]] == [None, None]
    assert any("What reporters told" in one for one in index["left_out"])
    extract = json.loads(files["ledger/extract.json"])
    assert list(extract["subjects"]) == [f"case:{case.pk}"]
    assert not any(name.startswith(("files/", "records/concerns")) for name in files)


def test_who_is_kept_away_and_when_a_reporter_came_back_is_told_to_nobody(
    world: World, process: BecomeProcess
) -> None:
    concern, receipt = world.file(excluded=(world["otto"],))
    case = world.triage(concern)
    act_as(None)
    access.present(receipt)
    actions.read_by_reporter(concern, now=world.now)
    assert Entry.objects.filter(verb=Verb.RECEIPT_USED, subject=concern.subject).exists()
    act_as(world["olga"])
    actions.name_party(case, by=world["olga"], person=world["stan"], now=world.now)
    sealed(world, process)
    act_as(world["olga"])
    files = unpacked(read(world, make(world, Case.objects.get(pk=case.pk))))
    whole = b"".join(files.values())
    assert str(receipt).encode() not in whole
    for person in ("otto", "stan"):
        assert world[person].name.encode() not in whole
        assert str(world[person].pk).encode() not in whole
    extract = json.loads(files["ledger/extract.json"])
    verbs = {json.loads(one["canonical"])[6] for one in extract["entries"] if "canonical" in one}
    assert not verbs & {Verb.PARTY_NAMED, Verb.READERS_EXCLUDED, Verb.RECEIPT_USED}
    # its place in the numbers is there, and not what it was; that a reporter came back has none
    assert json.loads(files["index.json"])["ledger"]["withheld"] == 1


def test_an_identity_that_custodians_keep_is_in_no_bundle(
    world: World, process: BecomeProcess
) -> None:
    identity = actions.Identity("Rita Reporter", "rita@example.org")
    concern, _ = world.file(mode=Mode.CONFIDENTIAL, identity=identity)
    case = world.triage(concern)
    sealed(world, process)
    act_as(world["olga"])
    files = unpacked(read(world, make(world, Case.objects.get(pk=case.pk))))
    assert b"Rita" not in b"".join(files.values())


def test_it_is_for_the_team_and_asks_for_a_key_and_a_recipient(world: World, case: Case) -> None:
    with pytest.raises(PermissionDenied):
        make(world, case, by="hana")
    with pytest.raises(RuleError, match="Unlock"):
        actions.make_bundle(case, by=world["olga"], opener=None, asked=WHOLE, now=world.now)
    with pytest.raises(RuleError, match="to whom"):
        make(world, case, WHOLE.__class__(Purpose.COURT, " ", has_reporters=True, has_files=True))
    bundle = make(world, case)
    with pytest.raises(PermissionDenied):
        read(world, bundle, by="omar")
    assert not Bundle.objects.filter(n=2).exists()


def test_what_somebody_does_not_read_is_not_in_their_bundle(
    world: World, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.access.areas_of", lambda *_: [Area.CORE, Area.CONCERNS])
    files = unpacked(read(world, make(world, case)))
    assert "records/evidence.json" not in files
    assert "records/files.json" not in files
    index = json.loads(files["index.json"])
    assert index["documents"] == []
    assert any("Evidence" in one for one in index["left_out"])


def test_a_changed_document_stops_it_and_leaves_nothing(
    world: World, case: Case, process: BecomeProcess
) -> None:
    with process("owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE files_chunk SET ciphertext = set_byte(ciphertext, 9, 7)")
    act_as(world["olga"])
    before = Stream.objects.count()
    with pytest.raises(RuleError, match="changed after it was sealed"):
        make(world, case)
    assert Stream.objects.count() == before
    assert make(world, case, OFFICE_ONLY).n == 1


def test_a_bundle_ends_and_its_row_stays(world: World, case: Case, process: BecomeProcess) -> None:
    bundle = make(world, case)
    with process("worker"):
        assert actions.expire_bundles(now=bundle.until - timedelta(minutes=1)) == 0
        assert actions.expire_bundles(now=bundle.until) == 1
        assert actions.expire_bundles(now=bundle.until) == 0
    act_as(world["olga"])
    assert not Stream.objects.filter(row__in=[bundle.pk, bundle.paper]).exists()
    with pytest.raises(RuleError, match="was deleted"):
        read(world, Bundle.objects.get(pk=bundle.pk))


def test_the_same_case_gives_the_same_bytes_in_the_same_number_of_queries(
    world: World, case: Case, process: BecomeProcess
) -> None:
    first = make(world, case)
    Bundle.objects.filter(pk=first.pk)
    content = read(world, first)
    with process("owner"):
        Bundle.objects.all().delete()
    act_as(world["olga"])
    with CaptureQueriesContext(connection) as few:
        second = make(world, case)
    assert read(world, second) == content
    with process("owner"):
        Bundle.objects.all().delete()
    act_as(world["olga"])
    for n in range(5):
        sign(world, case, f"Note {n}")
        actions.add_party(
            case,
            by=world["olga"],
            role=PartyRole.WITNESS,
            name=f"Wanda {n}",
            contact="",
            opener=world.openers["olga"],
            now=world.now,
        )
    sealed(world, process)
    act_as(world["olga"])
    with CaptureQueriesContext(connection) as many:
        make(world, case)
    assert len(few) == len(many)


def test_the_page_says_what_it_will_hold_makes_it_and_hands_it_out(
    world: World, case: Case, client: Client
) -> None:
    sign_in(client, world, "olga")
    page = client.get(reverse("desk:bundle", args=[case.ref])).content.decode()
    assert "No bundle was made yet" in page
    wrong = client.post(reverse("desk:bundle", args=[case.ref]), {"purpose": "court"})
    assert "Say to whom it goes" in wrong.content.decode()
    entered = {"purpose": "court", "recipient": "The <court>", "has_files": "on"}
    shown = client.post(reverse("desk:bundle", args=[case.ref]), entered).content.decode()
    assert "Nothing that reporters told" in shown
    assert "2 of 2 documents" in shown
    assert "Olga Example" in shown
    assert not Bundle.objects.exists()
    kept = {
        "purpose": "court",
        "recipient": "The <court>",
        "has_reporters": "False",
        "has_files": "True",
    }
    done = client.post(reverse("desk:bundle-make", args=[case.ref]), kept, follow=True)
    said = done.content.decode()
    assert "Made. It is kept for 30 days" in said
    assert "The &lt;court&gt;" in said
    for form, start in (("zip", b"PK"), ("pdf", b"%PDF")):
        answer = client.get(reverse("desk:bundle-copy", args=[case.ref, 1, form]))
        assert answer["Content-Disposition"].endswith(f'bundle-1.{form}"')
        assert b"".join(answer.streaming_content)[:4].startswith(start)  # type: ignore[attr-defined] # it streams
    assert client.get(reverse("desk:bundle-copy", args=[case.ref, 1, "exe"])).status_code == 404
    # as somebody who showed a while ago who they are
    client.logout()
    sign_in(client, world, "olga", second_factor=False)
    asked = client.post(reverse("desk:bundle-make", args=[case.ref]), kept)
    assert Bundle.objects.count() == 1
    assert asked.status_code in {302, 401}


def test_every_word_that_is_sealed_to_a_case_is_in_its_bundle_or_says_why_not() -> None:
    """The acts name what they seal behind a comment that says so."""
    sealed: set[str] = set()
    for module in (settings.BASE_DIR / "cases/actions").glob("*.py"):
        named = r"(?m)^# the sealed .*\n(?:#.*\n)*((?:[A-Z].*\n)+)"
        for block in re.findall(named, module.read_text()):
            for line in re.findall(r'(?m)^[A-Z_, ]+ = ((?:"[a-z_]+"(?:, )?)+)$', block):
                sealed |= set(re.findall(r'"([a-z_]+)"', line))
    told = {word for table in TABLES for word in table.words}
    assert {"untold", "struck", "departs", "handed_how"} <= sealed
    not_told = {
        "found": "what the cleaner took out of a copy stays in the house",
        "link": "tells of another case",
    }
    assert sealed - told == not_told.keys()
    for table in TABLES:
        model = table.rows(Told(Case(), ())).model
        if any(field.name == "struck_at" for field in model._meta.concrete_fields):
            assert "struck" in table.words, table.name
