"""Acts of stories in which experts from outside come onto a case for a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases import actions
from cases.lifecycle import Function
from common import days
from ethicsdesk.demo.acts import Act, Scene

EDITH, AGNES = "edith.rowe", "agnes.holt"


@dataclass(frozen=True)
class LetIn(Act):
    """The lead lets a guest in, in a function, for so many days."""

    who: str
    person: str
    function: Function
    lasts: int

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        last = days.day_of(now) + timedelta(days=self.lasts)
        actions.add_member(
            scene.case,
            by=scene.people[self.who],
            opener=scene.openers[self.who],
            person=scene.people[self.person],
            function=self.function,
            until=days.midnight(last + timedelta(days=1)),
            now=now,
        )
