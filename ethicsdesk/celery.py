"""The workers' entrance: a static beat schedule of ticks, tasks that carry nothing but hints."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ethicsdesk.settings")
app = Celery("ethicsdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
