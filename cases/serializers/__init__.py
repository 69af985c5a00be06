"""What the API takes and answers: filing, a reporter's way back, cases."""

from cases.serializers.filing import ConcernIn, Filed, ReadersIn, ReadersOut
from cases.serializers.reporters import (
    NEWS,
    ExclusionIn,
    MessageIn,
    MessageOut,
    ReadersNowIn,
    ReadersNowOut,
    ReceiptIn,
    ReporterView,
)
from cases.serializers.work import CaseFilters, CaseOut, CategoryOut

__all__ = [
    "NEWS",
    "CaseFilters",
    "CaseOut",
    "CategoryOut",
    "ConcernIn",
    "ExclusionIn",
    "Filed",
    "MessageIn",
    "MessageOut",
    "ReadersIn",
    "ReadersNowIn",
    "ReadersNowOut",
    "ReadersOut",
    "ReceiptIn",
    "ReporterView",
]
