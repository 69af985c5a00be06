"""The addresses of clocks, paths and calendars under /api/v1/."""

from django.urls import path

from escalation import api

urlpatterns = [
    path("clocks/", api.Clocks.as_view(), name="clocks"),
    path("paths/", api.Paths.as_view(), name="paths"),
    path("standards/", api.Standards.as_view(), name="standards"),
    path("calendars/", api.Calendars.as_view(), name="calendars"),
    path("calendars/<slug:code>/days/", api.CalendarDays.as_view(), name="calendar-days"),
]
