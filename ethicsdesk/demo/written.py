"""What a team keeps in a story beside its notes: quotes, amended notes, files of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases import actions
from cases.models import Note
from ethicsdesk.demo import material
from ethicsdesk.demo.acts import Act, Scene


@dataclass(frozen=True)
class Quote(Act):
    """A member signs what somebody said, who it was, and to whom, some hours after it was said."""

    who: str
    text: str
    said_by: Note.SaidBy
    speaker: str = ""
    to_whom: str = ""
    hours: float = 2.0

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.sign_note(
            scene.case,
            by=scene.people[self.who],
            kind=Note.Kind.QUOTE,
            text=self.text,
            told=actions.Told(
                happened=(now - timedelta(hours=self.hours)).replace(second=0, microsecond=0),
                said_by=self.said_by,
                speaker=self.speaker,
                to_whom=self.to_whom,
            ),
            now=now,
            opener=scene.openers[self.who],
        )


@dataclass(frozen=True)
class Amend(Act):
    """A member amends what they signed last on the case."""

    who: str
    text: str
    why: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by = scene.people[self.who]
        mine = scene.case.notes.first_versions().filter(author=by).order_by("-at")[0]
        newest = Note.objects.versions_of(mine)[0]
        actions.amend_note(
            newest,
            by=by,
            over=newest.version,
            why=self.why,
            text=self.text,
            now=now,
            opener=scene.openers[self.who],
        )


@dataclass(frozen=True)
class AddFile(Act):
    """A member adds a file to the case, and it is cleaned."""

    who: str
    name: str
    text: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by, opener = scene.people[self.who], scene.openers[self.who]
        material.add_to_case(scene.case, self.name, self.text, by=by, opener=opener, now=now)
