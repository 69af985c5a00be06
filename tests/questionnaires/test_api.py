"""Questionnaires over the API: what is asked, and answers that are checked against it."""

import json
from typing import Any

import pytest

from cases import access, actions
from cases.lifecycle import Kind
from cases.models import Concern, Wall
from people.rules import Scope, blind_index
from safes import access as opening
from safes.rules import Receipt
from tests.api.conftest import program
from tests.api.program import Program, concern, forget_who_asks, is_problem
from tests.conftest import BecomeProcess
from tests.questionnaires.sheets import SHEET, drafted, next_version, published, renamed
from tests.world import World

__all__ = ["program"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-6", "API-1")]
FORM = {"code": "coercion", "version": 1}
ANSWERS = {"deadline": "yes", "who": "Olga", "how": ["mail"], "when": "2026-10"}


def filed(program: Program, **changes: Any) -> tuple[Concern, dict[str, Any]]:
    """File with a questionnaire, and return the concern with the answers that were kept."""
    response = program.post("concerns/", concern(form=FORM, **changes))
    assert response.status_code == 201, response.content
    forget_who_asks()
    receipt = Receipt.parse(response.json()["receipt"])
    assert receipt is not None
    found = access.concern_of(receipt)
    assert found is not None
    where = (found.pk, "answers")
    return found, json.loads(opening.open_texts(receipt.opener, [where])[where])


def refused(program: Program, **changes: Any) -> dict[str, list[str]]:
    """Return what is wrong with a body, by the names of what it is about."""
    body = is_problem(program.post("concerns/", concern(**{"form": FORM, **changes})), 400)
    errors: dict[str, list[str]] = body["errors"]
    return errors


def test_a_program_reads_what_is_asked_now(world: World) -> None:
    first = published(world)
    next_version(world, first, renamed(SHEET, "how", "In which way?"))
    drafted(world, code="gifts")
    reader = Program(world, [Scope.FORMS_READ])
    (told,) = reader.get("questionnaires/").json()["results"]
    assert (told["code"], told["version"], told["kind"], told["categories"]) == (
        "coercion", 2, "report", ["other"],
    )  # fmt: skip
    assert [one["title"] for one in told["sections"]] == ["The deadline", "How"]
    how = told["sections"][1]["questions"][0]
    assert (how["key"], how["label"], how["sort"]) == ("how", "In which way?", "choices")
    assert how["options"][0] == {"code": "call", "label": "By calling"}
    when = told["sections"][0]["questions"][1]
    assert when["shown_if"] == {"key": "deadline", "codes": ["yes"]}


def test_answers_are_checked_kept_and_keep_away_whom_they_name(
    world: World, program: Program, process: BecomeProcess
) -> None:
    version = published(world)
    found, answers = filed(program, answers=ANSWERS)
    assert found.form == version
    assert answers == {"more": {**ANSWERS, "how": ["mail"]}}
    with process("owner"):
        blinds = {bytes(wall.blind) for wall in Wall.objects.filter(concern=found)}
    assert blind_index(world["olga"].pk) in blinds


def test_whoever_asks_who_would_read_it_is_told_without_whom_the_answers_name(
    world: World, program: Program
) -> None:
    published(world)

    def readers(**told: Any) -> set[str]:
        answer = program.post("concerns/readers/", {"narrative": "She signed it.", **told})
        assert answer.status_code == 200, answer.content
        return {one["name"] for one in answer.json()["at_once"]}

    assert readers() == {"Olga Example", "Omar Example"}
    assert readers(form=FORM, answers=ANSWERS) == {"Omar Example"}
    assert readers(answers={"seen_by": "Olga Example"}) == {"Omar Example"}


def test_an_answer_to_what_is_not_asked_is_left_out(world: World, program: Program) -> None:
    published(world)
    assert filed(program, answers={"deadline": "no", "who": "Olga"})[1] == {
        "more": {"deadline": "no"}
    }


def test_a_wrong_answer_is_named_by_the_key_of_its_question(world: World, program: Program) -> None:
    published(world)
    wrong = {"deadline": "yes", "how": ["fax"], "when": "soon", "colour": "blue"}
    errors = refused(program, answers=wrong)
    assert set(errors) == {"answers.who", "answers.how", "answers.when", "answers.colour"}
    assert errors["answers.how"] == ["Choose from what is offered: call, mail."]
    assert set(refused(program, answers={})) == {"answers.deadline"}
    assert not Concern.objects.exists()


def test_a_version_has_to_be_published_and_asked_of_such_a_concern(
    world: World, program: Program
) -> None:
    drafted(world)
    assert set(refused(program, answers=ANSWERS)) == {"form.code"}
    published(world, code="pressure")
    form = {"code": "pressure", "version": 1}
    errors = refused(program, form=form, kind="guidance", answers=ANSWERS)
    assert errors == {"form.code": ["This questionnaire is not asked of this kind and category."]}


def test_a_name_in_answers_without_a_questionnaire_keeps_away_too(
    world: World, program: Program, process: BecomeProcess
) -> None:
    answers = {"people": {"seen": ["Olga Example was there."]}, "sure": True}
    assert program.post("concerns/", concern(answers=answers)).status_code == 201
    with process("owner"):
        (blind,) = {bytes(wall.blind) for wall in Wall.objects.all()} & {
            blind_index(world["olga"].pk)
        }
    assert blind


def test_of_a_draft_the_api_says_who_would_read_it_without_whom_its_answers_name(
    world: World,
) -> None:
    version = published(world)
    fields = {"happened": ["So."], "more-deadline": ["yes"], "more-who": ["Olga"]}
    receipt = Receipt.new()
    answers: dict[str, object] = {
        "step": "review",
        "fields": fields,
        "form": {"of": ["report", "other"], "version": str(version.pk)},
    }
    actions.start_draft(receipt=receipt, kind=Kind.REPORT, answers=answers, now=world.now)
    stranger = Program(world, [])
    stranger.token = ""
    told = stranger.post("receipts/readers/", {"receipt": str(receipt)}).json()
    assert [one["name"] for one in told["at_once"]] == ["Omar Example"]
