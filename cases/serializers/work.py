"""What a program sees of categories and cases."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from cases.lifecycle import (
    CaseStatus,
    Channel,
    Finding,
    Kind,
    Level,
    Phase,
)
from cases.models import Case, Category
from common.serializers import Query
from people.models import Unit


@extend_schema_serializer(
    component_name="Category",
    examples=[
        OpenApiExample(
            "A category",
            value={"code": "coercion", "label": "Coercion", "hint": "", "is_grave": True},
        )
    ],
)
class CategoryOut(serializers.Serializer[Category]):
    """What a concern can be about."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a member of the shape, not the field's own label
    hint = serializers.CharField(help_text="A sentence beside the label, or nothing.")
    is_grave = serializers.BooleanField(help_text="Whether a concern about it arrives as urgent.")


@extend_schema_serializer(component_name="CaseConcern")
class CaseConcernOut(serializers.Serializer[Any]):
    """A concern that a case came from."""

    ref = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    channel = serializers.ChoiceField(choices=Channel.choices)


@extend_schema_serializer(
    component_name="Case",
    examples=[
        OpenApiExample(
            "An open case",
            value={
                "ref": "2026-0131",
                "status": "open",
                "category": "coercion",
                "unit": "field",
                "urgency": 3,
                "severity": 2,
                "phase": "gathering",
                "phase_since": "2026-03-24T10:30:00Z",
                "opened_at": "2026-03-17T09:12:00Z",
                "closed_at": None,
                "finding": None,
                "next_due_at": "2026-06-16T09:00:00Z",
                "concerns": [{"ref": "C-7Q2MX0VK", "kind": "report", "channel": "phone"}],
            },
        )
    ],
)
class CaseOut(serializers.Serializer[Case]):
    """The metadata of a case: no name, no word of its content."""

    ref = serializers.CharField()
    status = serializers.ChoiceField(choices=CaseStatus.choices)
    category = serializers.CharField(source="category_id")
    unit = serializers.CharField(source="unit.code", allow_null=True)
    urgency = serializers.ChoiceField(choices=Level.choices)
    severity = serializers.ChoiceField(choices=Level.choices)
    phase = serializers.ChoiceField(
        choices=Phase.choices,
        help_text="Where its investigation is; of a closed case, where it was.",
    )
    phase_since = serializers.DateTimeField(
        allow_null=True, help_text="When the phase began, or null where none did."
    )
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    finding = serializers.SerializerMethodField()
    next_due_at = serializers.DateTimeField(allow_null=True)
    concerns = CaseConcernOut(many=True)

    @extend_schema_field(serializers.ChoiceField(choices=Finding.choices, allow_null=True))
    def get_finding(self, case: Case) -> str | None:
        """Return what was found, or null while the case is open."""
        return case.finding or None


class CaseFilters(Query):
    """Which cases."""

    status = serializers.ChoiceField(choices=CaseStatus.choices, required=False)
    phase = serializers.ChoiceField(choices=Phase.choices, required=False)
    category: "serializers.SlugRelatedField[Category]" = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Category.objects.all(),
        required=False,
        error_messages={"does_not_exist": "There is no category {value}."},
        help_text="The code of a category.",
    )
    unit: "serializers.SlugRelatedField[Unit]" = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Unit.objects.all(),
        required=False,
        error_messages={"does_not_exist": "There is no unit {value}."},
        help_text="The code of a unit.",
    )
    opened_after = serializers.DateTimeField(
        required=False, help_text="Opened at this moment (ISO 8601) or later."
    )
    opened_before = serializers.DateTimeField(
        required=False, help_text="Opened before this moment (ISO 8601)."
    )

    LOOKUPS = {"opened_after": "opened_at__gte", "opened_before": "opened_at__lt"}

    def lookups(self) -> dict[str, Any]:
        """Return the conditions."""
        return {self.LOOKUPS.get(name, name): value for name, value in self.validated_data.items()}
