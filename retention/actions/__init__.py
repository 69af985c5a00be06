"""Every change to rules, holds and disposals, and the erasing: one function an act."""

from retention.actions.disposals import approve, propose, refuse, stop
from retention.actions.erasing import begin, erase, finish, forget, replay
from retention.actions.holds import lift_hold, place_hold
from retention.actions.terms import confirm_rule, refuse_rule, set_rule

__all__ = [
    "approve",
    "begin",
    "confirm_rule",
    "erase",
    "finish",
    "forget",
    "lift_hold",
    "place_hold",
    "propose",
    "refuse",
    "refuse_rule",
    "replay",
    "set_rule",
    "stop",
]
