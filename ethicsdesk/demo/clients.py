"""Clients that stories name, and the red flags that are kept on them."""

from dataclasses import dataclass
from datetime import datetime

from cases import actions
from ethicsdesk.demo.acts import Act, Scene


@dataclass(frozen=True)
class NameClient(Act):
    """Somebody of the office says which client it is about."""

    who: str
    name: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.name_client(
            scene.concern,
            by=scene.people[self.who],
            name=self.name,
            opener=scene.openers[self.who],
            now=now,
        )


@dataclass(frozen=True)
class KeepFlag(Act):
    """A member of the team keeps a red flag on the client that was named."""

    who: str
    why: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.keep_flag(
            scene.case,
            scene.concern.clients.get(taken_back_at=None),
            by=scene.people[self.who],
            words=self.why,
            opener=scene.openers[self.who],
            now=now,
        )
