"""Policies are published, and people are asked to read them."""

from policies.actions.asking import Audience, end_campaign, see_to_campaigns, start_campaign
from policies.actions.publishing import Text, publish
from policies.actions.reading import acknowledge

__all__ = [
    "Audience",
    "Text",
    "acknowledge",
    "end_campaign",
    "publish",
    "see_to_campaigns",
    "start_campaign",
]
