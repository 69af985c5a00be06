"""Policies with what they promise and who reads them; catalogues of indicators and scripts."""

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
from policies.models.scripts import Script, ScriptQuerySet

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
    "Script",
    "ScriptQuerySet",
]
