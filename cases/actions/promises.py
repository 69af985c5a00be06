"""Promises to tell somebody by a day: made with what they are told, kept by the next telling."""

from datetime import date, datetime

from cases import duties
from cases.actions.tasks import end_task, until
from cases.lifecycle import TaskKind
from cases.models import Concern, Party, Task, Telling
from common import days
from escalation.rules import Limit
from people.models import Person


def make(to: Concern | Party, day: date | None, *, by: Person, now: datetime) -> Task | None:
    """Let it be due on a day that somebody hears again; whoever promised it sees to it.

    What is recorded after its day, of a text that was approved before it, is due at once.
    """
    if day is None:
        return None
    about = to if isinstance(to, Concern) else to.case
    limit = until(day, now) if day > days.day_of(now) else Limit()
    return duties.open_task(about, kind=TaskKind.TELL, assignee=by, by=by, limit=limit, now=now)


def keep(to: Concern | Party, *, by: Person, now: datetime, on: date | None = None) -> None:
    """Keep every promise that somebody hears again: they did, today or `on` a day.

    What they were told before a promise was made to them keeps it not, also where it is recorded
    after it.
    """
    day = on or days.day_of(now)
    mine = {"concern" if isinstance(to, Concern) else "party": to.pk}
    waiting = Telling.objects.promises().filter(**mine, kept_on=None, told_on__lte=day)
    for promise in waiting.select_for_update(of=("self",)):
        promise.kept_on = day
        promise.save(update_fields=["kept_on"])
        if promise.promise_id is None:
            continue
        task = Task.objects.locked(promise.promise_id)
        # a task of what was taken back in between was cancelled with it
        if task.is_open:
            end_task(task, by=by, now=now)
