"""Django's name for the package, and the clocks for which it answers."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Concerns come in, cases are worked."""

    name = "cases"

    def ready(self) -> None:
        """Answer for the clocks of concerns."""
        from cases.access import may_be_told
        from cases.duties import ConcernDuty, TaskDuty
        from cases.lifecycle import CLOCKS_OF, CLOCKS_OF_TASKS
        from escalation.duties import register
        from escalation.notices import MAY_BE_TOLD

        register(CLOCKS_OF, ConcernDuty())
        register(CLOCKS_OF_TASKS, TaskDuty())
        MAY_BE_TOLD.append(may_be_told)
