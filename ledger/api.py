"""Checkpoints over the API: whoever keeps one can later prove that nothing was rewritten."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.serializers import Query
from ledger.models import Checkpoint
from ledger.serializers import CheckpointOut

# `people`, which knows scopes, stands to our left: the permission class reads this as one.
SCOPES = {"GET": "ledger:read"}


@extend_schema_view(
    get=extend_schema(
        operation_id="list_checkpoints",
        summary="List checkpoints",
        description="The signed checkpoints of the ledger, the newest first.",
    )
)
class Checkpoints(generics.ListAPIView[Checkpoint]):
    """A list of checkpoints."""

    scopes = SCOPES
    queryset = Checkpoint.objects.none()
    serializer_class = CheckpointOut
    ordering = ("-size",)

    def get_queryset(self) -> "QuerySet[Checkpoint]":
        """Return all of them, unless something unknown was asked."""
        Query(data=self.request.query_params).is_valid(raise_exception=True)
        return Checkpoint.objects.only("size", "root", "note", "at")


class NoteRenderer(BaseRenderer):
    """The signed note by itself, as text."""

    media_type = "text/plain"
    format = "txt"
    charset = "utf-8"

    def render(self, data: Any, *_options: Any) -> bytes:
        """Return the note."""
        note: str = data["note"]
        return note.encode()


class LatestCheckpoint(APIView):
    """The newest checkpoint."""

    scopes = SCOPES
    renderer_classes = (JSONRenderer, NoteRenderer)

    @extend_schema(
        operation_id="get_latest_checkpoint",
        summary="Read the newest checkpoint",
        description="The newest signed checkpoint; with `Accept: text/plain` the note alone, to be "
        "kept as it is.",
        responses={
            (200, "application/json"): CheckpointOut,
            (200, "text/plain"): OpenApiTypes.STR,
            404: OpenApiResponse(description="Nothing was sealed yet."),
        },
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - the signature is REST framework's
        """Answer the newest one."""
        newest = Checkpoint.objects.order_by("-size").first()
        if newest is None:
            raise Http404
        return Response(CheckpointOut(newest).data)
