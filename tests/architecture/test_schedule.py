"""Every tick of the scheduler reaches a task that exists."""

from django.conf import settings

from ethicsdesk.celery import app


def test_every_tick_reaches_a_task() -> None:
    app.loader.import_default_modules()
    ticked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert ticked <= set(app.tasks)
