"""The addresses of policies under /api/v1/."""

from django.urls import path

from policies import api

urlpatterns = [
    path("acknowledgements/", api.Acknowledgements.as_view(), name="acknowledgements"),
]
