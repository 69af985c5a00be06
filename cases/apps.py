"""Django's name for the package, and the clocks for which it answers."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Concerns come in, cases are worked."""

    name = "cases"

    def ready(self) -> None:
        """Answer for the clocks of concerns and of what belongs to them."""
        from cases import duties, lifecycle
        from cases.access import may_be_told
        from cases.actions import steps
        from cases.parts import offered
        from escalation.duties import register
        from escalation.notices import MAY_BE_TOLD
        from questionnaires.parts import register_offer

        register(lifecycle.CLOCKS_OF, steps.ConcernSteps())
        register(lifecycle.CLOCKS_OF_CASES, steps.CaseSteps())
        register(lifecycle.CLOCKS_OF_TASKS, steps.TaskSteps())
        register(lifecycle.CLOCKS_OF_REQUESTS, duties.RequestDuty())
        register(lifecycle.CLOCKS_OF_ORIGINALS, steps.OriginalSteps())
        MAY_BE_TOLD.append(may_be_told)
        register_offer(offered)
