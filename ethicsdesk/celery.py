"""The workers' entrance: a static beat schedule of ticks, tasks that carry nothing but hints."""

import gc
import os
from typing import Any

from celery import Celery, Task
from celery.signals import worker_process_init

from common import asking

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ethicsdesk.settings")


class Afresh(Task):  # type: ignore[type-arg] # Celery's classes take no parameters
    """A task for which nobody asks: what the one before told its connection is forgotten."""

    abstract = True

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Forget, and run."""
        asking.forget()
        return super().__call__(*args, **options)


app = Celery("ethicsdesk", task_cls=Afresh)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def settle(**_later: Any) -> None:
    """Keep what was loaded out of the collector's rounds: they took a quarter of a sweep."""
    gc.freeze()
