"""Policies are published, people are asked to read them, and the catalogue of signs is kept."""

from policies.actions.asking import Audience, end_campaign, see_to_campaigns, start_campaign
from policies.actions.indicators import (
    Sign,
    drop_indicator,
    propose_indicator,
    publish_indicator,
)
from policies.actions.publishing import Text, publish
from policies.actions.reading import acknowledge

__all__ = [
    "Audience",
    "Sign",
    "Text",
    "acknowledge",
    "drop_indicator",
    "end_campaign",
    "propose_indicator",
    "publish",
    "publish_indicator",
    "see_to_campaigns",
    "start_campaign",
]
