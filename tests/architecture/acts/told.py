"""Acts of cases upon what is told: drafts, files, filing, the talk, reading, triage."""

from collections.abc import Callable
from datetime import timedelta

from cases import access, actions
from cases.access import Search
from cases.lifecycle import Given, Kind
from cases.models import Attachment, Concern
from escalation.models import Clock
from escalation.rules.pauses import Reason
from files.actions import Upload
from files.models import Loan
from files.rules.kinds import TEXT, Why
from people.middleware import act_as
from safes import actions as safes
from safes.rules import Receipt
from tests.architecture.acts.registry import ACTS, act, as_owner
from tests.world import World, as_cleaner


@act("cases.actions.take_over")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    case = w.triage(concern)
    return lambda: actions.take_over(case, by=w["hana"], reason="Olga is ill.", now=w.now)


@act("cases.actions.open_by_escrow")
def _(w: World) -> Callable[[], object]:
    with as_owner():
        _, halves = safes.make_escrow(now=w.now)
    concern, _ = w.file()
    return lambda: actions.open_by_escrow(concern, person=w["hana"], halves=halves, now=w.now)


def ticking(w: World) -> tuple[Concern, Clock]:
    """Return a concern, and a clock of it that can be paused."""
    concern, _ = w.file()
    act_as(w["olga"])
    concern = actions.assign(concern, by=w["olga"], to=w["olga"], now=w.now)
    return concern, Clock.objects.get(subject_id=concern.pk, kind="triage")


@act("cases.actions.pause_clock")
def _(w: World) -> Callable[[], object]:
    concern, clock = ticking(w)
    return lambda: actions.pause_clock(
        concern,
        clock.pk,
        reason=Reason.REPORTER,
        until=w.now + timedelta(days=1),
        by=w["olga"],
        now=w.now,
    )


@act("cases.actions.resume_clock")
def _(w: World) -> Callable[[], object]:
    ACTS["cases.actions.pause_clock"](w)()
    concern, clock = Concern.objects.get(), Clock.objects.get(kind="triage")
    return lambda: actions.resume_clock(concern, clock.pk, by=w["olga"], now=w.now)


@act("cases.actions.see_danger")
def _(w: World) -> Callable[[], object]:
    concern, _ = ticking(w)
    return lambda: actions.see_danger(concern, by=w["olga"], now=w.now)


@act("cases.actions.add_category")
def _(w: World) -> Callable[[], object]:
    return lambda: actions.add_category(code="new", label="New", now=w.now)


@act("cases.actions.note_search")
def _(w: World) -> Callable[[], object]:
    found = Search(1, {w.file()[0].pk: "words"})
    return lambda: actions.note_search(found, by=w["olga"], now=w.now)


@act("cases.actions.start_draft")
def _(w: World) -> Callable[[], object]:
    return lambda: actions.start_draft(
        receipt=Receipt.new(), kind=Kind.REPORT, answers={}, now=w.now
    )


@act("cases.actions.save_draft")
def _(w: World) -> Callable[[], object]:
    draft = actions.start_draft(receipt=Receipt.new(), kind=Kind.REPORT, answers={}, now=w.now)
    return lambda: actions.save_draft(draft, kind=Kind.GUIDANCE, answers={"a": "b"}, now=w.now)


@act("cases.actions.add_file")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.add_file(concern, name="a.pdf", content=b"%PDF-1.7 x", now=w.now)


@act("cases.actions.remove_file")
def _(w: World) -> Callable[[], object]:
    draft = actions.start_draft(receipt=Receipt.new(), kind=Kind.REPORT, answers={}, now=w.now)
    file = actions.add_file(draft, name="a.pdf", content=b"%PDF-1.7 x", now=w.now)
    return lambda: actions.remove_file(draft, n=file.n, now=w.now)


@act("cases.actions.take_upload")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    upload = Upload.of("a.pdf", b"%PDF-1.7 x")
    return lambda: actions.take_upload(concern, upload=upload, now=w.now)


def _loan(w: World) -> Loan:
    """Return the loan of a file that waits for the cleaner."""
    concern, _ = w.file()
    actions.add_file(concern, name="a.txt", content=b"words", now=w.now)
    with as_cleaner():
        return Loan.objects.get()


@act("cases.actions.check_file")
def _(w: World) -> Callable[[], object]:
    loan = _loan(w)
    return lambda: actions.check_file(loan, kind=TEXT, is_scanned=False, now=w.now)


@act("cases.actions.keep_clean_copy")
def _(w: World) -> Callable[[], object]:
    loan = _loan(w)
    with as_cleaner():
        actions.check_file(loan, kind=TEXT, is_scanned=False, now=w.now)
    return lambda: actions.keep_clean_copy(loan, content=b"words", found=(), now=w.now)


@act("cases.actions.hold_file")
def _(w: World) -> Callable[[], object]:
    loan = _loan(w)
    return lambda: actions.hold_file(loan, why=Why.LOCKED, now=w.now)


@act("cases.actions.expire_loans")
def _(w: World) -> Callable[[], object]:
    _loan(w)
    return lambda: actions.expire_loans(now=w.now + timedelta(hours=1))


def _file(w: World) -> Attachment:
    """Return a file with a clean copy."""
    concern, _ = w.file()
    file = actions.add_file(concern, name="a.txt", content=b"words", now=w.now)
    w.clean(file)
    return Attachment.objects.get(pk=file.pk)


@act("cases.actions.add_to_case")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.add_to_case(
        case, upload=Upload.of("log.txt", b"words"), by=w["olga"], now=w.now
    )


@act("cases.actions.send_again")
def _(w: World) -> Callable[[], object]:
    loan = _loan(w)
    with as_cleaner():
        actions.hold_file(loan, why=Why.TOO_SLOW, now=w.now)
    file = Attachment.objects.get()
    return lambda: actions.send_again(file, by=w["olga"], opener=w.openers["olga"], now=w.now)


@act("cases.actions.ask_for_original")
def _(w: World) -> Callable[[], object]:
    file = _file(w)
    return lambda: actions.ask_for_original(file, by=w["olga"], reason="The log.", now=w.now)


@act("cases.actions.release_original")
def _(w: World) -> Callable[[], object]:
    asked = actions.ask_for_original(_file(w), by=w["olga"], reason="The log.", now=w.now)
    opener = w.openers["omar"]
    return lambda: actions.release_original(asked, by=w["omar"], opener=opener, now=w.now)


@act("cases.actions.read_original")
def _(w: World) -> Callable[[], object]:
    file, opener = _file(w), w.openers["omar"]
    asked = actions.ask_for_original(file, by=w["olga"], reason="The log.", now=w.now)
    actions.release_original(asked, by=w["omar"], opener=opener, now=w.now)
    opener = w.openers["olga"]
    return lambda: actions.read_original(file, by=w["olga"], opener=opener, now=w.now)


@act("cases.actions.expire_drafts")
def _(w: World) -> Callable[[], object]:
    actions.start_draft(receipt=Receipt.new(), kind=Kind.REPORT, answers={}, now=w.now)
    return lambda: actions.expire_drafts(now=w.now + timedelta(days=30))


@act("cases.actions.file_concern")
def _(w: World) -> Callable[[], object]:
    return w.file


@act("cases.actions.change_receipt")
def _(w: World) -> Callable[[], object]:
    concern, old = w.file()
    Concern.objects.filter(pk=concern.pk).update(is_receipt_shared=True)
    access.present(old)
    new = Receipt.new()
    return lambda: actions.change_receipt(concern, old=old, new=new, now=w.now)


@act("cases.actions.withdraw")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.withdraw(concern, now=w.now)


@act("cases.actions.say")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.say(concern, text="One more thing.", now=w.now)


@act("cases.actions.answer")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.answer(
        concern, by=w["olga"], opener=w.openers["olga"], text="We read it.", now=w.now
    )


@act("cases.actions.read_by_reporter")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    actions.answer(concern, by=w["olga"], opener=w.openers["olga"], text="We read it.", now=w.now)
    return lambda: actions.read_by_reporter(concern, now=w.now)


@act("cases.actions.read_concern")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.read_concern(concern, by=w["olga"], opener=w.openers["olga"], now=w.now)


@act("cases.actions.read_case")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.read_case(case, by=w["olga"], opener=w.openers["olga"], now=w.now)


@act("cases.actions.read_file")
def _(w: World) -> Callable[[], object]:
    file = _file(w)
    return lambda: actions.read_file(file, by=w["olga"], opener=w.openers["olga"], now=w.now)


@act("cases.actions.assign")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.assign(
        concern, by=w["olga"], to=w["omar"], now=w.now, why=Given.SKILLS, words="He knows them."
    )


@act("cases.actions.assign_many")
def _(w: World) -> Callable[[], object]:
    concerns = [w.file()[0], w.file()[0]]
    act_as(w["olga"])
    return lambda: actions.assign_many(concerns, by=w["olga"], to=None, now=w.now)


@act("cases.actions.triage")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: w.triage(concern)
