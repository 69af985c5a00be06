"""The shapes of campaigns over the API."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from people.rules import Role
from policies.models import Campaign

_DONE = "How many have read it; null where fewer than eleven were asked and not all have."


class CoverageOut(serializers.Serializer[Any]):
    """How many of a unit were asked, and how many have read it."""

    unit = serializers.CharField(
        allow_null=True, help_text="Its code; null for the smaller ones together, or none."
    )
    asked = serializers.IntegerField()
    acknowledged = serializers.IntegerField()


@extend_schema_serializer(
    component_name="Campaign",
    examples=[
        OpenApiExample(
            "Everybody is asked",
            value={
                "id": "6d0c1c9e-3c1b-4c55-9d5c-0d9a3f2b7a10",
                "policy": "gifts",
                "version": 2,
                "units": [],
                "roles": [],
                "limit": "14d",
                "is_material": True,
                "started_at": "2026-03-16T09:00:00Z",
                "ended_at": None,
                "asked": 400,
                "acknowledged": 312,
                "by_unit": [{"unit": "field", "asked": 400, "acknowledged": 312}],
            },
        )
    ],
)
class CampaignOut(serializers.Serializer[Campaign]):
    """Whom the office asked to read which version of a policy, and how many have."""

    id = serializers.UUIDField()
    policy = serializers.SlugField(source="policy.code")
    version = serializers.IntegerField(source="version.n")
    units = serializers.SerializerMethodField()
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Role.choices),
        help_text="Everybody is asked where no units and no roles are named.",
    )
    limit = serializers.CharField(help_text="Calendar days (14d) or working days (10wd).")
    is_material = serializers.BooleanField(
        help_text="Whether those are asked too who acknowledged an earlier version."
    )
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    asked = serializers.SerializerMethodField()
    acknowledged = serializers.SerializerMethodField()
    by_unit = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "string"}, "description": "Codes."})
    def get_units(self, campaign: Campaign) -> list[str]:
        """Return the codes of the units that are asked."""
        return sorted(self.context["units"][pk] for pk in campaign.units)

    @extend_schema_field({"type": "integer"})
    def get_asked(self, campaign: Campaign) -> int:
        """Return how many were asked."""
        asked: int = self.context["figures"][campaign.pk].asked
        return asked

    @extend_schema_field({"type": ["integer", "null"], "description": _DONE})
    def get_acknowledged(self, campaign: Campaign) -> int | None:
        """Return how many have read it."""
        done: int | None = self.context["figures"][campaign.pk].done
        return done

    @extend_schema_field(CoverageOut(many=True))
    def get_by_unit(self, campaign: Campaign) -> list[dict[str, Any]]:
        """Return the figures of the units that may be told."""
        return [
            {"unit": one.code or None, "asked": one.asked, "acknowledged": one.done}
            for one in self.context["figures"][campaign.pk].lines
        ]
