"""The catalogue of scripts: it comes with its texts, and no one person changes what people read."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.test import Client

from common.errors import RuleError
from people.rules import Role
from policies import actions
from policies.models import Script
from policies.rules.scripts import (
    BLANKS,
    Approval,
    Audience,
    Blank,
    Milestone,
    filled,
    flaws,
    gaps_in,
    is_other,
)
from tests.conftest import BecomeProcess
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAS-6")]


def wording(text: str, **changes: object) -> actions.Wording:
    said: dict[str, object] = {
        "audience": Audience.REPORTER,
        "milestone": Milestone.DELAY,
        "approval": Approval.CHANGED,
        **changes,
    }
    return actions.Wording(text=text, **said)  # type: ignore[arg-type] # a test names what it changes


def test_it_begins_with_texts_for_everybody_whom_an_outcome_concerns(db: None) -> None:
    scripts = list(Script.objects.offered())
    told = {(one.audience, one.milestone) for one in scripts}
    assert {(one.value, "outcome") for one in Audience} <= told
    assert {("reporter", "acknowledged"), ("reporter", "delay"), ("subject", "hearing")} <= told
    for one in scripts:
        audience = Audience(one.audience)
        assert list(flaws(one.text, audience)) == []
        text = filled(one.text, dict.fromkeys(BLANKS[audience], "X"))
        assert "{" not in text
        # without a promise nothing of it is said
        assert "by ." not in filled(one.text, {Blank.REFERENCE: "X", Blank.FILED: "X"})


def test_a_line_whose_blank_stays_empty_is_left_out_and_gaps_are_found() -> None:
    text = "One.\nYou hear by {until}.\n\nTwo [say what it was]."
    assert filled(text, {}) == "One.\n\nTwo [say what it was]."
    assert filled(text, {Blank.UNTIL: "3 May 2026"}).splitlines()[1] == "You hear by 3 May 2026."
    assert gaps_in(text) == ["[say what it was]", "{until}"]
    assert gaps_in("As in notes [1] and [2, 4-5].") == []
    # one word is a gap as well, and so is what is written without spaces, or left to be seen
    text = "On [date] for [理由] and \uff3b日付\uff3d: [___]."
    assert gaps_in(text) == ["[date]", "[理由]", "\uff3b日付\uff3d", "[___]"]
    assert list(flaws(text, Audience.REPORTER)) == []
    assert list(flaws("Dear [whom, it ends.", Audience.REPORTER)) != []
    assert not is_other("One.  Two.\r\n", "One. Two.")
    assert is_other("One. Three.", "One. Two.")
    # when somebody spoke is told to nobody whom it is about
    assert list(flaws("Filed {filed}.", Audience.SUBJECT)) != []
    assert list(flaws("Filed {filed}.", Audience.REPORTER)) == []
    assert list(flaws("A { alone.", Audience.REPORTER)) != []


def test_what_one_person_proposes_counts_once_another_has_published_it(
    world: World, process: BecomeProcess
) -> None:
    hana, pola = world["hana"], world.hire("pola", Role.POLICY_OWNER)
    before = Script.objects.offered().get(code="reporter-delay-en")
    draft = actions.propose_script(wording=wording("It takes longer."), by=hana, now=world.now)
    assert draft.n == before.n + 1
    assert Script.objects.offered().get(code="reporter-delay-en") == before
    with pytest.raises(RuleError, match="somebody else publishes it"):
        actions.publish_script(draft, by=hana, now=world.now)
    with pytest.raises(RuleError, match="waits for a second person"):
        actions.propose_script(wording=wording("Other."), by=pola, now=world.now)
    with pytest.raises(IntegrityError, match="by_another"), transaction.atomic():
        Script.objects.filter(pk=draft.pk).update(
            state="published", decided_by=hana, decided_at=world.now
        )
    actions.publish_script(draft, by=pola, now=world.now)
    assert Script.objects.offered().get(code="reporter-delay-en") == draft
    with process("owner"), pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        Script.objects.filter(pk=before.pk).update(text="Nothing.")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (wording(" "), "Write the text"),
        (wording("Dear {name}."), "Nothing fills the blank {name}"),
        (wording("So.", milestone=Milestone.OUTCOME), "always read by another person"),
    ],
    ids=["empty", "blank", "outcome"],
)
def test_what_cannot_be_a_script_is_refused_with_why(
    world: World, said: actions.Wording, why: str
) -> None:
    with pytest.raises(RuleError, match=why):
        actions.propose_script(wording=said, by=world["hana"], now=world.now)
    with pytest.raises(PermissionDenied):
        actions.propose_script(wording=said, by=world["olga"], now=world.now)


def test_it_is_kept_in_the_browser(client: Client, world: World) -> None:
    world.hire("pola", Role.POLICY_OWNER)
    entered = {
        "audience": "reporter", "milestone": "delay", "language": "fr", "approval": "changed",
        "text": "Cela prend plus de temps.\nNouvelles avant le {until}.",
    }  # fmt: skip
    sign_in(client, world, "pola")
    gap = client.post("/setup/scripts/", {**entered, "text": "Le {nom}."}).content.decode()
    assert "Nothing fills the blank {nom} here" in gap
    assert "Le {nom}." in gap
    client.post("/setup/scripts/", entered)
    draft = Script.objects.waiting().get()
    press = {"draft": str(draft.pk), "what": "publish"}
    own = client.post("/setup/scripts/decide/", press).content.decode()
    assert "somebody else publishes it" in own
    sign_in(client, world, "hana")
    shown = " ".join(client.get("/setup/scripts/").content.decode().split())
    # a preview, as somebody would read it
    assert "Nouvelles avant le 30 March 2026." in shown
    client.post("/setup/scripts/decide/", press)
    page = client.get("/setup/scripts/reporter-delay-fr/").content.decode()
    assert "In use" in page
    changed = {"text": "Cela dure.", "approval": "never"}
    client.post("/setup/scripts/reporter-delay-fr/", changed)
    assert Script.objects.waiting().get().n == 2
    assert client.get("/setup/scripts/reporter-delay-xx/").status_code == 404
