"""Acts of stories in which pressure is seen, and somebody is protected from it."""

from dataclasses import dataclass
from datetime import datetime

from cases import actions
from cases.lifecycle.risks import Answer, SafeguardKind
from ethicsdesk.demo.acts import Act, Scene
from policies.models import Indicator


@dataclass(frozen=True)
class MarkSigns(Act):
    """Somebody of the office marks the signs that they see in a concern."""

    who: str
    codes: tuple[str, ...]

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        signs = Indicator.objects.offered().filter(code__in=self.codes)
        actions.mark_signs(scene.concern, by=scene.people[self.who], signs=signs, now=now)


@dataclass(frozen=True)
class Protect(Act):
    """The lead of a case puts a safeguard in place and looks after it."""

    who: str
    kind: SafeguardKind
    words: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.place_safeguard(
            scene.case,
            by=scene.people[self.who],
            opener=scene.openers[self.who],
            kind=self.kind,
            owner=scene.people[self.who],
            words=self.words,
            now=now,
        )


@dataclass(frozen=True)
class AskLeave(Act):
    """The lead of a case asks somebody outside of it whether the work may go on."""

    who: str
    words: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        who = scene.people[self.who]
        opener = scene.openers[self.who]
        actions.ask_authorisation(scene.case, by=who, words=self.words, opener=opener, now=now)


@dataclass(frozen=True)
class BringAnswer(Act):
    """The lead writes down that they said yes, and what they said."""

    who: str
    words: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.answer_authorisation(
            scene.case.authorisations.get(answer=Answer.WAITS),
            by=scene.people[self.who],
            opener=scene.openers[self.who],
            answer=Answer.GRANTED,
            words=self.words,
            now=now,
        )
