"""Django's name for the package, and what it hangs on a case."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """How long what was told is kept, who holds it longer, and how it is erased for good."""

    name = "retention"

    def ready(self) -> None:
        """Stand beside every case."""
        from cases.parts import REOPENED, WAITING, register
        from retention.actions.disposals import note_reopened
        from retention.parts import Keeping, waits_for

        register(self.name, Keeping())
        WAITING.append(waits_for)
        REOPENED.append(note_reopened)
