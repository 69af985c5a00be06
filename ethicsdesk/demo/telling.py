"""Acts of stories in which people are told how their case goes, from scripts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases import access, actions
from cases.actions.telling import text_for
from cases.lifecycle import Means, PartyRole
from cases.models import Concern, Party
from common import days
from ethicsdesk.demo.acts import Act, Scene
from policies.models import Script
from policies.rules.scripts import gaps_in


@dataclass(frozen=True)
class Tell(Act):
    """Somebody of the team tells the reporter, or a party, something; they hear again in time."""

    who: str
    milestone: str
    # whom; nobody: the reporter
    role: PartyRole | None = None
    means: Means = Means.LETTER
    # in so many days they hear again
    within: int = 0
    # what stands in place of the gap
    words: str = ""
    # whether the next who may is asked to read it first
    is_read: bool = False

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        to = self._to(scene)
        audience = "reporter" if isinstance(to, Concern) else to.role
        script = Script.objects.offered().get(code=f"{audience}-{self.milestone}-en")
        today = days.day_of(now)
        until = today + timedelta(days=self.within) if self.within else None
        text = text_for(script, to, until)
        for gap in gaps_in(text):
            text = text.replace(gap, self.words)
        by = scene.people[self.who]
        actions.tell(
            to,
            by=by,
            script=script,
            text=text,
            until=until,
            told=None if isinstance(to, Concern) else actions.ToldHow(self.means, today),
            approver=access.may_read_before(scene.case, by)[0] if self.is_read else None,
            opener=scene.openers[self.who],
            now=now,
        )

    def _to(self, scene: Scene) -> Concern | Party:
        if self.role is None:
            return scene.concern
        return Party.objects.filter(case=scene.case, role=self.role).earliest("added_at")
