"""Django's name for the package, and what it hangs on a case."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """How long what was told is kept, who holds it longer, and how it is erased for good."""

    name = "retention"

    def ready(self) -> None:
        """Stand beside every case."""
        from cases.parts import register
        from retention.parts import Keeping

        register(self.name, Keeping())
