"""The shapes of figures and reports over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audits.models import Format, Report, ReportFile, WorkState
from common.serializers import Strict, Text

_CELL = {
    "oneOf": [
        {"type": "integer", "minimum": 10},
        {"type": "string", "enum": ["<11"]},
        {"type": "null"},
    ],
    "description": "Rounded to 5; `<11` for 0 to 10; null where it would give another away.",
}


@extend_schema_field(_CELL)
class CellField(serializers.JSONField):
    """A protected count."""


class PeriodOut(serializers.Serializer[Any]):
    """Which days are counted."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field by this name
    start = serializers.DateField()
    last_day = serializers.DateField()


class CutOffOut(serializers.Serializer[Any]):
    """Up to which ledger entry facts are counted."""

    position = serializers.IntegerField()
    on = serializers.DateField()


class MeasureOut(serializers.Serializer[Any]):
    """A rate, share (per cent) or median (days); null where its base is too small."""

    value = serializers.FloatField(allow_null=True)
    bound = serializers.ChoiceField(choices=["", "at least", "at most"])


class RowOut(serializers.Serializer[Any]):
    """A count of a table."""

    code = serializers.CharField(allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment] # a field by this name
    count = CellField(allow_null=True)


class SpreadOut(serializers.Serializer[Any]):
    """The middle half of the days to close, for one unit."""

    code = serializers.CharField(allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment] # a field by this name
    low = serializers.IntegerField(allow_null=True)
    median = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)


class FiguresBody(serializers.Serializer[Any]):
    """The protected figures of a period."""

    period = PeriodOut()
    cut_off = CutOffOut()
    people = serializers.IntegerField()
    counts = serializers.DictField(child=CellField(allow_null=True))
    measures = serializers.DictField(child=MeasureOut())
    tables = serializers.DictField(child=RowOut(many=True))
    close_days_by_unit = SpreadOut(many=True)


class BenchmarkOut(serializers.Serializer[Any]):
    """A published number to compare with."""

    value = serializers.FloatField()
    unit = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment] # a field by this name
    year = serializers.IntegerField()


class DefinitionOut(serializers.Serializer[Any]):
    """What a figure means."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    formula = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field by this name
    benchmark = BenchmarkOut(allow_null=True)


class FiguresOut(serializers.Serializer[Any]):
    """Figures with what they mean; `sha256` names the canonical JSON of `figures`."""

    figures = FiguresBody()
    definitions = DefinitionOut(many=True)
    protection = serializers.CharField()
    sha256 = serializers.CharField()


class ReportIn(Strict):
    """Which report is wanted."""

    period = Text(
        max_length=12,
        help_text="2026-03, 2026-Q1, 2026, or 2026-03-12m (twelve months).",
    )


class FileOut(serializers.ModelSerializer[ReportFile]):
    """One format of a report."""

    format = serializers.ChoiceField(choices=Format.choices)
    sha256 = serializers.CharField(source="digest")
    url = serializers.SerializerMethodField()

    class Meta:
        model = ReportFile
        fields = ("format", "size", "sha256", "url")

    def get_url(self, file: ReportFile) -> str:
        """Return where the file is downloaded, from the root of this host."""
        return f"/api/v1/reports/{file.report_id}/{file.format}/"


class ReportOut(serializers.ModelSerializer[Report]):
    """A report, with its progress, and its files once it is ready."""

    period = serializers.CharField(source="release.period")
    cut_off = serializers.IntegerField(source="release.cut_off")
    figures_sha256 = serializers.CharField(source="release.digest")
    state = serializers.ChoiceField(choices=WorkState.choices)
    files = FileOut(many=True)

    class Meta:
        model = Report
        fields = (
            "id", "period", "cut_off", "figures_sha256", "state", "percent", "stage", "problem",
            "asked_at", "ready_at", "files",
        )  # fmt: skip
