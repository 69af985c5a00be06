"""Django's name for the package."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """What we stand for, in which version, with which promises."""

    name = "policies"

    def ready(self) -> None:
        """Say what is promised on which path."""
        from escalation import parts
        from policies.parts import promised

        parts.register_uses(promised)
