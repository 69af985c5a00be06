"""Concerns in bulk: really sealed and recorded, and no different from what the actions write."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoDbBlocker, Settings

from cases import access, actions
from cases.lifecycle import CaseStatus, Channel, ConcernStatus, Mode, TaskKind
from cases.lifecycle.tracks import Track
from cases.models import Case, Closing, Concern, Message, Note, Triage
from common import clock
from escalation.models import Clock
from ethicsdesk.demo import bulk, northmoor
from ethicsdesk.demo.history import Plan, plans
from ethicsdesk.demo.office import Office
from ethicsdesk.demo.organisation import Organisation
from ledger import reports
from ledger.models import Detail, Entry
from people.middleware import act_as
from people.models import Person
from policies.models import Kind as Promised
from safes import access as opening
from safes.models import Grant, Sealed
from safes.rules import Receipt
from tests.conftest import BecomeProcess, as_process, rolled_back
from tests.demo.conftest import NOW


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - invented concerns


@pytest.fixture
def generated(
    db: None, process: BecomeProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Generate 200 concerns from nothing; return the file of personas."""
    monkeypatch.setenv("ETHICSDESK_STATE", str(tmp_path))
    with process("owner"):
        call_command("generate", cases=200, years=1, processes=1)
    return tmp_path / "personas.json"


def test_two_hundred_concerns_are_there_and_the_ledger_is_whole(
    generated: Path, process: BecomeProcess
) -> None:
    with process("owner"):
        assert Concern.objects.count() == 200
        assert Case.objects.filter(status=CaseStatus.CLOSED).count() > 100
        assert Case.objects.filter(status=CaseStatus.OPEN).exists()
        verdict = reports.verify(now=clock.now())
    assert verdict.problems == []
    assert verdict.sealed > 200 * 6
    assert len(json.loads(generated.read_text())["people"]) > 10


def test_the_same_seed_gives_the_same_concerns(now: datetime) -> None:
    def some(seed: int) -> list[Plan]:
        past = (datetime.fromisoformat("2026-01-01T00:00:00+00:00"), now)
        return list(plans(chance(seed), 20, within=past, of=past))

    assert some(1) == some(1)
    assert some(1) != some(2)


def test_nothing_is_generated_outside_a_demonstration(
    db: None, settings: Settings, process: BecomeProcess
) -> None:
    settings.DEMO = False
    with process("owner"), pytest.raises(CommandError, match="Nothing was changed"):
        call_command("generate", cases=1)
    assert not Person.objects.exists()


@pytest.mark.parametrize("wrong", [{"cases": 0}, {"cases": 1, "years": 9}])
def test_what_cannot_be_generated_is_refused(db: None, wrong: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("generate", **wrong)


class TestAgainstTheActions:
    """One concern by the actions and one in bulk, both closed, leave rows of the same shape."""

    @pytest.fixture(scope="class")
    @classmethod
    def both(
        cls, django_db_blocker: DjangoDbBlocker
    ) -> Iterator[tuple[Concern, Concern, Organisation]]:
        with rolled_back(django_db_blocker), as_process("owner"):
            made = northmoor.found(now=NOW)
            planned = cls._plan(NOW)
            acts = bulk.write([planned], Office.load(), now=NOW)
            bulk.record(acts)
            in_bulk = Concern.objects.get()
            by_hand = cls._by_hand(made, planned)
            yield in_bulk, by_hand, made

    @staticmethod
    def _plan(now: datetime) -> Plan:
        past = (now - timedelta(days=100), now - timedelta(days=99))
        plan = next(plans(chance(3), 1, within=past, of=past))
        return replace(
            plan,
            mode=Mode.CONFIDENTIAL,
            channel=Channel.WEB,
            came_back=None,
            withdrawn=None,
            answered=plan.filed + timedelta(hours=20),
            triaged=plan.filed + timedelta(hours=40),
            noted=plan.filed + timedelta(days=3),
            closed=plan.filed + timedelta(days=12),
        )

    @staticmethod
    def _by_hand(made: Organisation, plan: Plan) -> Concern:
        office = Office.load()
        who = office.officers[plan.officer % len(office.officers)]
        opener = made.openers[who.username]
        category = office.categories[plan.topic]
        concern = actions.file_concern(
            receipt=Receipt.new(),
            filing=actions.Filing(
                kind=plan.kind,
                category=category,
                mode=plan.mode,
                narrative=plan.text,
                unit=office.units.get(plan.unit),
                in_danger=plan.urgency == 4,
                identity=actions.Identity("A. Colleague"),
            ),
            now=plan.filed,
        )
        actions.read_concern(concern, by=who, opener=opener, now=plan.read)
        actions.assign(concern, by=who, to=who, now=plan.read)
        actions.answer(concern, by=who, opener=opener, text=plan.answer, now=plan.answered)
        case = actions.triage(
            concern,
            by=who,
            opener=opener,
            category=category,
            urgency=plan.urgency,
            severity=plan.severity,
            in_danger=plan.urgency == 4,
            reason=plan.triage_reason,
            lead=who,
            weighed=actions.Weighed(*plan.risk),
            track=Track.ADVICE,
            now=plan.triaged,
        )
        actions.sign_note(case, by=who, kind=Note.Kind.NOTE, text=plan.note, now=plan.noted)
        decider = access.may_decide(case, who)[0]
        closing = actions.ask_to_close(
            case,
            by=who,
            opener=opener,
            approver=decider,
            finding=plan.finding,
            reason=plan.reason,
            message=plan.message,
            lessons="",
            now=plan.closed,
        )
        actions.approve_closing(
            closing, by=decider, opener=made.openers[decider.username], now=plan.closed
        )
        return Concern.objects.get(pk=concern.pk)

    def test_the_rows_are_the_same(
        self, both: tuple[Concern, Concern, Organisation], process: BecomeProcess
    ) -> None:
        in_bulk, by_hand, _ = both
        # written in bulk, nobody is asked any more of what was closed: no check-in is nearest
        own = {"id", "ref", "safe", "identity_safe", "case", "locator", "next_due_at"}
        with process("owner"):
            assert _facts(in_bulk, own) == _facts(by_hand, own)
            cases = [one.case for one in (in_bulk, by_hand)]
            assert in_bulk.status == ConcernStatus.CLOSED
            assert _facts(cases[0], own) == _facts(cases[1], own)
            for model in (Message, Triage):
                left = [
                    _facts(row, own | {"concern"}) for row in model.objects.filter(concern=in_bulk)
                ]
                right = [
                    _facts(row, own | {"concern"}) for row in model.objects.filter(concern=by_hand)
                ]
                assert left == right
            but = {"id", "triage", "case"}
            weights = [_facts(one.triage.assessment, but) for one in (in_bulk, by_hand)]
            assert weights[0] == weights[1]
            times = [
                list(
                    Clock.objects.filter(subject_id=one.pk, kind__in=Promised.values)
                    .order_by("kind")
                    .values(
                        "kind",
                        "state",
                        "started_at",
                        "due_at",
                        "next_at",
                        "met_at",
                        "breached_at",
                        "cancelled_at",
                    )
                )
                for one in (in_bulk, by_hand)
            ]
            assert times[0] == times[1]

    def test_the_ledger_says_the_same(
        self, both: tuple[Concern, Concern, Organisation], process: BecomeProcess
    ) -> None:
        in_bulk, by_hand, _ = both
        with process("owner"):
            assert _told(in_bulk) == _told(by_hand)

    def test_the_same_people_hold_the_same_grants_and_open_the_same_fields(
        self, both: tuple[Concern, Concern, Organisation], process: BecomeProcess
    ) -> None:
        in_bulk, by_hand, made = both
        with process("owner"):
            assert _grants(in_bulk) == _grants(by_hand)
            assert len(_grants(in_bulk)["concern"]) == 6 + 1
            fields = [
                sorted(Sealed.objects.filter(row=one.pk).values_list("field", flat=True))
                for one in (in_bulk, by_hand)
            ]
            assert fields[0] == fields[1]
        # the web process opens
        owner = next(one for one in made.people.values() if in_bulk.owner_id == one.pk)
        opener = made.openers[owner.username]
        act_as(owner)
        places = [(one.pk, "narrative") for one in (in_bulk, by_hand)]
        assert in_bulk.case_id is not None
        found = opening.open_texts(opener, places)
        assert found[places[0]] == found[places[1]]
        ends = Closing.objects.filter(case__in=[in_bulk.case_id, by_hand.case_id])
        assert len(opening.open_texts(opener, [(one.pk, "outcome") for one in ends])) == 2

    def test_a_lean_one_stands_in_lists_as_the_others_and_nothing_was_said(
        self, both: tuple[Concern, Concern, Organisation], process: BecomeProcess
    ) -> None:
        in_bulk, _, made = both
        plan = self._plan(NOW)
        with process("owner"):
            bulk.record(bulk.write([plan], Office.load(), now=NOW, is_lean=True))
            lean = Concern.objects.select_related("case").get(messages=None)
            assert lean.case is not None
            own = {"id", "ref", "safe"}
            assert _facts(lean.case, own) == _facts(in_bulk.case, own)
            assert not Note.objects.filter(case=lean.case).exists()
            verdict = reports.verify(now=clock.now())
        assert verdict.problems == []
        owner = next(one for one in made.people.values() if lean.owner_id == one.pk)
        act_as(owner)
        places = [(lean.case.pk, "summary"), (lean.pk, "summary")]
        assert len(opening.open_texts(made.openers[owner.username], places)) == 2


def _facts(row: object, but: set[str]) -> dict[str, object]:
    fields = row._meta.concrete_fields  # type: ignore[attr-defined]
    return {field.name: getattr(row, field.attname) for field in fields if field.name not in but}


def _told(concern: Concern) -> list[tuple[object, ...]]:
    subjects = [concern.subject, f"case:{concern.case_id}"]
    entries = Entry.objects.filter(subject__in=subjects).order_by("at", "verb")
    facts = dict(Detail.objects.filter(entry__in=entries).values_list("entry_id", "facts"))
    return [
        (
            entry.verb,
            entry.actor,
            entry.at,
            entry.stream.partition(":")[0],
            {**facts.get(entry.pk, {}), "concern": ""},
        )
        for entry in entries
        # nobody is asked any more of what was closed long ago
        if facts.get(entry.pk, {}).get("kind") != TaskKind.CHECK_IN
    ]


def _grants(concern: Concern) -> dict[str, list[tuple[object, ...]]]:
    safes = {"concern": concern.safe, "identity": concern.identity_safe, "case": concern.case.safe}  # type: ignore[union-attr]
    return {
        name: sorted(
            (str(grant.person_id), grant.state, grant.epoch, grant.holder_safe_id is not None)
            for grant in Grant.objects.filter(safe=safe)
        )
        for name, safe in safes.items()
    }
