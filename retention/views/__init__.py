"""The pages of retention and the acts on them."""

from retention.views.disposal import Decide, DisposalPage, Propose, Stop
from retention.views.keeping import KeepingPage, LiftHold, PlaceHold, RequestErasure
from retention.views.terms import DecideTerm, TermsPage

__all__ = [
    "Decide",
    "DecideTerm",
    "DisposalPage",
    "KeepingPage",
    "LiftHold",
    "PlaceHold",
    "Propose",
    "RequestErasure",
    "Stop",
    "TermsPage",
]
