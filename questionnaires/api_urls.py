"""The addresses of questionnaires under /api/v1/."""

from django.urls import path

from questionnaires import api

urlpatterns = [
    path("questionnaires/", api.Questionnaires.as_view(), name="questionnaires"),
]
