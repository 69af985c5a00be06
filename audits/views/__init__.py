"""The insight door: dashboard, reports, ledger."""

from audits.views.dashboard import Dashboard
from audits.views.ledger import Checkpoint, Ledger
from audits.views.reports import Download, Reports

__all__ = ["Checkpoint", "Dashboard", "Download", "Ledger", "Reports"]
