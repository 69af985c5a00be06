"""People are told from scripts at milestones, outcomes by two, and promises are kept."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases import access, actions, parts
from cases.actions.telling import text_for
from cases.intake import milestones
from cases.lifecycle import (
    Means,
    Mode,
    PartyRole,
    TaskKind,
    TellingState,
    WhyReopened,
    WhyUntold,
)
from cases.models import Case, Concern, Message, Party, Task, Telling
from common import days
from common.errors import RuleError
from escalation import actions as escalation
from escalation.models import Clock
from ledger.models import Detail, Entry
from ledger.verbs import Verb
from people.middleware import act_as
from policies.models import Kind as Promised
from policies.models import Script
from safes.access import open_texts
from tests.architecture.acts.casework import alleged, follows, substantiated
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = pytest.mark.req("CAS-6")
IN_MAY = date(2026, 5, 4)
BY_PHONE = actions.ToldHow(Means.PHONE, date(2026, 3, 16))


@pytest.fixture
def case(world: World) -> Case:
    """Return a case that Olga leads alone."""
    act_as(world["olga"])
    return world.triage(world.file()[0])


def script(code: str) -> Script:
    return Script.objects.offered().get(code=f"{code}-en")


def party(world: World, case: Case, role: PartyRole, name: str = "Quinn Marsh") -> Party:
    # numbered in the order in which they were added
    at = world.now - timedelta(minutes=10 - case.parties.count())
    return actions.add_party(
        case, by=world["olga"], role=role, name=name, now=at, opener=world.openers["olga"]
    )


def tell(world: World, to: Concern | Party, code: str, **changes: object) -> Telling:
    said = script(code)
    entered: dict[str, object] = {"until": None, "now": world.now, **changes}
    by = str(entered.pop("by", "olga"))
    entered.setdefault("text", text_for(said, to, entered["until"]))  # type: ignore[arg-type]
    return actions.tell(
        to,
        by=world[by],
        script=said,
        opener=world.openers[by],
        **entered,  # type: ignore[arg-type] # a test names what it changes
    )


def approve(world: World, telling: Telling, by: str = "hana") -> Telling:
    return actions.approve_telling(telling, by=world[by], now=world.now, opener=world.openers[by])


def test_a_script_as_it_is_goes_by_ones_own_signature_and_its_promise_is_due(
    world: World, case: Case, process: BecomeProcess, client: Client
) -> None:
    concern = case.concerns.get()
    telling = tell(world, concern, "reporter-begun", until=IN_MAY)
    assert (telling.state, telling.is_changed, telling.decided_by) == ("told", False, None)
    message = Message.objects.get(concern=concern)
    assert message == telling.message
    said = open_texts(world.openers["olga"], [(message.pk, "body")])[message.pk, "body"]
    assert "You hear from us by 4 May 2026," in said
    # in the list of what needs her, on the day itself
    task = Task.objects.open().get(kind=TaskKind.TELL)
    assert (task.assignee, task.concern) == (world["olga"], concern)
    clock = Clock.objects.get(subject_id=task.pk)
    assert (days.day_of(clock.due_at), clock.kind) == (IN_MAY, "tell")
    entry = Entry.objects.get(verb=Verb.TOLD)
    with process("owner"):
        facts = Detail.objects.get(entry=entry).facts
    assert facts["how"] == "here"
    assert facts["milestone"] == "begun"
    # it is handed on like any other, when whoever promised it leaves, and not done by itself
    actions.add_member(
        case, by=world["olga"], person=world["otto"], now=world.now, opener=world.openers["olga"]
    )
    with pytest.raises(RuleError, match="on its own page"):
        actions.cancel_task(task, by=world["olga"], reason="So.", now=world.now)
    sign_in(client, world, "olga")
    page = client.get(reverse("desk:tasks", args=[case.ref])).content.decode()
    assert "Hand it on" in page
    assert "Mark as done" not in page
    hand = reverse("desk:tasks-hand", args=[case.ref, task.pk])
    client.post(hand, {"to": str(world["otto"].pk)})
    task.refresh_from_db()
    assert task.assignee == world["otto"]
    act_as(world["olga"])
    # any message keeps it, late or not
    later = world.now + timedelta(days=60)
    actions.answer(concern, by=world["olga"], text="Soon.", now=later, opener=world.openers["olga"])
    telling.refresh_from_db()
    assert telling.kept_on == days.day_of(later)
    assert telling.was_late
    assert not Task.objects.open().filter(kind=TaskKind.TELL).exists()


@pytest.mark.req("INT-3")
def test_the_reporter_sees_what_was_promised_and_kept_in_days(world: World, case: Case) -> None:
    concern = case.concerns.get()
    tell(world, concern, "reporter-begun", until=IN_MAY)
    today = days.day_of(world.now)

    def shown(on: date) -> tuple[str, str]:
        found = [one for one in milestones.track(concern, on) if one.title == milestones.NEWS]
        assert len(found) == 1
        return found[0].state, found[0].when

    assert shown(today) == (milestones.NOW, "By 4 May")
    assert shown(IN_MAY + timedelta(days=1))[0] == milestones.LATE
    tell(world, concern, "reporter-delay")
    assert shown(IN_MAY + timedelta(days=1)) == (milestones.KEPT, "16 March")


def test_an_outcome_needs_another_person_and_whoever_wrote_it_is_not_that_one(
    world: World, case: Case, process: BecomeProcess
) -> None:
    concern = case.concerns.get()
    words = "We found that the date was moved, and it was put right."
    with pytest.raises(RuleError, match="still to be written"):
        tell(world, concern, "reporter-outcome", approver=world["hana"])
    for nobody in (None, world["olga"]):
        with pytest.raises(RuleError, match="Another person reads this"):
            tell(world, concern, "reporter-outcome", text=words, approver=nobody)
    telling = tell(world, concern, "reporter-outcome", text=words, approver=world["hana"])
    assert telling.state == TellingState.WAITING
    assert not concern.messages.exists()
    with pytest.raises(RuleError, match="waits for them already"):
        tell(world, concern, "reporter-outcome", text=words, approver=world["hana"])
    assert "nobody is told it yet" in " ".join(parts.blocks_closing(case))
    task = Task.objects.open().get(kind=TaskKind.APPROVE_TELLING)
    assert task.assignee == world["hana"]
    with pytest.raises(RuleError, match="on its own page"):
        actions.finish_task(task, by=world["olga"], words="", now=world.now)
    # it is handed on to another person than who wrote it, and who is let in to read it
    for unfit in ("olga", "omar"):
        with pytest.raises(RuleError, match="cannot do it"):
            actions.hand_task(task, by=world["olga"], to=world[unfit], now=world.now)
    actions.hand_task(task, by=world["olga"], to=world["ines"], now=world.now)
    assert case.members.filter(person=world["ines"]).exists()
    with pytest.raises(RuleError, match="another person decides"):
        approve(world, telling, by="olga")
    told = {
        "state": "told", "told_on": days.day_of(world.now), "told_by": world["olga"],
        "means": "here", "decided_by": world["olga"], "decided_at": world.now,
    }  # fmt: skip
    with process("owner"), pytest.raises(IntegrityError, match="by_two"), transaction.atomic():
        Telling.objects.filter(pk=telling.pk).update(**told)
    with pytest.raises(PermissionDenied):
        approve(world, telling, by="otto")
    act_as(world["hana"])
    telling = approve(world, telling)
    message = concern.messages.get()
    assert (telling.state, telling.message) == (TellingState.TOLD, message)
    assert message.author == world["olga"]
    opened = open_texts(world.openers["hana"], [(message.pk, "body")])
    assert opened[message.pk, "body"] == words
    assert not Task.objects.open().filter(kind=TaskKind.APPROVE_TELLING).exists()
    with process("owner"), pytest.raises(DatabaseError, match="Cannot update"):
        Telling.objects.filter(pk=telling.pk).update(is_changed=False)


def test_what_is_changed_waits_and_what_is_sent_back_says_why(world: World, case: Case) -> None:
    concern = case.concerns.get()
    text = "It takes longer. The auditor is ill."
    with pytest.raises(RuleError, match="Another person reads this"):
        tell(world, concern, "reporter-delay", text=text)
    telling = tell(world, concern, "reporter-delay", text=text, approver=world["hana"])
    assert telling.is_changed
    with pytest.raises(RuleError, match="longer than 20000"):
        actions.refuse_telling(telling, by=world["hana"], reason="a" * 20_001, now=world.now)
    with pytest.raises(RuleError, match="what is to be changed"):
        actions.refuse_telling(telling, by=world["hana"], reason="", now=world.now)
    actions.refuse_telling(
        telling, by=world["hana"], reason="Not who is ill.", now=world.now,
        opener=world.openers["hana"],
    )  # fmt: skip
    where = (telling.pk, "sent_back")
    assert open_texts(world.openers["olga"], [where])[where] == "Not who is ill."
    with pytest.raises(RuleError, match="sent back"):
        approve(world, telling)
    again = tell(world, concern, "reporter-delay", text=text, approver=world["hana"])
    actions.take_back_telling(again, by=world["olga"], now=world.now)
    assert not Task.objects.open().exists()
    assert not concern.messages.exists()


def test_a_party_is_told_outside_and_it_is_recorded_how_and_when(world: World, case: Case) -> None:
    affected = party(world, case, PartyRole.AFFECTED)
    with pytest.raises(RuleError, match="how they were told"):
        tell(world, affected, "affected-begun")
    early = actions.ToldHow(Means.PHONE, date(2026, 3, 15))
    with pytest.raises(RuleError, match="since the case was opened"):
        tell(world, affected, "affected-begun", told=early)
    begun = tell(world, affected, "affected-begun", told=BY_PHONE, until=IN_MAY)
    assert (begun.state, begun.means) == (TellingState.TOLD, Means.PHONE)
    where = (begun.pk, "telling")
    assert case.ref in open_texts(world.openers["olga"], [where])[where]
    assert not open_texts(world.openers["otto"], [where])
    words = "It happened, and it will not happen again."
    outcome = tell(world, affected, "affected-outcome", text=words, approver=world["hana"])
    with pytest.raises(RuleError, match="nobody was told it"):
        actions.record_told(outcome, by=world["olga"], told=BY_PHONE, now=world.now)
    act_as(world["hana"])
    outcome = approve(world, outcome)
    assert outcome.state == TellingState.APPROVED
    act_as(world["olga"])
    assert "was not told what came of it" in parts.untold(case)[0]
    later = world.now + timedelta(days=2)
    how = actions.ToldHow(Means.LETTER, days.day_of(later))
    outcome = actions.record_told(outcome, by=world["olga"], told=how, now=later)
    assert (outcome.state, outcome.told_by) == (TellingState.TOLD, world["olga"])
    assert parts.untold(case) == []
    begun.refresh_from_db()
    assert begun.kept_on == days.day_of(later)


def test_only_what_is_told_after_a_promise_keeps_it_and_what_is_recorded_late_is_due_at_once(
    world: World, case: Case, process: BecomeProcess
) -> None:
    affected = party(world, case, PartyRole.AFFECTED)
    rung = days.day_of(world.now) + timedelta(days=7)
    by_phone = actions.ToldHow(Means.PHONE, rung)
    now = world.now + timedelta(days=8)
    promised = tell(world, affected, "affected-begun", told=by_phone, until=IN_MAY, now=now)
    # a letter of the day before it, which is recorded after it
    before = actions.ToldHow(Means.LETTER, rung - timedelta(days=1))
    tell(world, affected, "affected-delay", told=before, now=now)
    promised.refresh_from_db()
    assert promised.kept_on is None
    assert Task.objects.open().get(kind=TaskKind.TELL) == promised.promise
    with process("owner"), pytest.raises(IntegrityError, match="afterwards"), transaction.atomic():
        Telling.objects.filter(pk=promised.pk).update(kept_on=before.on)
    act_as(world["olga"])
    text = "It takes longer, as a witness is ill."
    late = tell(world, affected, "affected-delay", text=text, until=IN_MAY, approver=world["hana"])
    act_as(world["hana"])
    late = approve(world, late)
    act_as(world["olga"])
    over = world.now + timedelta(days=90)
    told = actions.ToldHow(Means.LETTER, rung)
    late = actions.record_told(late, by=world["olga"], told=told, now=over)
    task = Task.objects.open().get(kind=TaskKind.TELL)
    assert (late.promise, task.assignee) == (task, world["olga"])
    assert Clock.objects.get(subject_id=task.pk).due_at == over


def test_a_text_that_names_another_is_asked_about_before_it_goes(world: World) -> None:
    act_as(world["olga"])
    identity = actions.Identity("Rita Reporter")
    case = world.triage(world.file(mode=Mode.NAMED, identity=identity)[0])
    subject = party(world, case, PartyRole.SUBJECT, "Quinn Marsh")
    witness = party(world, case, PartyRole.WITNESS, "Rae Stone")
    said = text_for(script("subject-hearing"), subject, None)
    text = f"{said}\nMs Stone, Rita and Otto Example say so; Mr Marsh, ask Olga Example."
    entered = {"told": BY_PHONE, "text": text, "approver": world["hana"]}
    with pytest.raises(access.NamesOthersError) as asked:
        tell(world, subject, "subject-hearing", **entered)
    named = {one.key: one.label for one in asked.value.named}
    # themselves, and who works on it, they may know
    assert named == {
        witness.pk: "party 2 of this case",
        case.concerns.get().pk: "whoever told it",
        world["otto"].pk: "Otto Example",
    }
    assert not Telling.objects.exists()
    with pytest.raises(access.NamesOthersError):
        tell(world, subject, "subject-hearing", may_name={witness.pk}, **entered)
    telling = tell(world, subject, "subject-hearing", may_name=set(named), **entered)
    assert telling.state == TellingState.WAITING
    with pytest.raises(RuleError, match="do not open for you now"):
        actions.tell(
            subject, by=world["olga"], script=script("subject-delay"), text=said, now=world.now,
            told=BY_PHONE,
        )  # fmt: skip


@pytest.mark.req("CAS-11")
def test_a_case_ends_once_those_concerned_know_or_it_is_said_why_not(
    world: World, case: Case
) -> None:
    subject = party(world, case, PartyRole.SUBJECT)
    affected = party(world, case, PartyRole.AFFECTED, "Rae Stone")
    party(world, case, PartyRole.WITNESS, "Sam Hill")
    # whoever was never asked does not know of it
    [sentence] = parts.untold(case)
    assert sentence.startswith("Party 2, who is affected, was not told what came of it.")
    olga, opener, now = world["olga"], world.openers["olga"], world.now
    actions.ask_response(subject, by=olga, words="The date.", now=now, opener=opener)
    actions.record_response(
        subject, by=olga, words="No.", given_on=days.day_of(now), now=now, opener=opener
    )
    assert len(parts.untold(case)) == 2
    with pytest.raises(RuleError, match="Party 1, whom it is about, was not told"):
        actions.ask_to_close(
            case, by=olga, approver=world["hana"], finding=None, reason="So.", message="So.",
            lessons="", now=now,
        )  # fmt: skip
    with pytest.raises(RuleError, match="Say why"):
        actions.leave_untold(affected, by=olga, why=WhyUntold.HARM, words=" ", now=now)
    witness = case.parties.get(role=PartyRole.WITNESS)
    with pytest.raises(RuleError, match="Only who is affected"):
        actions.leave_untold(witness, by=olga, why=WhyUntold.HARM, words="So.", now=now)
    for one in (subject, affected):
        actions.leave_untold(
            one, by=olga, why=WhyUntold.HARM, words="He waits at her door.", now=now, opener=opener
        )
    assert parts.untold(case) == []
    # what is found anew is what they have to be told
    allegation = alleged(world, case)
    world.now = now = now + timedelta(hours=1)
    substantiated(world, allegation)
    assert len(parts.untold(case)) == 2
    for one in (subject, affected):
        actions.leave_untold(
            one, by=olga, why=WhyUntold.HARM, words="He waits there.", now=now, opener=opener
        )
    follows(world, allegation.findings.get())
    world.close(case, finding=None)
    case.refresh_from_db()
    later = now + timedelta(days=1)
    actions.reopen(
        case, by=olga, why=WhyReopened.NEW, words="A witness.", message="We look.", now=later,
        opener=opener,
    )  # fmt: skip
    # what came of it then is not what comes of it now
    assert len(parts.untold(case)) == 2


@pytest.mark.req("ESC-3", "INT-3")
def test_what_is_taken_up_again_is_promised_anew(
    world: World, case: Case, process: BecomeProcess
) -> None:
    world.close(case)
    case.refresh_from_db()
    act_as(world["olga"])
    later = world.now + timedelta(days=10)
    actions.reopen(
        case, by=world["olga"], why=WhyReopened.NEW, words="A witness.", message="We look.",
        now=later, opener=world.openers["olga"],
    )  # fmt: skip
    concern = Concern.objects.get()
    clocks = Clock.objects.filter(subject_id=concern.pk, kind=Promised.FEEDBACK)
    assert [one.state for one in clocks.order_by("started_at")] == ["met", "running"]
    due = date(2026, 6, 26)
    assert days.day_of(clocks.latest("started_at").due_at) == due
    step = milestones.track(concern, days.day_of(later))[-1]
    assert (step.title, step.when, step.state) == (milestones.ANEW, "By 26 June", milestones.NOW)
    # nobody answers for it silently: it is late as the first one would have been
    with process("worker"):
        escalation.sweep(now=later + timedelta(days=120))
    act_as(world["olga"])
    assert clocks.latest("started_at").breached_at is not None
    world.close(case, now=later + timedelta(days=121))
    assert clocks.latest("started_at").state == "met"
    step = milestones.track(concern, date(2026, 12, 1))[-1]
    assert (step.title, step.state) == (milestones.ANEW, milestones.LATE)


def test_before_there_is_a_case_reporters_alone_are_told_and_not_an_outcome(
    world: World, process: BecomeProcess
) -> None:
    concern, receipt = world.file()
    act_as(world["olga"])
    with pytest.raises(RuleError, match="no case yet"):
        tell(world, concern, "reporter-outcome", text="So.", approver=world["omar"])
    telling = tell(world, concern, "reporter-acknowledged", until=IN_MAY)
    assert telling.state == TellingState.TOLD
    concern.refresh_from_db()
    assert concern.acknowledged_on == days.day_of(world.now)
    changed = tell(
        world, concern, "reporter-delay", text="It takes longer, as he is ill.",
        approver=world["omar"],
    )  # fmt: skip
    act_as(world["omar"])
    assert approve(world, changed, by="omar").state == TellingState.TOLD
    with pytest.raises(RuleError, match="after today, and within half a year"):
        tell(world, concern, "reporter-update", text="So.", until=days.day_of(world.now), by="omar")
    waiting = tell(
        world, concern, "reporter-delay", text="It takes longer still.", approver=world["omar"]
    )
    act_as(None)
    with process("speak"):
        access.present(receipt)
        assert not Telling.objects.open().exists()
        actions.withdraw(concern, now=world.now)
    # nobody sends it any more, nor what would wait nevertheless
    act_as(world["hana"])
    waiting.refresh_from_db()
    assert waiting.state == TellingState.WITHDRAWN
    with pytest.raises(RuleError, match="took this back"):
        approve(world, waiting)
    assert concern.messages.count() == 2
    with pytest.raises(RuleError, match="took this back"):
        tell(world, concern, "reporter-delay", by="hana")
