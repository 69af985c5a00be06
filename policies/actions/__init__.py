"""Policies are published, people asked to read them; signs and scripts are kept."""

from policies.actions.asking import Audience, end_campaign, see_to_campaigns, start_campaign
from policies.actions.indicators import (
    Sign,
    drop_indicator,
    propose_indicator,
    publish_indicator,
)
from policies.actions.publishing import Text, publish
from policies.actions.reading import acknowledge
from policies.actions.scripts import Wording, drop_script, propose_script, publish_script

__all__ = [
    "Audience",
    "Sign",
    "Text",
    "Wording",
    "acknowledge",
    "drop_indicator",
    "drop_script",
    "end_campaign",
    "propose_indicator",
    "propose_script",
    "publish",
    "publish_indicator",
    "publish_script",
    "see_to_campaigns",
    "start_campaign",
]
