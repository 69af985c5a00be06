"""Two ways to use a page: by mouse, and from the keyboard alone."""

import re
from abc import ABC, abstractmethod

from playwright.sync_api import Locator, Page

# more stops of the Tab key than any page has
STOPS = 400
# where the focus stands, seen from an element: on it, before it, or on its group of radio buttons
STANDS = """(wanted) => {
    const here = document.activeElement;
    if (here === wanted) return "there";
    if (here.type === "radio" && wanted.type === "radio" && here.name === wanted.name
        && here.form === wanted.form) return "group";
    const before = here === document.body
        || here.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_FOLLOWING;
    return before ? "before" : "behind";
}"""


class Hand(ABC):
    """Does to a page what a person does."""

    def __init__(self, page: Page) -> None:
        """Use one page."""
        self.page = page

    @abstractmethod
    def push(self, target: Locator) -> None:
        """Push a button, a link or what opens and folds a part of the page."""

    @abstractmethod
    def tick(self, target: Locator) -> None:
        """Choose a radio button, or tick a box."""

    @abstractmethod
    def write(self, target: Locator, words: str) -> None:
        """Write into a field, in place of what it holds."""

    @abstractmethod
    def pick(self, target: Locator, label: str) -> None:
        """Choose from a list the entry that begins so."""

    def press(self, name: str) -> None:
        """Press a button that leads to a page, and wait until that page is there."""
        with self.page.expect_navigation():
            self.push(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        """Follow a link, and wait until its page is there."""
        with self.page.expect_navigation():
            self.push(self.page.get_by_role("link", name=name, exact=True).first)

    def open(self, summary: str) -> None:
        """Open a part of the page that is folded."""
        folded = self.page.locator("summary", has_text=summary).first
        if not folded.evaluate("one => one.parentElement.open"):
            self.push(folded)

    def fill(self, label: str, words: str) -> None:
        """Write into the field of a label."""
        self.write(self._field(label), words)

    def choose(self, label: str, option: str) -> None:
        """Choose from the list of a label."""
        self.pick(self._field(label), option)

    def _field(self, label: str) -> Locator:
        # a part of the page may be called as a field in it is
        fields = self.page.locator("input, select, textarea")
        return self.page.get_by_label(label, exact=True).and_(fields).first

    def check(self, role: "str", name: str, *, within: str = "") -> None:
        """Choose a radio button or tick a box by its name, in a group if it stands in several."""
        place = self.page.get_by_role("group", name=within) if within else self.page
        self.tick(place.get_by_role("radio" if role == "radio" else "checkbox", name=name).first)


class Mouse(Hand):
    """Points and clicks."""

    def push(self, target: Locator) -> None:
        """Click it."""
        target.click()

    def tick(self, target: Locator) -> None:
        """Click it, or its label where that lies above it."""
        target.check(force=True)

    def write(self, target: Locator, words: str) -> None:
        """Click into it and write."""
        target.click()
        target.fill(words)

    def pick(self, target: Locator, label: str) -> None:
        """Take it from the list."""
        begins = target.locator("option", has_text=re.compile(rf"^\s*{re.escape(label)}"))
        target.select_option(begins.first.get_attribute("value"))


class Keys(Hand):
    """Goes from stop to stop with Tab, and never touches the mouse."""

    def push(self, target: Locator) -> None:
        """Go there and press Enter."""
        self._go_to(target)
        self.page.keyboard.press("Enter")

    def tick(self, target: Locator) -> None:
        """Go there and press Space; within a group of radio buttons the arrows lead on."""
        self._go_to(target)
        if not target.is_checked():
            self.page.keyboard.press("Space")

    def write(self, target: Locator, words: str) -> None:
        """Go there and type."""
        self._go_to(target)
        if target.get_attribute("type") != "date":
            self.page.keyboard.press("ControlOrMeta+A")
            self.page.keyboard.type(words)
            return
        # the browser's own field takes the parts in the order of its language, not of the page's
        year, month, day = words.split("-")
        for parts in (f"{month}{day}{year}", f"{day}{month}{year}"):
            self._go_to(target)
            self.page.keyboard.type(parts)
            if target.input_value() == words:
                return
        msg = f"{words} could not be typed into {target}"
        raise AssertionError(msg)

    def pick(self, target: Locator, label: str) -> None:
        """Go there and type how the entry begins."""
        self._go_to(target)
        self.page.keyboard.type(label)
        chosen = target.evaluate("one => one.selectedOptions[0].text.trim()")
        assert chosen.startswith(label), f"{label} was typed, {chosen} is chosen"

    def _go_to(self, target: Locator) -> None:
        for _ in range(STOPS):
            stands = target.evaluate(STANDS)
            if stands == "there":
                return
            key = {"group": "ArrowDown", "before": "Tab", "behind": "Shift+Tab"}[stands]
            self.page.keyboard.press(key)
        msg = f"the Tab key does not lead to {target}"
        raise AssertionError(msg)
