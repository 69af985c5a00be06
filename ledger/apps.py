"""Django's name for the package."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Remembers every act, and can prove it."""

    name = "ledger"
