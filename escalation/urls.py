"""The addresses of what is due."""

from django.urls import path

from escalation.desk import due, live

app_name = "escalation"

urlpatterns = [
    path("due/", due.Due.as_view(), name="due"),
    path("live/", live.Live.as_view(), name="live"),
]
