"""Whole cases in a real browser, by mouse and from the keyboard alone."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.hands import Hand, Keys, Mouse
from tests.house import House, assert_accessible, enter, page_of

pytestmark = pytest.mark.browser
TOLD = "Our client's director said: sign the report without the leak, or your contract ends."

Enter = Callable[..., Hand]


MOUSE = pytest.param(Mouse, id="mouse")
KEYS = pytest.param(Keys, id="keyboard")


@pytest.fixture
def hand(request: pytest.FixtureRequest) -> type[Hand]:
    """Give the way in which everybody uses the pages."""
    way: type[Hand] = request.param
    return way


@pytest.fixture
def come(chromium: Browser, house: House, hand: type[Hand]) -> Iterator[Enter]:
    """Give `come("officer", nth=1)`: somebody who signed in, each in a browser of their own."""
    with ExitStack() as stack:

        def come(role: str = "", *, nth: int = 0) -> Hand:
            page = stack.enter_context(page_of(chromium, house))
            if role:
                enter(page, house, role, nth=nth)
            return hand(page)

        yield come


def name(house: House, role: str, nth: int = 0) -> str:
    # as pages print it: accents are not in a user name, so only people without are named here
    return str(house.personas(role)[nth]["username"]).replace(".", " ").title()


def seen(hand: Hand, words: str | re.Pattern[str]) -> None:
    """Look for words that stand on the page, and not in a field that was sent back."""
    assert not hand.page.title().startswith("Error"), hand.page.locator("#problems").inner_text()
    expect(hand.page.get_by_text(words).first).to_be_visible()


def last_part(hand: Hand) -> str:
    return hand.page.url.rstrip("/").rpartition("/")[2]


def take_down(hand: Hand, told: str = TOLD) -> tuple[str, str]:
    """Take a call of the hotline down; return the concern's reference and the caller's receipt."""
    hand.page.goto("/desk/take-down/")
    hand.check("radio", "No, not now")
    hand.fill("What they say", told)
    hand.choose("What is it closest to?", "Threats or coercion")
    hand.choose("How do they tell it?", "Hotline")
    hand.check("radio", "Anonymous")
    hand.press("File it and show the receipt")
    assert_accessible(hand.page)
    receipt = " ".join(hand.page.locator(".ed-readout code").all_inner_texts())
    hand.push(hand.page.get_by_role("link", name=re.compile("They have it")))
    hand.page.wait_for_url("**/desk/concerns/*/")
    return last_part(hand), receipt


def triage(hand: Hand, ref: str, lead: str) -> str:
    """Triage a concern to an investigation; return the case's reference."""
    hand.page.goto(f"/desk/concerns/{ref}/triage/")
    hand.open("Signs of pressure")
    hand.check("checkbox", "Somebody is threatened")
    hand.check("radio", "No", within="Is anyone in danger?")
    hand.check("radio", "Likely, serious: high")
    hand.open("Put safeguards in place at once")
    hand.check("checkbox", "A safe way to reach them")
    hand.check("radio", "Investigation", within="How is it worked?")
    hand.fill("Why you decided so", "Work is at stake by Friday, and it was said in plain words.")
    hand.choose("Who leads the case", lead)
    hand.choose("Why, if it is not their turn", "They know the matter")
    hand.press("Sign and open the case")
    expect(hand.page.get_by_role("heading", name="Timeline")).to_be_visible()
    return last_part(hand)


def plan(lead: Hand, head: Hand, at: str, approver: str) -> None:
    """Sign what is to be found out, and let another person approve it."""
    lead.page.goto(f"{at}plan/")
    lead.open("Sign the terms")
    lead.fill("What is to be found out", "Whether the report was made to depend on the contract.")
    lead.fill("What belongs to it", "The visit of October.")
    lead.choose("Who approves them", approver)
    lead.press("Sign, and ask for approval")
    assert_accessible(lead.page)
    head.page.goto(f"{at}plan/")
    head.press("Approve these terms")
    seen(head, "Approved. They count from now on.")


def look_into(lead: Hand, at: str, holder: str) -> None:
    """Write down what is alleged, hear a witness, enter evidence and weigh it."""
    lead.page.goto(f"{at}allegations/")
    lead.open("Write down an allegation")
    lead.fill("What is alleged", "The director made the contract depend on a false report.")
    lead.press("Write it down")
    lead.open("Add a party")
    lead.check("radio", "Witness")
    lead.fill("Name, or how they are known", "Mark Feld")
    lead.press("Add them")
    seen(lead, "Mark Feld")
    assert_accessible(lead.page)

    lead.page.goto(f"{at}interviews/")
    lead.open("Plan an interview")
    lead.fill("What it is to clear up", "What he heard, and when.")
    lead.choose("Who holds it", holder)
    lead.press("Plan it")
    lead.follow("Interview 1: Mark Feld")
    lead.fill("Minutes", "He heard both sentences on the loudspeaker.")
    lead.press("Sign the minutes")
    seen(lead, "He heard both sentences on the loudspeaker.")
    assert_accessible(lead.page)

    lead.page.goto(f"{at}evidence/")
    lead.open("Enter a piece of evidence")
    lead.fill("What it is", "The report as it was wanted")
    lead.choose("Kind", "Document")
    lead.choose("From whom", "Mark Feld")
    lead.fill("How it came here", "He left it at the desk.")
    lead.fill("Where it is kept", "Safe 2")
    lead.choose(
        "On which allegation it bears",
        "1. The director made the contract depend on a false report.",
    )
    lead.choose("How it bears on it", "Supports it")
    lead.press("Enter it")
    seen(lead, "The report as it was wanted")
    assert_accessible(lead.page)


def find(lead: Hand, at: str) -> None:
    """Sign a finding, and what follows from it."""
    lead.page.goto(f"{at}allegations/1/")
    lead.check("radio", "Substantiated", within="What was found?")
    lead.fill("Why you find so", "The witness and the report agree.")
    lead.press("Sign the finding")
    expect(lead.page.locator("#problems")).to_be_visible()
    expect(lead.page.get_by_label("Why you find so")).to_have_value(
        "The witness and the report agree."
    )
    lead.check("checkbox", "The report as it was wanted", within="Evidence it relies on")
    lead.press("Sign the finding")
    lead.push(lead.page.get_by_role("link", name=re.compile("What follows from it")))
    lead.page.wait_for_url("**/outcome/")
    lead.check("checkbox", "End of a client's or supplier's contract")
    lead.check("checkbox", "A process or control is changed")
    lead.fill("Why this follows", "Nobody is to depend on whom they report.")
    lead.press("Sign what follows")
    seen(lead, "Nobody is to depend on whom they report.")
    assert_accessible(lead.page)


def tell(lead: Hand, head: Hand, at: str, approver: str) -> None:
    """Tell the reporter what came of it, once another person has read it."""
    lead.page.goto(f"{at}telling/")
    lead.push(lead.page.get_by_role("link", name=re.compile("Tell them")).first)
    lead.choose("What to tell them", "What came of it")
    lead.press("See the text")
    lead.fill("What they read", "We found that you were put under pressure. It has ended.")
    lead.choose("Who reads it before it goes", approver)
    lead.press("Ask them to read it")
    assert_accessible(lead.page)
    head.page.goto(f"{at}telling/")
    seen(head, "We found that you were put under pressure. It has ended.")
    head.press("Approve and send it")
    assert_accessible(head.page)


def close(lead: Hand, head: Hand, at: str, approver: str) -> None:
    """Ask to close the case; another person reads the same words and decides."""
    lead.page.goto(f"{at}close/")
    lead.fill("What the finding rests on", "The report, and the minutes of a witness.")
    lead.fill("What the reporter reads", "The case is closed. The director no longer works here.")
    lead.check("checkbox", "What a client does or asks")
    lead.fill("What is to be learned from it", "Reports go to two clients' people, never to one.")
    lead.choose("Who decides on it", approver)
    lead.press("Ask to close the case")
    seen(lead, "until then the case stays open")
    assert_accessible(lead.page)
    head.page.goto(f"{at}close/")
    seen(head, "Reports go to two clients' people, never to one.")
    assert_accessible(head.page)
    head.press("Approve, close and tell the reporter")


@pytest.mark.parametrize("hand", [MOUSE, KEYS], indirect=True)
@pytest.mark.req("INT-5", "TRI-2", "CAS-1", "CAS-3", "CAS-5", "CAS-6", "CAS-11")
def test_a_call_of_the_hotline_becomes_a_case_that_is_closed(come: Enter, house: House) -> None:
    lead, head = come("officer"), come("head")
    ref, receipt = take_down(lead)
    case = triage(lead, ref, name(house, "officer"))
    at = f"/desk/cases/{case}/"
    plan(lead, head, at, name(house, "head"))
    look_into(lead, at, name(house, "officer"))
    find(lead, at)
    tell(lead, head, at, name(house, "head"))
    close(lead, head, at, name(house, "head"))
    lead.page.goto("/desk/?show=closed")
    seen(lead, case)

    reporter = come()
    reporter.page.goto("/speak/")
    reporter.fill("Come back with your receipt", receipt)
    reporter.press("Open")
    # whoever heard the first receipt is not to read along
    reporter.check("checkbox", "I have kept it where only I look")
    reporter.press("Use the new receipt")
    seen(reporter, "It has ended.")


@pytest.mark.parametrize("hand", [KEYS], indirect=True)
@pytest.mark.req("INT-9")
def test_two_cases_of_one_matter_become_one(come: Enter, house: House) -> None:
    lead = come("officer")
    who = name(house, "officer")
    first = triage(lead, take_down(lead)[0], who)
    second = triage(lead, take_down(lead, "The same director asked me for it, too.")[0], who)
    lead.page.goto(f"/desk/related/{second}/")
    lead.fill("Which other one", first)
    lead.check("radio", "Related")
    lead.fill("Why", "It is the same director and the same report.")
    lead.press("Write it down")
    seen(lead, "It is the same director and the same report.")
    assert_accessible(lead.page)
    lead.page.goto(f"/desk/related/{second}/merge/")
    lead.choose("Which case goes on?", first)
    lead.press("See what merging will do")
    assert_accessible(lead.page)
    lead.fill("Why they are one matter", "One director, one report, two who were asked.")
    lead.press(f"Merge {second} into {first}")
    assert last_part(lead) == first
    lead.page.goto(f"/desk/cases/{second}/")
    assert last_part(lead) == first


@pytest.mark.parametrize("hand", [MOUSE], indirect=True)
@pytest.mark.req("CAS-4")
def test_whoever_steps_off_in_the_middle_hands_the_case_over(come: Enter, house: House) -> None:
    lead, heir = come("officer"), come("officer", nth=2)
    case = triage(lead, take_down(lead)[0], name(house, "officer"))
    at = f"/desk/cases/{case}/"
    look_into(lead, at, name(house, "officer"))
    lead.page.goto(f"{at}access/")
    lead.fill("Why you step off", "The witness is my neighbour.")
    lead.choose("Who takes over", name(house, "officer", 2))
    lead.press("Step off and hand over")
    lead.page.goto(at)
    expect(
        lead.page.get_by_text("There is nothing here, or it is not yours to see.")
    ).to_be_visible()

    heir.page.goto("/desk/?show=mine")
    heir.page.locator("li.ed-row", has_text=case).locator("a.ed-row__title").click()
    seen(heir, "stepped off for good")
    assert_accessible(heir.page)
    heir.page.goto(f"{at}access/")
    seen(heir, "The witness is my neighbour.")
    heir.page.goto(f"{at}interviews/1/")
    seen(heir, "He heard both sentences on the loudspeaker.")
    find(heir, at)


@pytest.mark.parametrize("hand", [KEYS], indirect=True)
@pytest.mark.req("CAS-1")
def test_a_case_of_three_hundred_entries_is_read_and_written_on(come: Enter, house: House) -> None:
    lead, who = come("officer"), house.personas("officer")[0]
    wanted = [who["username"], who["password"], "300"]
    call = f"from bench import inside; inside.run('grow_case', {wanted})"
    grown = house.manage("shell", "-v", "0", "-c", call, process="web")
    at = f"/desk/cases/{json.loads(grown.splitlines()[-1])['ref']}/"
    lead.page.goto(at)
    # so many at a time, and nobody waits for the rest
    notes = lead.page.get_by_role("link", name="Amend")
    expect(notes).to_have_count(100)
    assert_accessible(lead.page)
    lead.follow("Show older entries")
    lead.follow("Show older entries")
    seen(lead, "Older entries.")
    assert notes.count() > 50
    lead.follow("Show the newest")
    lead.check("radio", "Quote")
    lead.fill("Text", "If you write it down, your contract ends.")
    lead.fill("Name, if you know it", "The director")
    lead.choose("Who said it", "Whom it is about")
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    lead.fill("It happened on", yesterday.isoformat())
    lead.press("Sign and add")
    seen(lead, "If you write it down, your contract ends.")
    lead.follow("Quotes")
    seen(lead, "If you write it down, your contract ends.")
    # none of the three hundred
    expect(notes).to_have_count(1)
    assert_accessible(lead.page)
