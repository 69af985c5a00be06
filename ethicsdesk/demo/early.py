"""Acts of stories that are coached or mediated instead of investigated."""

from dataclasses import dataclass
from datetime import datetime

from cases import actions
from cases.lifecycle.tracks import Power, Present, Track, WhyTrack
from common import days
from ethicsdesk.demo.acts import Act, Scene


@dataclass(frozen=True)
class WorkAs(Act):
    """The lead of a case works it otherwise, since those concerned ask for it."""

    who: str
    track: Track
    power: Power
    words: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.change_track(
            scene.case,
            by=scene.people[self.who],
            opener=scene.openers[self.who],
            track=self.track,
            power=self.power,
            why=WhyTrack.WISHED,
            words=self.words,
            now=now,
        )


@dataclass(frozen=True)
class HoldSession(Act):
    """The lead of a case writes down a session of the day."""

    who: str
    present: tuple[Present, ...]
    words: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.hold_meeting(
            scene.case,
            by=scene.people[self.who],
            opener=scene.openers[self.who],
            held_on=days.day_of(now),
            present=self.present,
            words=self.words,
            now=now,
        )


@dataclass(frozen=True)
class SignAgreement(Act):
    """The lead of a case signs what was agreed, and follows it up."""

    who: str
    agreed: tuple[Present, ...]
    words: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.sign_agreement(
            scene.case,
            by=scene.people[self.who],
            opener=scene.openers[self.who],
            agreed=self.agreed,
            words=self.words,
            assignee=scene.people[self.who],
            now=now,
        )
