"""The addresses of the ledger under /api/v1/."""

from django.urls import path

from ledger import api

urlpatterns = [
    path("ledger/checkpoints/", api.Checkpoints.as_view(), name="checkpoints"),
    path("ledger/checkpoints/latest/", api.LatestCheckpoint.as_view(), name="latest-checkpoint"),
]
