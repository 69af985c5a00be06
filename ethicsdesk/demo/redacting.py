"""What a team hands out in a story: a redacted copy of a note, looked over by a second person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cases import actions
from cases.lifecycle import Document, Ground, Purpose
from cases.rules.redaction import removals
from common import days
from ethicsdesk.demo.acts import Act, Scene
from safes.access import open_texts


@dataclass(frozen=True)
class Redacted(Act):
    """A member makes a copy of what they noted last, without some words; a colleague reviews it."""

    who: str
    recipient: str
    words: Mapping[str, Ground] = field(default_factory=dict)
    # who looks it over, if somebody has, and how it went then, if it did
    reviewer: str = ""
    how: str = ""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by, opener = scene.people[self.who], scene.openers[self.who]
        note = scene.case.notes.filter(author=by).latest("at")
        text = open_texts(opener, [(note.pk, "body")])[note.pk, "body"]
        taken = removals(
            text, parts={}, words=self.words.items(), patterns=(), born_before=now.year
        )
        rows = enumerate(self.words.items())
        entered = {
            name: said
            for n, (words, ground) in rows
            for name, said in ((f"words_{n}", words), (f"ground_{n}", ground))
        }
        wanted = actions.Wanted(Document.NOTE, note.pk, Purpose.PARTY, self.recipient, entered)
        copy = actions.redact_text(
            scene.case, by=by, wanted=wanted, text=text, taken=taken, opener=opener, now=now
        )
        if self.reviewer:
            second, key = scene.people[self.reviewer], scene.openers[self.reviewer]
            actions.review_redacted(copy, by=second, agrees=True, words="", opener=key, now=now)
        if self.how:
            on = days.day_of(now)
            actions.hand_out(copy, by=by, on=on, how=self.how, opener=opener, now=now)
