"""How a case is worked, and the work without an investigation: sessions, agreements."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import cached_property

from cases import access, actions
from cases.actions.tracks import WORDS
from cases.desk.views.case import CasePage
from cases.forms.desk import AgreementForm, MeetingForm, TrackForm
from cases.lifecycle.tracks import IN_SESSIONS, Present, Track
from cases.models import Agreement, Meeting, TrackChange
from common import days
from people.models import Person
from safes.access import Where
from safes.desk.base import Step


@dataclass(frozen=True)
class Signed:
    """Something signed as it is shown: the row, the words that open, who was there."""

    row: TrackChange | Meeting | Agreement
    words: str | None
    who: str = ""


class EarlySection(CasePage):
    """How it is worked and was, the sessions that were held, what was agreed."""

    section = "early"

    @cached_property
    def changes(self) -> list[TrackChange]:
        """Return how it came to be worked otherwise, the latest first."""
        return list(self.case.track_changes.select_related("by").order_by("-at"))

    @cached_property
    def meetings(self) -> list[Meeting]:
        """Return the sessions that were held, the latest first."""
        return list(self.case.meetings.select_related("by").order_by("-held_on", "-at"))

    @cached_property
    def agreements(self) -> list[Agreement]:
        """Return what was agreed, the version that stands first."""
        found = self.case.agreements.select_related("by", "follow_up__assignee")
        return list(found.order_by("-version"))

    @cached_property
    def owners(self) -> list[Person]:
        """Return who could follow up an agreement."""
        return access.may_do(self.case)

    @property
    def is_in_sessions(self) -> bool:
        """Return whether sessions can be held."""
        return self.case.track in IN_SESSIONS

    def places(self) -> list[Where]:
        """Return where the words of the section are."""
        rows = (*self.changes, *self.meetings, *self.agreements)
        return [(row.pk, WORDS) for row in rows]

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return how it is worked, and what came of it."""
        agreed = [
            Signed(one, texts.get((one.pk, WORDS)), _labels(one.agreed)) for one in self.agreements
        ]
        return {
            "changes": [Signed(one, texts.get((one.pk, WORDS))) for one in self.changes],
            "meetings": [
                Signed(one, texts.get((one.pk, WORDS)), _labels(one.present))
                for one in self.meetings
            ],
            "standing": agreed[:1],
            "replaced": agreed[1:],
            "records": self.triages,
            "is_in_sessions": self.is_in_sessions,
            "is_investigated": self.case.track == Track.INVESTIGATION,
            "change": wrong.get("change") or self.change_form(None),
            "meeting": wrong.get("meeting") or self.meeting_form(None),
            "agreement": wrong.get("agreement") or self.agreement_form(None),
        }

    def change_form(self, data: Any) -> TrackForm:
        """Return how it is worked from now on; what is known of who depends on whom stays."""
        return TrackForm(data, auto_id="change_%s", initial={"power": self.case.power})

    def meeting_form(self, data: Any) -> MeetingForm:
        """Return a session, of today unless another day is chosen."""
        today = days.day_of(self.now).isoformat()
        return MeetingForm(data, auto_id="meeting_%s", initial={"held_on": today})

    def agreement_form(self, data: Any) -> AgreementForm:
        """Return what was agreed; whoever leads the case follows it up, unless another does."""
        first = {"assignee": self.case.lead_id} if self.case.lead in self.owners else {}
        return AgreementForm(data, among=self.owners, auto_id="agreement_%s", initial=first)


def _labels(codes: list[str]) -> str:
    return ", ".join(Present(code).label for code in codes).capitalize()


class ChangeTrack(Step, EarlySection):
    """Work it otherwise from now on."""

    name = "change"

    def form(self, data: Any) -> forms.Form:
        """Return how, and why."""
        return self.change_form(data)

    def act(self, **entered: Any) -> str:
        """Change it."""
        change = actions.change_track(
            self.case, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return f"Changed. It is worked as {change.get_track_display().lower()} from now on."


class HoldMeeting(Step, EarlySection):
    """Write down a session."""

    name = "meeting"

    def form(self, data: Any) -> forms.Form:
        """Return the session."""
        return self.meeting_form(data)

    def act(self, **entered: Any) -> str:
        """Keep it."""
        actions.hold_meeting(self.case, by=self.person, opener=self.opener, now=self.now, **entered)
        return "Signed. The session stands on the case."


class SignAgreement(Step, EarlySection):
    """Sign what was agreed."""

    name = "agreement"

    def form(self, data: Any) -> forms.Form:
        """Return what was agreed."""
        return self.agreement_form(data)

    def act(self, **entered: Any) -> str:
        """Sign it."""
        signed = actions.sign_agreement(
            self.case, by=self.person, opener=self.opener, now=self.now, **entered
        )
        owner = signed.follow_up.assignee
        whose = "You look" if owner == self.person else f"{owner.name if owner else 'Nobody'} looks"
        return f"Version {signed.version} is signed. {whose} whether it is kept."
