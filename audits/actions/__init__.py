"""Every change to facts, figures, reports and verifications: one function an act."""

from audits.actions.figures import (
    fold,
    fold_and_release,
    forget,
    newest_month,
    read_figures,
    release,
)
from audits.actions.reports import ask_for_newest, ask_for_report, produce, read_file
from audits.actions.verifying import ask_for_verification, read_ledger, verify

__all__ = [
    "ask_for_newest",
    "ask_for_report",
    "ask_for_verification",
    "fold",
    "fold_and_release",
    "forget",
    "newest_month",
    "produce",
    "read_figures",
    "read_file",
    "read_ledger",
    "release",
    "verify",
]
