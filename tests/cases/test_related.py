"""What may belong to a concern or case is suggested, said and shown to whoever may open both."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases import access, actions
from cases.lifecycle.links import LinkKind
from cases.models import Concern, Link
from cases.rules import likeness
from common.errors import RuleError
from ledger.models import Entry
from ledger.verbs import Verb
from people.middleware import act_as
from people.models import Unit
from tests.doors import sign_in
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.req("INT-9")]
VISIT = "The agency wants the report of Tuesday dated before the visit, or it takes its money away."


def suggested(world: World, concern: Concern, by: str = "olga") -> list[tuple[str, str]]:
    act_as(world[by])
    subject = access.Subject(Concern.objects.get(pk=concern.pk), [concern])
    return [(one.thing.ref, one.why) for one in access.related_to(subject, world[by])]


def named(world: World, concern: Concern, client: str = "Bellwether") -> None:
    act_as(world["olga"])
    actions.name_client(
        concern, by=world["olga"], name=client, now=world.now, opener=world.openers["olga"]
    )


def linked(
    world: World,
    one: Concern,
    other: Concern,
    kind: LinkKind = LinkKind.RELATED,
    by: str = "olga",
    reason: str = "The same visit.",
) -> Link:
    act_as(world[by])
    return actions.link(
        one, other, kind=kind, by=world[by], reason=reason, now=world.now,
        opener=world.openers[by],
    )  # fmt: skip


def test_what_shares_facts_is_suggested_with_the_reasons_in_words(world: World) -> None:
    """By the same client however long ago, by unit, category and time; and by nothing less."""
    unit = Unit.objects.get(code="field")
    concern, _ = world.file(unit=unit)
    near, _ = world.file(unit=unit, now=world.now - timedelta(days=3))
    old, _ = world.file(unit=unit, now=world.now - timedelta(days=200))
    client, _ = world.file(now=world.now - timedelta(days=200))
    world.file()
    for one in (concern, client):
        named(world, one)
    found = dict(suggested(world, concern))
    assert found == {
        client.ref: "same client · same category · same kind · same channel",
        near.ref: "same unit · same category · same kind · same channel · 3 days apart",
    }
    assert next(iter(found)) == client.ref
    assert old.ref not in found
    # a concern that became a case is suggested as the case
    case = world.triage(client)
    assert suggested(world, concern)[0][0] == case.ref


@pytest.mark.req("TRI-6")
def test_nothing_behind_a_wall_is_suggested_counted_or_compared(
    client: Client, world: World
) -> None:
    unit = Unit.objects.get(code="field")
    concern, _ = world.file(unit=unit, narrative=VISIT)
    sign_in(client, world, "otto")
    pages = []
    for hidden in (None, (world["otto"],)):
        if hidden:
            walled, _ = world.file(unit=unit, narrative=VISIT, excluded=hidden)
            named(world, walled)
            linked(world, concern, walled)
        page = client.post(f"/desk/related/{concern.ref}/", {"words": "1"}).content.decode()
        pages.append([line for line in page.splitlines() if "csrf" not in line])
    assert pages[0] == pages[1]
    assert "0 alike, of 0 compared" in "".join(pages[1])
    assert client.get(f"/desk/related/{walled.ref}/").status_code == 404
    form = {"other": walled.ref, "kind": "related", "reason": "I wonder."}
    told = client.post(f"/desk/related/{concern.ref}/say/", form).content.decode()
    assert "You see no concern and no case of this reference." in told
    assert "I wonder." in told
    made = Link.objects.filter()
    act_as(world["otto"])
    assert not made.exists()
    assert not Entry.objects.filter(verb=Verb.LINKED).exists()
    # and whoever sees both sees what was said
    act_as(world["olga"])
    assert made.count() == 1
    assert Entry.objects.filter(verb=Verb.LINKED).count() == 1


def test_words_are_compared_for_the_moment_and_the_phrase_in_common_is_shown(
    client: Client, world: World
) -> None:
    concern, _ = world.file(narrative=VISIT)
    other, _ = world.file(
        narrative="She said it to me too: The agency wants the report of Tuesday, else no money."
    )
    world.file(narrative="My manager drinks at work, and everybody looks away.")
    sign_in(client, world, "olga")
    address = f"/desk/related/{concern.ref}/"
    assert "alike in words" not in client.get(address).content.decode()
    page = client.post(address, {"words": "1"}).content.decode()
    assert "1 alike, of 2 compared" in page
    assert "In both: “The agency wants the report of Tuesday”" in page
    assert other.ref in page
    act_as(world["olga"])
    assert Entry.objects.filter(verb=Verb.WORDS_FOUND, subject=other.subject).exists()
    sign_in(client, world, "olga", vault=False)
    assert (
        "Unlock what is sealed to you first"
        in client.post(address, {"words": "1"}).content.decode()
    )


def test_likeness_is_of_rare_words_and_the_same_each_time() -> None:
    others = {1: "dogs live in houses", 2: "the ferry was late again", 3: "the ferry was early"}
    found = likeness.alike("the ferry was late", others)
    assert list(found) == [2, 3]
    assert found[2].phrase == "the ferry was late"
    assert found == likeness.alike("the ferry was late", others)
    assert likeness.alike("", others) == {}
    assert likeness.common_phrase("one two", "one two") == ""


def test_what_was_said_is_shown_at_both_ends_and_can_be_taken_back(
    client: Client, world: World
) -> None:
    unit = Unit.objects.get(code="field")
    one, _ = world.file(unit=unit)
    other, _ = world.file(unit=unit)
    sign_in(client, world, "olga")
    triage = client.get(f"/desk/concerns/{one.ref}/triage/").content.decode()
    assert other.ref in triage
    assert "filed on the same day" in triage
    form = {"other": f" {other.ref.lower()} ", "kind": "duplicate", "reason": "Sent twice."}
    said = client.post(f"/desk/related/{one.ref}/say/", form, follow=True).content.decode()
    assert f"Written down: duplicate of {other.ref}." in said
    assert "Sent twice." in said
    back = client.get(f"/desk/related/{other.ref}/").content.decode()
    assert "Has a duplicate" in back
    assert "Sent twice." in back
    # what is linked is suggested no more
    assert suggested(world, one) == []
    # that they are not related takes its place
    form = {"other": one.ref, "kind": "unrelated", "reason": "Another Tuesday."}
    page = client.post(f"/desk/related/{other.ref}/say/", form, follow=True).content.decode()
    assert "Said not to be related: 1" in page
    act_as(world["olga"])
    [standing] = Link.objects.standing()
    assert standing.kind == LinkKind.UNRELATED
    page = client.post(
        f"/desk/related/{one.ref}/back/", {"link": str(standing.pk)}, follow=True
    ).content.decode()
    assert "Taken back." in page
    assert [ref for ref, _ in suggested(world, one)] == [other.ref]
    assert Entry.objects.filter(verb=Verb.UNLINKED).count() == 2


def test_what_makes_no_sense_is_refused_and_kept(world: World) -> None:
    one, _ = world.file()
    other, _ = world.file()
    case = world.triage(other)
    act_as(world["olga"])
    other = Concern.objects.get(pk=other.pk)
    with pytest.raises(RuleError, match="one matter already"):
        linked(world, other, case)  # type: ignore[arg-type] # a case is linked as a concern is
    with pytest.raises(RuleError, match="one matter already"):
        linked(world, one, one)
    with pytest.raises(RuleError, match="Say why"):
        linked(world, one, other, reason=" ")
    linked(world, one, other)
    with pytest.raises(RuleError, match="said of the two already"):
        linked(world, other, one)


@pytest.mark.req("AUD-1")
def test_a_walled_auditor_does_not_learn_that_two_were_linked(world: World) -> None:
    one, _ = world.file()
    other, _ = world.file(excluded=(world["anna"],))
    made = linked(world, one, other)
    act_as(world["anna"])
    assert not Entry.objects.filter(subject=made.subject).exists()


def test_the_page_asks_as_much_for_few_as_for_many(client: Client, world: World) -> None:
    unit = Unit.objects.get(code="field")
    concern, _ = world.file(unit=unit)
    named(world, concern)
    numbers = []
    for more in (2, 6):
        for _ in range(more):
            other, _ = world.file(unit=unit)
            named(world, other)
            linked(world, concern, world.file(unit=unit)[0])
        sign_in(client, world, "olga")
        client.get(f"/desk/related/{concern.ref}/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/desk/related/{concern.ref}/")
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]
