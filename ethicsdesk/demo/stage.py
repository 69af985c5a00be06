"""Play the history of an office in the order of time: every act at its hour, every sweep when due.

Time is an argument of every action, so a year and a half pass in seconds, and the ledger, the
breaches and the figures are as real as those of a house that ran all the while.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count
from uuid import UUID, uuid4

from django.db.models import Min

from cases import actions
from cases.models import Category
from cases.rules import MORE
from common import days
from escalation import actions as escalation
from escalation.models import Clock
from ethicsdesk.demo import material, watching
from ethicsdesk.demo.acts import Act, Scene, Story
from ethicsdesk.demo.bulk import record, write
from ethicsdesk.demo.history import Plan
from ethicsdesk.demo.office import Office
from ethicsdesk.demo.questionnaires import ANSWERED
from ledger import actions as ledger
from people.models import Person, Unit
from questionnaires.access import form_for
from safes.rules import Opener, Receipt

Happening = Callable[[datetime], None]
OPENS, SHUTS, SATURDAY = 9, 17, 5
# The log is sealed once a week, at night: often enough for a log, and 600 seals fewer to wait for.
NIGHT, WEEK = time(3), timedelta(days=7)
# Concerns of the last days come when they come; older ones at an hour at which people write.
RECENT = 10.0
BEFORE_THE_DAY = timedelta(days=3)


class Stage:
    """The office, its people, and what is still to happen, in the order of time."""

    def __init__(
        self, people: dict[str, Person], openers: dict[str, Opener], now: datetime
    ) -> None:
        self.people = people
        self.openers = openers
        self.now = now
        self._agenda: list[tuple[datetime, int, Happening]] = []
        self._order = count()
        self._to_record: list[ledger.Act] = []
        self._watched: set[UUID] = set()

    def at(self, moment: datetime, happening: Happening) -> None:
        """Let something happen at a moment that is not after now."""
        heapq.heappush(self._agenda, (min(moment, self.now), next(self._order), happening))

    def run(self) -> None:
        """Let everything happen, up to now; clocks are swept at the moment they are due."""
        while self._agenda:
            moment, _, happening = heapq.heappop(self._agenda)
            self._sweep_until(moment)
            happening(moment)
        self._sweep_until(self.now)
        self._record_until(self.now)
        while ledger.seal(now=self.now):
            pass

    # -- stories --------------------------------------------------------------------------

    def tell(self, stories: Sequence[Story]) -> None:
        """Put stories on the agenda, each act on it too."""
        for n, story in enumerate(stories):
            filed = self._filed(story, n)
            scene = Scene(self.people, self.openers, Receipt.new())
            self.at(filed, partial(_file, story, scene))
            previous = filed
            for act in sorted(story.acts, key=lambda act: act.after):
                previous = max(self._when(filed, act), previous + timedelta(minutes=1))
                if previous <= self.now:
                    self.at(previous, partial(self._play, act, scene))

    def _filed(self, story: Story, n: int) -> datetime:
        moment = self.now - timedelta(days=story.ago)
        if story.ago < RECENT:
            return moment
        return days.midnight(days.day_of(moment)) + timedelta(
            hours=7 + n * 5 % 15, minutes=n * 7 % 60
        )

    def _when(self, filed: datetime, act: Act) -> datetime:
        """Return when an act happens: the office's in working hours, if these have come."""
        moment = filed + timedelta(days=act.after)
        if not act.is_office:
            return moment
        working = at_work(moment)
        return working if working <= self.now else moment

    def _play(self, act: Act, scene: Scene, now: datetime) -> None:
        act.play(scene, now)
        self._watch()

    def _watch(self) -> None:
        """Let whoever leads a case ask in time how those are whom it protects."""
        for row in watching.to_come(self._watched, self.now):
            self._watched.add(row.pk)
            # before the day, since that may be no working day
            early = days.midnight(row.due_on - BEFORE_THE_DAY) + timedelta(hours=10)
            self.at(at_work(early), partial(self._ask, row.pk))

    def _ask(self, row: UUID, now: datetime) -> None:
        watching.keep(row, self.people, self.openers, now)
        self._watch()

    # -- history --------------------------------------------------------------------------

    def remember(self, plans: Iterable[Plan]) -> None:
        """Put past concerns on the agenda, a month at a time."""
        months: dict[datetime, list[Plan]] = {}
        for plan in plans:
            first = days.midnight(days.day_of(plan.filed).replace(day=1))
            months.setdefault(first, []).append(plan)
        for first, batch in months.items():
            self.at(first, partial(self._write, batch))

    def _write(self, batch: list[Plan], _moment: datetime) -> None:
        acts = write(batch, Office.load(), now=self.now)
        self._to_record = sorted([*self._to_record, *acts], key=lambda act: act.at)

    def _record_until(self, moment: datetime) -> None:
        due = [act for act in self._to_record if act.at <= moment]
        del self._to_record[: len(due)]
        if due:
            record(due)

    # -- nights ---------------------------------------------------------------------------

    def keep_nights(self, since: datetime) -> None:
        """Record and seal one night a week from a day on."""
        day = days.day_of(since)
        while (night := datetime.combine(day, NIGHT, tzinfo=days.zone())) < self.now:
            self.at(night, self._night)
            day += WEEK

    def _night(self, moment: datetime) -> None:
        self._record_until(moment)
        ledger.seal(now=moment)

    def _sweep_until(self, moment: datetime) -> None:
        swept: datetime | None = None
        while True:
            due = Clock.objects.ticking().aggregate(at=Min("next_at"))["at"]
            if due is None or due > moment:
                return
            # a sweep takes the step, records that a limit alone has come, or counts times anew
            if swept is not None and due <= swept:
                msg = f"A step that was due at {due} could not be taken."
                raise RuntimeError(msg)
            escalation.sweep(now=due)
            swept = due


def at_work(moment: datetime) -> datetime:
    """Return the moment itself in working hours, else the beginning of the next ones."""
    local = moment.astimezone(days.zone())
    if local.hour >= SHUTS:
        local = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=days.zone())
    if local.hour < OPENS or local.weekday() >= SATURDAY:
        while local.weekday() >= SATURDAY:
            local += timedelta(days=1)
        minutes = local.hour * 60 + local.minute
        local = datetime.combine(local.date(), time(OPENS), tzinfo=days.zone())
        # not everything at the stroke of nine
        local += timedelta(minutes=minutes % 97)
    return local


def _file(story: Story, scene: Scene, now: datetime) -> None:
    """File a story, with its files, as its reporter or on their behalf."""
    answered = ANSWERED.get(story.who[1])
    form = form_for(story.kind, story.topic) if answered else None
    filing = actions.Filing(
        kind=story.kind,
        category=Category.objects.get(pk=story.topic),
        mode=story.mode,
        narrative=story.narrative,
        about=story.about,
        unit=Unit.objects.get(code=story.unit),
        in_danger=story.danger,
        identity=actions.Identity(*story.who) if story.who[0] else None,
        notify=story.notify,
        answers={**story.answers, **({MORE: answered} if form else {})},
        form=form,
    )
    if story.keyed_by:
        concern = actions.take_down(
            concern_id=uuid4(),
            receipt=scene.receipt,
            filing=filing,
            channel=story.channel,
            said_on=days.day_of(now),
            by=scene.people[story.keyed_by],
            now=now,
        )
    else:
        concern = actions.file_concern(
            receipt=scene.receipt, filing=filing, now=now, channel=story.channel
        )
    scene.reference = concern.ref
    for name, content in story.files:
        material.add(concern, name, content, now=now)
