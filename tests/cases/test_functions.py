"""What somebody sees of a case, by the function in which they are on it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cases import access, actions, rules
from cases.lifecycle import (
    NEEDS,
    SCOPES,
    Area,
    Deed,
    Document,
    ExhibitKind,
    Finding,
    Function,
    Ground,
    Level,
    PartyRole,
    Phase,
    Purpose,
    TaskKind,
    areas_of,
    may,
)
from cases.lifecycle.links import LinkKind
from cases.lifecycle.protection import Answer, Asking
from cases.lifecycle.purposes import Purpose as Use
from cases.models import Case, Compartment, Concern, Member, Note
from cases.reports import Asked
from cases.rules.redaction import Removal
from common import clock, days
from common.errors import RuleError
from people.middleware import act_as
from people.rules import Role
from policies.models import Script
from safes.access import open_texts
from tests.conftest import BecomeProcess
from tests.world import NARRATIVE, World

pytestmark = pytest.mark.req("CAS-4", "SEC-2")


@pytest.fixture
def case(world: World) -> Case:
    """Olga leads; omar, who was on duty, works on it with her."""
    concern, _ = world.file()
    case = world.triage(concern)
    join(world, case, "omar")
    return case


def join(world: World, case: Case, name: str, function: Function | None = None) -> Member:
    act_as(world["olga"])
    member = actions.add_member(
        case,
        by=world["olga"],
        opener=world.openers["olga"],
        person=world[name],
        function=function,
        now=world.now,
    )
    act_as(None)
    return member


def filed(world: World, case: Case) -> Concern:
    """Return what was filed, as olga sees it."""
    act_as(world["olga"])
    return case.concerns.get()


def opens(world: World, name: str, *places: tuple[object, str]) -> dict[str, str]:
    """Return what somebody opens, by the name of its field; asked of the database as them."""
    act_as(world[name])
    found = open_texts(world.openers[name], places)  # type: ignore[arg-type] # ids of rows
    act_as(None)
    return {field: text for (_, field), text in found.items()}


def test_every_function_sees_the_case_and_works_in_nothing_that_it_does_not_see() -> None:
    assert SCOPES.keys() == set(Function)
    for function, scope in SCOPES.items():
        assert Area.CORE in scope.sees
        assert scope.works <= scope.sees
        assert areas_of(function) == sorted(areas_of(function), key=list(Area).index)
    sees_advice = {one for one, scope in SCOPES.items() if Area.LEGAL in scope.sees}
    assert sees_advice == {Function.LEAD, Function.LEGAL}
    assert SCOPES[Function.APPROVER].works == frozenset()
    assert NEEDS.keys() == set(Deed)
    whole = {Function.LEAD, Function.INVESTIGATOR, Function.INDEPENDENT}
    for deed in Deed:
        able = {one for one in Function if may(one, areas_of(one), deed, is_guest=False)}
        assert able == whole
        assert not any(may(one, areas_of(one), deed, is_guest=True) for one in Function)
    assert not may(Function.INVESTIGATOR, [Area.CORE, Area.EVIDENCE], Deed.TELL, is_guest=False)


def test_who_is_not_let_into_what_was_filed_finds_no_concern_and_holds_no_key_to_one(
    world: World, case: Case
) -> None:
    concern = filed(world, case)
    told, called = (concern.pk, "narrative"), (case.pk, "summary")
    # otto could be asked for anything: it is the function that closes it
    join(world, case, "otto", Function.HR)
    assert opens(world, "otto", told, called) == {}
    for name in ("olga", "omar"):
        assert opens(world, name, told)["narrative"] == NARRATIVE
        assert "summary" in opens(world, name, called)
    act_as(world["otto"])
    assert Case.objects.get() == case
    assert not Concern.objects.exists()
    assert not Concern.objects.visible_to(world["otto"]).exists()
    assert not access.can_answer(world["otto"], concern)
    with pytest.raises(PermissionDenied):
        access.require(world["otto"], case, Area.EVIDENCE)
    # what is written in the functions that he may see opens to him
    actions.sign_note(case, by=world["otto"], kind=Note.Kind.NOTE, text="I rang.", now=world.now)
    note = Note.objects.get()
    assert opens(world, "otto", (note.pk, "body")) == {"body": "I rang."}
    # what comes later lies beyond him as well, and the reporter still reads all of it
    act_as(world["olga"])
    message = actions.answer(
        concern, by=world["olga"], opener=world.openers["olga"], text="When?", now=world.now
    )
    assert opens(world, "otto", (message.pk, "body")) == {}
    assert opens(world, "omar", (message.pk, "body")) == {"body": "When?"}


def test_whoever_was_on_duty_loses_the_key_they_had_to_what_was_filed(
    world: World, case: Case
) -> None:
    concern = filed(world, case)
    told = (concern.pk, "narrative")
    member = case.members.get(person=world["omar"])
    act_as(world["olga"])
    opener = world.openers["olga"]
    with pytest.raises(PermissionDenied):
        actions.change_function(
            member, by=world["omar"], opener=world.openers["omar"], function=Function.HR,
            now=world.now,
        )  # fmt: skip
    actions.change_function(
        member, by=world["olga"], opener=opener, function=Function.CLINICAL, now=world.now
    )
    assert opens(world, "omar", told) == {}
    act_as(world["omar"])
    assert not Concern.objects.filter(pk=concern.pk).exists()
    act_as(world["olga"])
    with pytest.raises(RuleError, match="already"):
        actions.change_function(
            member, by=world["olga"], opener=opener, function=Function.CLINICAL, now=world.now
        )
    with pytest.raises(RuleError, match="taking the case over"):
        actions.change_function(
            member, by=world["olga"], opener=opener, function=Function.LEAD, now=world.now
        )
    actions.change_function(
        member, by=world["olga"], opener=opener, function=Function.INVESTIGATOR, now=world.now
    )
    assert opens(world, "omar", told)["narrative"] == NARRATIVE
    # a concern that joins later opens to the same
    act_as(world["olga"])
    actions.change_function(
        member, by=world["olga"], opener=opener, function=Function.ADVOCATE, now=world.now
    )
    other, _ = world.file()
    act_as(world["olga"])
    actions.join(
        other, into=case, by=world["olga"], opener=opener, urgency=Level.HIGH,
        severity=Level.HIGH, in_danger=False, reason="The same ship.", now=world.now,
    )  # fmt: skip
    assert opens(world, "olga", (other.pk, "narrative"))["narrative"] == NARRATIVE
    assert opens(world, "omar", (other.pk, "narrative")) == {}


def test_legal_advice_opens_to_the_lead_and_the_lawyers_of_the_case_alone(
    world: World, case: Case, process: BecomeProcess
) -> None:
    join(world, case, "otto", Function.LEGAL)
    act_as(world["otto"])
    advice = actions.sign_note(
        case, by=world["otto"], opener=world.openers["otto"], kind=Note.Kind.ADVICE,
        text="Do not settle.", now=world.now,
    )  # fmt: skip
    where = (advice.pk, "body")
    assert opens(world, "otto", where) == opens(world, "olga", where) == {"body": "Do not settle."}
    for name in ("omar", "hana"):
        assert opens(world, name, where) == {}
        act_as(world[name])
        assert Case.objects.filter(pk=case.pk).exists()
        assert not Note.objects.exists()
        assert Compartment.objects.filter(area=Area.LEGAL).exists() == (name == "hana")
    act_as(world["omar"])
    with pytest.raises(PermissionDenied):
        actions.sign_note(
            case, by=world["omar"], opener=world.openers["omar"], kind=Note.Kind.ADVICE,
            text="Settle.", now=world.now,
        )  # fmt: skip
    with pytest.raises(PermissionDenied):
        actions.keep_draft(
            case, by=world["omar"], words={"kind": "advice", "text": "Set"}, now=world.now,
            opener=world.openers["omar"],
        )  # fmt: skip
    # who leads next gets it, and the former lead has it no more
    act_as(world["hana"])
    actions.take_over(
        case, by=world["hana"], reason="Olga is ill.", opener=world.openers["hana"], now=world.now
    )
    assert opens(world, "hana", where) == {"body": "Do not settle."}
    assert opens(world, "olga", where) == {}
    # by the gate alone, where no row security stands
    with process("owner"):
        areas = access.seen_by(access.member_of(world["omar"], case))
        assert not case.notes.within(areas).filter(kind=Note.Kind.ADVICE).exists()
        assert Compartment.objects.filter(case=case, area=Area.LEGAL).exists()


def test_a_guest_stays_until_the_moment_that_was_said_and_no_longer(
    world: World, case: Case, process: BecomeProcess
) -> None:
    world.hire("egon", Role.EXPERT)
    egon, olga, opener, now = world["egon"], world["olga"], world.openers["olga"], clock.now()
    act_as(olga)
    given: dict[str, Any] = {"by": olga, "opener": opener, "person": egon, "now": now}
    with pytest.raises(RuleError, match="cannot join"):
        actions.add_member(case, **given)
    for ahead in (-1, 92):
        with pytest.raises(RuleError, match="at most 90 days"):
            actions.add_member(case, **given, until=now + timedelta(days=ahead))
    member = actions.add_member(
        case, **given, function=Function.INVESTIGATOR, areas=[Area.CONCERNS],
        until=now + timedelta(days=6),
    )  # fmt: skip
    assert member.areas == ["core", "concerns"]
    told = (filed(world, case).pk, "narrative")
    assert opens(world, "egon", told)["narrative"] == NARRATIVE
    act_as(egon)
    assert Case.objects.visible_to(egon).get() == case
    with process("worker"):
        assert actions.see_to_open_work(now=now) == 1
        assert actions.see_to_open_work(now=now) == 0
    act_as(olga)
    with pytest.raises(RuleError, match="Say why"):
        actions.extend_guest(
            member, by=olga, until=now + timedelta(days=9), reason=" ", now=now, opener=opener
        )
    member = actions.extend_guest(
        member, by=olga, until=now + timedelta(days=9), reason="The log.", now=now, opener=opener
    )
    assert opens(world, "omar", (member.pk, "longer")) == {"longer": "The log."}
    # at that moment it ends by itself, before any worker comes
    act_as(olga)
    Member.objects.filter(pk=member.pk).update(until=clock.now())
    assert opens(world, "egon", told) == {}
    act_as(egon)
    assert not Case.objects.exists()
    assert not Member.objects.filter(person=egon).exists()
    with process("owner"):
        assert not Case.objects.visible_to(egon).exists()
        assert not Concern.objects.visible_to(egon).exists()
    with process("worker"):
        assert actions.see_to_open_work(now=clock.now()) == 1
    with process("owner"):
        assert Member.objects.get(pk=member.pk).left_at is not None
    act_as(olga)
    again = actions.add_member(case, **given, until=now + timedelta(days=6))
    actions.end_place(again, by=olga, now=now)
    assert opens(world, "egon", told) == {}


def test_an_approver_finds_what_is_to_be_decided_and_opens_nothing_that_was_filed(
    world: World, case: Case
) -> None:
    member = join(world, case, "otto", Function.APPROVER)
    assert member.areas == ["core", "evidence"]
    assert opens(world, "otto", (filed(world, case).pk, "narrative")) == {}
    act_as(world["olga"])
    assert access.may_decide(case, world["olga"])[:2] == [world["omar"], world["otto"]]
    act_as(world["otto"])
    assert not Concern.objects.visible_to(world["otto"]).exists()
    with pytest.raises(PermissionDenied):
        actions.sign_note(case, by=world["otto"], kind=Note.Kind.NOTE, text="So.", now=world.now)


def test_a_guest_does_nothing_with_the_case_as_a_whole_nor_takes_it_out_of_the_house(
    world: World, case: Case
) -> None:
    olga, opener, now = world["olga"], world.openers["olga"], clock.now()
    world.hire("egon", Role.EXPERT)
    act_as(olga)
    other = world.triage(world.file()[0])
    act_as(olga)
    for one in (case, other):
        actions.add_member(
            one, by=olga, opener=opener, person=world["egon"], function=Function.INVESTIGATOR,
            until=now + timedelta(days=5), now=now,
        )  # fmt: skip
    note = actions.sign_note(
        case, by=olga, kind=Note.Kind.NOTE, text="I rang.", now=now, opener=opener
    )
    concern = filed(world, case)
    advice = actions.sign_note(
        case, by=olga, kind=Note.Kind.ADVICE, text="Settle.", now=now, opener=opener
    )
    # what a lawyer advised is in no copy, whoever asks
    assert advice.pk not in {one.row for one in access.papers(case, olga)}
    egon, his = world["egon"], world.openers["egon"]
    act_as(egon)
    wanted = actions.Wanted(Document.NOTE, note.pk, Purpose.COURT, "A court")
    asked = Asked(Use.COURT, "A court", has_reporters=True, has_files=True)
    script = Script.objects.offered().get(code="reporter-begun-en")
    does: list[Callable[[], object]] = [
        lambda: actions.make_bundle(case, by=egon, opener=his, asked=asked, now=now),
        lambda: actions.redact_text(
            case, by=egon, wanted=wanted, text="I rang.", taken=[], now=now, opener=his
        ),
        lambda: actions.tell(
            concern, by=egon, script=script, text="We began.", now=now, opener=his
        ),
        lambda: actions.merge(
            case, into=other, by=egon, opener=his, bring=[], reason="One.", now=now
        ),
        lambda: actions.take_out(
            concern, by=egon, opener=his, lead=world["omar"], reason="Two.", now=now
        ),
        lambda: actions.link(
            case, other, kind=LinkKind.RELATED, by=egon, reason="So.", now=now, opener=his
        ),
        lambda: actions.ask_to_close(
            case, by=egon, opener=his, approver=olga, finding=Finding.UNSUBSTANTIATED,
            reason="So.", message="So.", lessons="", now=now,
        ),
        lambda: actions.add_member(
            case, by=egon, opener=his, person=world["otto"], now=now
        ),
        lambda: actions.go_on(case, by=egon, at=Phase.PLANNING, now=now),
    ]  # fmt: skip
    for does_it in does:
        with pytest.raises(PermissionDenied):
            does_it()
    # of the case itself they work on all: that is what they came for
    actions.sign_note(case, by=egon, kind=Note.Kind.NOTE, text="I looked.", now=now, opener=his)


def test_whoever_was_on_a_merged_case_is_on_the_next_as_what_they_were(
    world: World, case: Case
) -> None:
    olga, opener, now = world["olga"], world.openers["olga"], clock.now()
    world.hire("egon", Role.EXPERT)
    join(world, case, "otto", Function.HR)
    act_as(olga)
    until = now + timedelta(days=5)
    actions.add_member(
        case, by=olga, opener=opener, person=world["egon"], function=Function.LEGAL,
        until=until, now=now,
    )  # fmt: skip
    advice = actions.sign_note(
        case, by=olga, kind=Note.Kind.ADVICE, text="Settle.", now=now, opener=opener
    )
    told = filed(world, case)
    into = world.triage(world.file()[0])
    here = filed(world, into)
    act_as(olga)
    # what was made of what was filed there lies in the safe of the case, since all of it does yet
    copy = actions.redact_text(
        into, by=olga, wanted=actions.Wanted(Document.CONCERN, here.pk, Purpose.COURT, "A court"),
        text=NARRATIVE, taken=[Removal(0, 3, Ground.PERSONAL)], now=now, opener=opener,
    )  # fmt: skip
    assert copy.safe == into.safe
    bring = [world[name] for name in ("otto", "egon", "omar")]
    actions.merge(
        case, into=into, by=olga, opener=opener, bring=bring, reason="One matter.", now=now
    )
    places = {
        one.person.username: (one.function, one.areas, one.until)
        for one in Member.objects.standing().filter(case=into)
    }
    assert places["otto"] == ("hr", ["core", "support"], None)
    assert places["egon"] == ("legal", ["core", "evidence", "legal"], until)
    assert places["omar"][0] == "investigator"
    # what he may not see is apart in the case that goes on, also what stood there before
    copy.refresh_from_db()
    assert copy.safe == access.safe_of(into, Area.CONCERNS) != into.safe
    for concern in (told, here):
        where = (concern.pk, "narrative")
        assert opens(world, "otto", where) == opens(world, "egon", where) == {}
        assert opens(world, "olga", where) == opens(world, "omar", where) != {}
    assert opens(world, "otto", (copy.pk, "recipient")) == {}
    assert opens(world, "omar", (copy.pk, "recipient")) == {"recipient": "A court"}
    for name in ("olga", "egon"):
        assert opens(world, name, (advice.pk, "body")) == {"body": "Settle."}
    assert opens(world, "omar", (advice.pk, "body")) == {}
    # nobody who cannot open the advice leaves it behind
    act_as(olga)
    third = world.triage(world.file()[0], by="omar")
    act_as(world["omar"])
    with pytest.raises(RuleError, match="legal advice"):
        actions.merge(
            into, into=third, by=world["omar"], opener=world.openers["omar"], bring=[],
            reason="One.", now=now,
        )  # fmt: skip


def test_a_search_finds_nothing_in_an_area_that_is_not_ones_own(world: World, case: Case) -> None:
    piece = actions.Piece(
        kind=ExhibitKind.DATA,
        title="The zanzibar log",
        source="Wendy",
        received_on=days.day_of(world.now),
    )  # fmt: skip
    olga, opener = world["olga"], world.openers["olga"]
    act_as(olga)
    actions.add_exhibit(case, by=olga, piece=piece, now=world.now, opener=opener)
    join(world, case, "otto", Function.HR)
    for name, found in (("omar", {case.pk}), ("otto", set())):
        act_as(world[name])
        terms = rules.terms_of("zanzibar")
        texts = access.search(world[name], world.openers[name], terms).texts
        assert texts.keys() == found


def test_whoever_is_in_a_part_of_a_case_takes_over_nothing_more_than_it(
    world: World, case: Case
) -> None:
    concern = filed(world, case)
    witness = actions.add_party(
        case, by=world["olga"], role=PartyRole.WITNESS, name="Rae Stone", now=world.now,
        opener=world.openers["olga"],
    )  # fmt: skip
    act_as(world["olga"])
    task = actions.add_task(
        case, by=world["olga"], kind=TaskKind.TASK, words="Ring them.",
        assignee=world["omar"], now=world.now, opener=world.openers["olga"],
    )  # fmt: skip
    actions.change_function(
        Member.objects.get(case=case, person=world["omar"]), by=world["olga"],
        opener=world.openers["olga"], function=Function.HR, now=world.now,
    )  # fmt: skip
    # what omar cannot find any more waits openly, and cannot be given back to him
    task.refresh_from_db()
    assert task.assignee is None
    assert world["omar"] not in access.may_do(concern)
    act_as(world["omar"])
    with pytest.raises(PermissionDenied):
        actions.take_over(
            case, by=world["omar"], reason="She is away.", now=world.now,
            opener=world.openers["omar"],
        )  # fmt: skip
    # a sign that he records opens a case on which he is what he is here
    done = actions.check_in(
        witness, by=world["omar"], answer=Answer.YES, asking=Asking.PHONE,
        on=days.day_of(world.now), words="Her shifts are gone.", now=world.now,
        opener=world.openers["omar"],
    )  # fmt: skip
    assert done.opened is not None
    place = Member.objects.current().get(case=done.opened, person=world["omar"])
    assert (place.function, place.areas) == (Function.HR, areas_of(Function.HR))
    act_as(world["olga"])
    assert Compartment.objects.filter(case=done.opened, area=Area.CONCERNS).exists()
    assert done.opened.lead == world["olga"]
