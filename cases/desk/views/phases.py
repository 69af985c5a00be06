"""Take the investigation of a case on to its next phase, or back to the one before."""

from typing import Any

from django import forms

from cases import actions
from cases.desk.views.case import TimelineSection
from cases.forms.phases import BackForm, PhaseForm
from cases.lifecycle import Phase
from safes.desk.base import Step

BEGUN = {
    Phase.PLANNING: "The investigation begins. Plan what is looked into, how and by whom.",
    Phase.GATHERING: "The plan stands. What counts now is the evidence.",
    Phase.FINDINGS: "The evidence is gathered. What counts now are the findings.",
    Phase.OUTCOME: "The findings stand. Decide the outcome, and close the case with it.",
}


class GoOn(Step, TimelineSection):
    """Begin the next phase."""

    name = "on"

    def form(self, data: Any) -> forms.Form:
        """Return which phase was seen."""
        return PhaseForm(data)

    def act(self, **entered: Any) -> str:
        """Go on."""
        case = actions.go_on(self.case, by=self.person, now=self.now, **entered)
        return BEGUN[Phase(case.phase)]


class GoBack(Step, TimelineSection):
    """Begin the phase before anew."""

    name = "back"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return BackForm(data, phase=Phase(self.case.phase), auto_id="back_%s")

    def act(self, **entered: Any) -> str:
        """Go back."""
        case = actions.go_back(
            self.case, by=self.person, now=self.now, opener=self.opener, **entered
        )
        if case.phase == Phase.NONE:
            return "It is worked on without an investigation now."
        return f"Back to {Phase(case.phase).label.lower()}. Its clock starts anew."
