"""Tell people: whom, what from which script, what waits for another person, what was promised."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.actions.telling import text_for
from cases.desk.views import told
from cases.desk.views.case import CasePage
from cases.desk.views.concern import OfConcern
from cases.desk.views.hearing import Hearings
from cases.desk.views.told import Line, Recipient
from cases.forms.desk import (
    BeginTellingForm,
    DecideTellingForm,
    RecordToldForm,
    TellForm,
    UntoldForm,
)
from cases.lifecycle import Deed, Mode, TellingState
from cases.models import Case, Concern, Party, Telling
from cases.models.telling import AUDIENCES, audience_of
from cases.rules.telling import BEFORE_A_CASE
from common import days
from people.models import Person
from policies.models import Script
from safes.access import Where
from safes.desk.base import Page, Step

PEOPLE = ("made_by", "decided_by", "told_by", "task__assignee", "script", "party")


class Tells(Page):
    """What both pages of telling share: of a case, and of a concern before there is one."""

    # under what its addresses begin
    within: ClassVar[str]
    # whom a text names that was held up
    named: tuple[access.NamedOne, ...] = ()

    @property
    def of(self) -> Case | Concern:
        """Return of what people are told."""
        raise NotImplementedError

    @property
    def may_tell(self) -> bool:
        """Return whether who asks may tell anybody anything."""
        raise NotImplementedError

    @property
    def may_decide(self) -> bool:
        """Return whether who asks may approve what somebody else wrote."""
        raise NotImplementedError

    @cached_property
    def tos(self) -> list[Concern | Party]:
        """Return who can be told something."""
        raise NotImplementedError

    @cached_property
    def tellings(self) -> list[Telling]:
        """Return all that these were told or are to be told, the latest first."""
        raise NotImplementedError

    def label_of(self, to: Concern | Party, texts: Mapping[Where, str]) -> str:
        """Return how somebody is called."""
        raise NotImplementedError

    # -- who and what the address or the form names ---------------------------------------------

    @property
    def sent(self) -> Mapping[str, str]:
        """Return what was sent: by the address, or by a form."""
        return self.request.POST if self.request.method == "POST" else self.request.GET

    @cached_property
    def to(self) -> Concern | Party | None:
        """Return who is to be told; nobody where the address names none of these."""
        key = self.sent.get("to", "")
        return next((one for one in self.tos if str(one.pk) == key), None)

    @cached_property
    def scripts(self) -> list[Script]:
        """Return with which scripts they can be told."""
        if self.to is None:
            return []
        is_early = isinstance(self.to, Concern) and self.to.case_id is None
        audience = audience_of(self.to if isinstance(self.to, Party) else None)
        return [
            one
            for one in Script.objects.offered().filter(audience=audience)
            if not is_early or one.milestone in BEFORE_A_CASE
        ]

    @cached_property
    def script(self) -> Script | None:
        """Return from which script it is written; a form that is old keeps its version."""
        key = self.sent.get("script", "")
        found = next((one for one in self.scripts if str(one.pk) == key), None)
        if found is not None or self.request.method != "POST":
            return found
        try:
            pk = UUID(key)
        except ValueError:
            return None
        return Script.objects.filter(pk=pk, state=Script.State.PUBLISHED).first()

    @property
    def until(self) -> date | None:
        """Return by which day they hear again."""
        try:
            return date.fromisoformat(self.sent.get("until", ""))
        except ValueError:
            return None

    @cached_property
    def approvers(self) -> list[Person]:
        """Return who could read it before it goes; the away only where nobody is here."""
        of = self.to if isinstance(self.to, Concern) else self.of
        able = access.may_read_before(of, self.person)
        return access.here(able, days.day_of(self.now)) or able

    def telling_of(self, key: UUID) -> Telling:
        """Return one of those that stand here; one of something else is not there."""
        found = next((one for one in self.tellings if one.pk == key), None)
        if found is None:
            raise Http404
        return found

    # -- what is shown -------------------------------------------------------------------------

    def told_places(self) -> list[Where]:
        """Return where the words are sealed."""
        return told.places(self.tellings)

    def shown(self, texts: Mapping[Where, str], wrong: Mapping[str, forms.Form]) -> dict[str, Any]:
        """Return who was told what, and the composer."""
        recipients = [self._recipient(one, texts, wrong) for one in self.tos]
        tell = wrong.get("tell")
        if isinstance(tell, TellForm):
            tell.ask(self.named)
        chosen = next((one for one in recipients if self.to and one.key == self.to.pk), None)
        return {
            "recipients": recipients,
            "chosen": chosen if self.may_tell else None,
            "begin": self._begin() if chosen and (self.script is None) else None,
            "tell": tell or self._composer(),
            "script": self.script,
            "until": self.until,
            "may_tell": self.may_tell,
            "tell_url": self.url("tell"),
            "decide_url": self.url("decide"),
            "told_url": self.url("told") if self.within == "telling" else "",
            "untold_url": self.url("untold") if self.within == "telling" else "",
        }

    def url(self, what: str) -> str:
        """Return the address of an act."""
        return reverse(f"desk:{self.within}-{what}", args=[self.of.ref])

    def _recipient(
        self, to: Concern | Party, texts: Mapping[Where, str], wrong: Mapping[str, forms.Form]
    ) -> Recipient:
        tellings = [one for one in self.tellings if to.pk in {one.concern_id, one.party_id}]
        part = to.get_role_display() if isinstance(to, Party) else Mode(to.mode).label
        return Recipient(
            to,
            self.label_of(to, texts),
            part,
            [self._line(one, texts, wrong) for one in tellings],
            told.promises_to(to, tellings, days.day_of(self.now)),
            untold=self._untold(to, wrong) if isinstance(to, Party) and self.may_tell else None,
        )

    def _line(
        self, telling: Telling, texts: Mapping[Where, str], wrong: Mapping[str, forms.Form]
    ) -> Line:
        is_waiting = telling.state == TellingState.WAITING
        is_approved = telling.state == TellingState.APPROVED
        decides = is_waiting and self.may_decide and telling.made_by != self.person
        own = wrong if self.sent.get("telling") == str(telling.pk) else {}
        first = {"telling": telling.pk, "told_on": days.day_of(self.now)}
        decision = DecideTellingForm(initial=first, auto_id=f"decide_{telling.pk}_%s")
        record = RecordToldForm(initial=first, auto_id=f"told_{telling.pk}_%s")
        return told.line_of(
            telling,
            texts,
            decision=(own.get("decide") or decision) if decides else None,
            record=(own.get("told") or record) if self.may_tell and is_approved else None,
            may_take_back=self.may_tell and (is_waiting or is_approved),
        )

    def _untold(self, to: Party, wrong: Mapping[str, forms.Form]) -> forms.Form:
        own = wrong.get("untold") if self.sent.get("to") == str(to.pk) else None
        return own or UntoldForm(initial={"to": to.pk}, auto_id=f"untold_{to.pk}_%s")

    def _begin(self) -> BeginTellingForm:
        to = self.to.pk if self.to is not None else None
        first = {"to": to, "until": self.until}
        return BeginTellingForm(scripts=self.scripts, initial=first, auto_id="begin_%s")

    def _composer(self) -> TellForm | None:
        if self.to is None or self.script is None or not self.may_tell:
            return None
        return self.tell_form(None)

    def tell_form(self, data: Any) -> TellForm:
        """Return the composer: begun with the script as the case fills it."""
        if self.to is None or self.script is None:
            raise Http404
        first = {
            "to": self.to.pk,
            "script": self.script.pk,
            "until": self.until,
            "text": text_for(self.script, self.to, self.until),
            "told_on": days.day_of(self.now),
        }
        return TellForm(
            data,
            script=self.script,
            is_party=isinstance(self.to, Party),
            among=self.approvers,
            initial=first,
            auto_id="tell_%s",
        )


class TellingSection(Tells, CasePage):
    """Who is told of a case: its reporters, those affected, those whom it is about."""

    section = "telling"
    within = "telling"

    @property
    def of(self) -> Case:
        """Return the case."""
        return self.case

    @property
    def may_tell(self) -> bool:
        """Return whether who asks is on the team: people are told after the closing too."""
        return self.is_member and Deed.TELL in self.deeds

    @property
    def may_decide(self) -> bool:
        """Return whether who asks may decide on the end of the case, and on what is told of it."""
        return access.may_end(self.person, self.case)

    @cached_property
    def concerns(self) -> list[Concern]:
        """Return what was filed; an approver finds of it what waits for their decision alone."""
        if not self.decides:
            return super().concerns
        asked = Telling.objects.open().filter(task__assignee=self.person)
        found = Concern.objects.filter(case=self.case, tellings__in=asked)
        return list(found.select_related("safe").distinct().order_by("filed_on", "ref"))

    @cached_property
    def hearings(self) -> Hearings:
        """Return the parties, unopened."""
        return Hearings(self.case)

    @cached_property
    def tos(self) -> list[Concern | Party]:
        """Return its reporters, and the parties who are told."""
        for one in self.concerns:
            one.case = self.case
        for party in self.hearings.parties:
            party.case = self.case
        parties = (one for one in self.hearings.parties if one.role in AUDIENCES)
        return [*self.concerns, *(one for one in parties if one.struck_at is None)]

    @cached_property
    def tellings(self) -> list[Telling]:
        """Return what these were told."""
        found = Telling.objects.filter(case=self.case) | Telling.objects.filter(
            concern__in=self.concerns
        )
        return list(found.select_related(*PEOPLE).order_by("-made_at"))

    def label_of(self, to: Concern | Party, texts: Mapping[Where, str]) -> str:
        """Return a party by number and name, a reporter by their concern where there are more."""
        if isinstance(to, Party):
            named = {one.party.pk: one for one in self.hearings.named(texts)}[to.pk]
            return f"{named.n}. {named.label}"
        return f"Reporter of {to.ref}" if len(self.concerns) > 1 else "The reporter"

    def places(self) -> list[Where]:
        """Return where its words are."""
        names = ((one.pk, "name") for one in self.hearings.parties)
        return [*self.told_places(), *names]

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return who was told what."""
        return self.shown(texts, wrong)


class ConcernTelling(Tells, OfConcern):
    """What the reporter of a concern is told before there is a case."""

    within = "concern-telling"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page; once there is a case, lead on to that."""
        if self.concern.case is not None:
            return redirect("desk:telling", ref=self.concern.case.ref)
        return self.page()

    @property
    def of(self) -> Concern:
        """Return the concern."""
        return self.concern

    @property
    def may_tell(self) -> bool:
        """Return whether who asks may write to its reporter."""
        return access.can_answer(self.person, self.concern)

    @property
    def may_decide(self) -> bool:
        """Return whether who asks may read what somebody else wrote before it goes."""
        return self.may_tell

    @cached_property
    def tos(self) -> list[Concern | Party]:
        """Return its reporter."""
        return [self.concern]

    @cached_property
    def tellings(self) -> list[Telling]:
        """Return what they were told."""
        found = Telling.objects.filter(concern=self.concern)
        return list(found.select_related(*PEOPLE).order_by("-made_at"))

    def label_of(self, to: Concern | Party, texts: Mapping[Where, str]) -> str:  # noqa: ARG002 - there is one
        """Return how they are called."""
        return "The reporter"

    def address(self) -> str:
        """Return where the page is."""
        return reverse("desk:concern-telling", args=[self.concern.ref])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the page, and record that the concern was read."""
        concern = self.concern
        actions.read_concern(concern, by=self.person, opener=self.opener, now=self.now)
        texts = self.open([(concern.pk, "summary"), *self.told_places()])
        return self.show(
            "cases/desk/concern_telling.html",
            concern=concern,
            summary=texts.get((concern.pk, "summary")),
            form=next(iter(wrong.values()), None),
            here=self.address(),
            **self.shown(texts, wrong),
        )


# -- the acts --------------------------------------------------------------------------------


class Tell(Step, Tells):
    """Tell somebody, or ask another person to read it first."""

    name = "tell"

    def form(self, data: Any) -> forms.Form:
        """Return what they are told."""
        access.require_telling(self.person, self.of)
        return self.tell_form(data)

    def act(self, **entered: Any) -> str:
        """Tell them."""
        if self.to is None or self.script is None:
            raise Http404
        try:
            row = actions.tell(
                self.to,
                by=self.person,
                script=self.script,
                now=self.now,
                opener=self.opener,
                **entered,
            )
        except access.NamesOthersError as asked:
            self.named = tuple(asked.named)
            raise
        if row.task is not None and row.task.assignee is not None:
            return f"{row.task.assignee.name} reads it before it goes. Nothing was sent yet."
        if isinstance(self.to, Party):
            return "Recorded. It stands here as they were told it."
        return "Sent. The reporter sees it when they come back with the receipt."


class DecideTelling(Step, Tells):
    """Approve what somebody else wrote, send it back, or take it back."""

    name = "decide"

    def form(self, data: Any) -> forms.Form:
        """Return what becomes of it."""
        return DecideTellingForm(data)

    def act(self, **entered: Any) -> str:
        """Do it."""
        telling = self.telling_of(entered["telling"])
        by, now, opener = self.person, self.now, self.opener
        match entered["what"]:
            case "approve":
                row = actions.approve_telling(telling, by=by, now=now, opener=opener)
                if row.state == TellingState.TOLD:
                    return "Approved and sent. The reporter can read it with the receipt."
                return "Approved. Whoever tells them records it here."
            case "refuse":
                reason = entered["reason"]
                actions.refuse_telling(telling, by=by, reason=reason, now=now, opener=opener)
                return "Sent back. Nobody was told anything."
        actions.take_back_telling(telling, by=by, now=now)
        return "Taken back. Nobody was told anything."


class TellOfCase(Tell, TellingSection):
    """Tell somebody of a case."""


class DecideOnCase(DecideTelling, TellingSection):
    """Decide on what somebody is told of a case."""


class TellOfConcern(Tell, ConcernTelling):
    """Tell a reporter before there is a case."""


class DecideOnConcern(DecideTelling, ConcernTelling):
    """Decide on what a reporter is told before there is a case."""


class RecordTold(Step, TellingSection):
    """Record that somebody was told what was approved."""

    name = "told"

    def form(self, data: Any) -> forms.Form:
        """Return how, and when."""
        return RecordToldForm(data, auto_id="told_%s")

    def act(self, **entered: Any) -> str:
        """Record it."""
        how = actions.ToldHow(entered["means"], entered["told_on"])
        telling = self.telling_of(entered["telling"])
        actions.record_told(telling, by=self.person, told=how, now=self.now)
        return "Recorded. It stands here as they were told it."


class LeaveUntold(Step, TellingSection):
    """Say why somebody is not told what came of it."""

    name = "untold"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return UntoldForm(data, auto_id="untold_%s")

    def act(self, **entered: Any) -> str:
        """Record it."""
        entered.pop("to")
        if not isinstance(self.to, Party):
            raise Http404
        actions.leave_untold(self.to, by=self.person, opener=self.opener, now=self.now, **entered)
        return "Recorded. You can still tell them later."
