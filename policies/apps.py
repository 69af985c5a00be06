"""Django's name for the package, and the clocks for which it answers."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """What we stand for, in which version, with which promises."""

    name = "policies"

    def ready(self) -> None:
        """Say what is promised on which path, and answer for the clocks of policies and readers."""
        from escalation import parts
        from escalation.duties import register
        from policies.duties import AcknowledgementDuty, PolicyDuty
        from policies.models import CLOCKS_OF, CLOCKS_OF_READERS
        from policies.parts import promised

        parts.register_uses(promised)
        register(CLOCKS_OF, PolicyDuty())
        register(CLOCKS_OF_READERS, AcknowledgementDuty())
