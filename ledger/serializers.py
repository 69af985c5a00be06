"""The shape of checkpoints over the API."""

import base64

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from ledger.models import Checkpoint

SHOW_ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


@extend_schema_field(str)
class RootField(serializers.Field[bytes, str, str, bytes]):
    """A Merkle root, as the note has it."""

    def to_representation(self, value: bytes) -> str:
        """Return it in base 64."""
        return base64.b64encode(bytes(value)).decode()


@extend_schema_serializer(
    component_name="Checkpoint",
    examples=[
        OpenApiExample(
            "A checkpoint",
            value={
                "size": 20852163,
                "root": SHOW_ROOT,
                "note": f"ethicsdesk/ledger\n20852163\n{SHOW_ROOT}\n\n— ethicsdesk Az3grl…\n",
                "at": "2026-03-17T09:12:05Z",
            },
        )
    ],
)
class CheckpointOut(serializers.Serializer[Checkpoint]):
    """A signed statement of how long the ledger is, and of its root."""

    size = serializers.IntegerField(help_text="How many entries the ledger had.")
    root = RootField(help_text="The Merkle root (RFC 6962), base 64.")  # type: ignore[assignment] # a member of the shape, not the field's own root
    note = serializers.CharField(
        help_text="The signed note (C2SP tlog-checkpoint), as a witness keeps it."
    )
    at = serializers.DateTimeField()
