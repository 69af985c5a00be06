"""Policies with what they promise and who reads them, and the catalogue of indicators."""

from policies.models.indicators import Indicator, IndicatorQuerySet
from policies.models.policies import (
    CLOCKS_OF,
    CLOCKS_OF_READERS,
    HANDLING,
    REVIEW,
    Acknowledgement,
    AcknowledgementQuerySet,
    Campaign,
    CampaignQuerySet,
    Kind,
    Policy,
    PolicyVersion,
    PolicyVersionQuerySet,
    Promise,
)

__all__ = [
    "CLOCKS_OF",
    "CLOCKS_OF_READERS",
    "HANDLING",
    "REVIEW",
    "Acknowledgement",
    "AcknowledgementQuerySet",
    "Campaign",
    "CampaignQuerySet",
    "Indicator",
    "IndicatorQuerySet",
    "Kind",
    "Policy",
    "PolicyVersion",
    "PolicyVersionQuerySet",
    "Promise",
]
