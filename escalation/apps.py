"""Django's name for the package, and the channel that it opens in the outbox."""

from django.apps import AppConfig


class EscalationConfig(AppConfig):
    """Knows time, paths and who is next; knows no case."""

    name = "escalation"

    def ready(self) -> None:
        """Carry the outbox's mail."""
        from escalation import notices
        from ledger.notices import HELD_OPEN, register

        register(notices.MAIL, notices.deliver_mail)
        HELD_OPEN.append(notices.one_line)
