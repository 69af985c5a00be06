"""Django's name for the package."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    """Proves and learns: figures, reports, the ledger's standing."""

    name = "audits"
