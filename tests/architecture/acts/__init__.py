"""Every act there is, by its name: what has to be there before it, and the act itself."""

from tests.architecture.acts import (
    audits,
    care,
    casework,
    clients,
    entrances,
    escalation,
    ledger,
    people,
    policies,
    questionnaires,
    retention,
    safes,
    taking,
    told,
    tracks,
    views,
    work,
)
from tests.architecture.acts.registry import ACTS

__all__ = [
    "ACTS",
    "audits",
    "care",
    "casework",
    "clients",
    "entrances",
    "escalation",
    "ledger",
    "people",
    "policies",
    "questionnaires",
    "retention",
    "safes",
    "taking",
    "told",
    "tracks",
    "views",
    "work",
]
