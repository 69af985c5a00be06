"""The shapes of campaigns over the API."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from people.rules import Role
from policies.models import Campaign
from policies.rules import Coverage

_LEAST = "How many have read this version at least; null where fewer than eleven were asked."
_MOST = "How many have read it at most. Whether all have is not told."
_UNTIL = (
    "The beginning of this week: whoever was asked and what was read since is counted from the "
    "next one on."
)


class CoverageOut(serializers.Serializer[Any]):
    """How many of a unit were asked, and how many have read it."""

    unit = serializers.CharField(
        allow_null=True, help_text="Its code; null for the smaller ones together, or none."
    )
    asked = serializers.IntegerField()
    at_least = serializers.IntegerField(source="least", help_text="So many have read it.")
    at_most = serializers.IntegerField(source="most", help_text="And not more than so many.")


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
                "counted_until": "2026-03-23T00:00:00Z",
                "at_least": 310,
                "at_most": 314,
                "by_unit": [{"unit": "field", "asked": 400, "at_least": 310, "at_most": 314}],
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
    counted_until = serializers.SerializerMethodField()
    at_least = serializers.SerializerMethodField()
    at_most = serializers.SerializerMethodField()
    by_unit = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "string"}, "description": "Codes."})
    def get_units(self, campaign: Campaign) -> list[str]:
        """Return the codes of the units that are asked."""
        return sorted(self.context["units"][pk] for pk in campaign.units)

    @extend_schema_field({"type": "integer"})
    def get_asked(self, campaign: Campaign) -> int:
        """Return how many were asked to read its version."""
        return self._figures(campaign).asked

    @extend_schema_field({"type": "string", "format": "date-time", "description": _UNTIL})
    def get_counted_until(self, campaign: Campaign) -> datetime:  # noqa: ARG002 - REST framework asks with it
        """Return until when it is counted."""
        until: datetime = self.context["counted_until"]
        return until

    @extend_schema_field({"type": ["integer", "null"], "description": _LEAST})
    def get_at_least(self, campaign: Campaign) -> int | None:
        """Return how many have read it at least."""
        whole = self._figures(campaign).all
        return whole.least if whole else None

    @extend_schema_field({"type": ["integer", "null"], "description": _MOST})
    def get_at_most(self, campaign: Campaign) -> int | None:
        """Return how many have read it at most."""
        whole = self._figures(campaign).all
        return whole.most if whole else None

    @extend_schema_field(CoverageOut(many=True))
    def get_by_unit(self, campaign: Campaign) -> list[dict[str, Any]]:
        """Return the figures of the units that may be told."""
        return [
            {
                "unit": one.code or None,
                "asked": one.asked,
                "at_least": one.least,
                "at_most": one.most,
            }
            for one in self._figures(campaign).lines
        ]

    def _figures(self, campaign: Campaign) -> Coverage:
        figures: dict[int, Coverage] = self.context["figures"]
        return figures[campaign.version_id]
