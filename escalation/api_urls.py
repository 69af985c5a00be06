"""The addresses of clocks and paths under /api/v1/."""

from django.urls import path

from escalation import api

urlpatterns = [
    path("clocks/", api.Clocks.as_view(), name="clocks"),
    path("paths/", api.Paths.as_view(), name="paths"),
]
