"""Somebody at the reporter's door, without a browser: reads a page, answers, presses a button."""

import re
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

HIDDEN = re.compile(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"')
GROUP = re.compile(r"<span>([0-9A-Z]{4})</span>")
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n"

STORIES: dict[str, dict[str, str]] = {
    "guidance": {"want": "They want the report dated last month.", "require": "The true date."},
    "report": {"happened": "Her nephew answers every question for her."},
    "exception": {"rule": "The late fee.", "hardship": "He lost his job and cannot pay."},
}


class Reporter:
    """Keeps the last page, as a browser does."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.answers: list[Any] = []

    @property
    def page(self) -> Any:
        return self.answers[-1]

    @property
    def text(self) -> str:
        """Return the words of the page's main part, one space apart."""
        html = self.page.content.decode().partition("<main")[2].partition("</main>")[0]
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())

    @property
    def html(self) -> str:
        return str(self.page.content.decode())

    @property
    def title(self) -> str:
        return unescape(self.html.partition("<title>")[2].partition("</title>")[0])

    @property
    def hidden(self) -> dict[str, str]:
        return dict(HIDDEN.findall(self.html))

    @property
    def receipt(self) -> str:
        """Return the receipt that the page shows."""
        groups = GROUP.findall(self.html)
        assert len(groups) == 7
        return "-".join(groups)

    def get(self, path: str) -> Any:
        self.answers.append(self.client.get(path))
        return self.page

    def post(self, path: str, **data: Any) -> Any:
        self.answers.append(self.client.post(path, data))
        return self.page

    # -- the questions --------------------------------------------------------------------

    def begin(self, kind: str = "report") -> Any:
        return self.post("/speak/file/", kind=kind)

    def answer(self, go: str = "next", **fields: Any) -> Any:
        """Answer the page and press one of its buttons."""
        return self.post("/speak/file/", **{**self.hidden, "go": go, **fields})

    def answer_all(self, kind: str = "report", **changes: Any) -> None:
        """Answer every question, up to the review."""
        answers: dict[str, Any] = {
            **STORIES[kind],
            "category": "other",
            "in_danger": "no",
            "mode": "anonymous",
            **changes,
        }
        self.begin(kind)
        pages = [
            list(STORIES[kind]),
            ["category", "unit"],
            ["happened_on_day", "happened_on_month", "happened_on_year"],
            ["in_danger"],
            ["about", "excluded"],
            ["mode"],
            *([["name", "contact", "notify"]] if answers["mode"] != "anonymous" else []),
            ["file"],
        ]
        for names in pages:
            self.answer(**{name: answers[name] for name in names if name in answers})
            assert self.page.status_code == 200, self.text
        assert "Look it over" in self.text

    def file(self, kind: str = "report", **changes: Any) -> str:
        """Send it, and return the receipt."""
        self.answer_all(kind, **changes)
        self.answer("send")
        assert self.page.status_code == 200, self.text
        return self.receipt

    # -- coming back ------------------------------------------------------------------------

    def come_back(self, receipt: str) -> Any:
        return self.post("/speak/return/", receipt=receipt)

    def press(self, go: str, **fields: Any) -> Any:
        """Press a button on the page of what was sent."""
        capability = self.hidden["capability"]
        return self.post("/speak/return/", capability=capability, go=go, **fields)


def a_file(name: str = "letter.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")
