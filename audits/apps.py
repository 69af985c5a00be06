"""Django's name for the package, and what it forgets when a case is erased."""

from django.apps import AppConfig


class AuditsConfig(AppConfig):
    """Proves and learns: figures, reports, the ledger's standing."""

    name = "audits"

    def ready(self) -> None:
        """Forget with the others what is erased."""
        from audits.actions import forget
        from cases.parts import FORGETTERS

        FORGETTERS.append(forget)
