"""Who works on a case, who can open it, who read it, who never can, and what changes that."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.desk.views import material, timeline
from cases.desk.views.case import CasePage
from cases.desk.views.concern import LOCKED, STEPPED_OFF
from cases.forms.desk import (
    AuditorForm,
    MemberForm,
    PlaceForm,
    RecuseForm,
    SearchForm,
    SubjectForm,
    TakeOverForm,
)
from cases.lifecycle import Area, CaseStatus, Deed
from cases.models import CaseUserObjectPermission, Member, Wall
from common import days
from common.errors import RuleError
from people.models import Person
from people.rules import Role
from safes.access import Where
from safes.desk.base import GuardedStep, Step


class Place(NamedTuple):
    """Somebody's place on a case as the page shows it."""

    member: Member
    # what they see, in words
    areas: list[str]
    # the last day of a guest, or None
    last_day: date | None

    @classmethod
    def of(cls, member: Member) -> "Place":
        """Return it as it stands."""
        last = days.last_day(member.until) if member.until else None
        return cls(member, [Area(one).label for one in member.areas], last)


class AccessSection(CasePage):
    """Who works on it, who can open it, who read it, and who never can."""

    section = "access"
    words = frozenset({"take-reason", "off-reason", "place-reason"})

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with what was typed, and look for a name: Enter in a field does no more."""
        return self.page()

    @cached_property
    def asked(self) -> str:
        """Return the name that is looked for."""
        search = SearchForm(self.request.POST or self.request.GET)
        return str(search.cleaned_data["q"]) if search.is_valid() else ""

    @cached_property
    def found(self) -> list[Person]:
        """Return who bears the name that is looked for, or a part of it."""
        return list(Person.objects.active().named(self.asked))

    @cached_property
    def readings(self) -> list[timeline.Reading]:
        """Return who read the case and its concerns, whoever they are by now."""
        subjects = [f"case:{self.case.pk}", *(concern.subject for concern in self.concerns)]
        return timeline.readings(subjects)

    @cached_property
    def behind(self) -> set[UUID]:
        """Return who of the office, and of those who read it, stands behind a wall now."""
        asked = {one.person.pk: one.person for one in self.readings if one.person is not None}
        asked |= {person.pk: person for person in Person.objects.trusted()}
        return access.walled(asked.values(), list(self.case.walls.all()))

    def _free(self, *roles: Role) -> list[Person]:
        return [one for one in Person.objects.holding(*roles) if one.pk not in self.behind]

    @cached_property
    def officers(self) -> list[Person]:
        """Return who could join the team; whoever is walled off is not there."""
        on_team = set(self.case.members.standing().values_list("person", flat=True))
        roles = [Role.OFFICER, Role.INDEPENDENT, *([Role.EXPERT] if self.is_lead else [])]
        free = self._free(*roles)
        return [person for person in free if person.pk not in on_team]

    @property
    def is_lead(self) -> bool:
        """Return whether who asks leads it, and so decides who is on it, and as what."""
        return self.case.lead_id == self.person.pk

    @cached_property
    def others(self) -> list[Member]:
        """Return whose place the lead may change."""
        return [one for one in self.team if one.person_id != self.case.lead_id]

    @cached_property
    def successors(self) -> list[Person]:
        """Return who could take over from who asks: officers, then the heads, who choose on."""
        free = [*self._free(Role.OFFICER, Role.INDEPENDENT), *self._free(Role.HEAD)]
        return [person for person in dict.fromkeys(free) if person != self.person]

    @cached_property
    def lead_is_here(self) -> bool:
        """Return whether whoever leads it works here and is not away."""
        return bool(access.here([self.case.lead], days.day_of(self.now)))

    @property
    def may_take(self) -> bool:
        """Return whether who asks could lead it instead of whoever does."""
        if self.case.status != CaseStatus.OPEN or self.case.lead_id == self.person.pk:
            return False
        team = Member.objects.current().investigating().filter(case=self.case, person=self.person)
        return self.person.holds(Role.HEAD) or (not self.lead_is_here and team.exists())

    @cached_property
    def sampling(self) -> list[Person]:
        """Return the auditors to whom the case was shown."""
        given = CaseUserObjectPermission.objects.filter(content_object=self.case)
        return [one.user for one in given.select_related("user").order_by("user__name")]

    @cached_property
    def auditors(self) -> list[Person]:
        """Return the auditors to whom it could be shown."""
        return [one for one in self._free(Role.AUDITOR) if one not in self.sampling]

    @cached_property
    def reasons(self) -> list[Where]:
        """Return where those who stepped off said why."""
        off = self.case.walls.filter(why=Wall.Why.RECUSED).order_by("since", "pk")
        return [(pk, "reason") for pk in off.values_list("pk", flat=True)]

    def places(self) -> list[Where]:
        """Return where the reasons of those who stepped off are."""
        return self.reasons

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return who is who, and the forms that change it."""
        walls = (
            self.case.walls.values_list("why")
            .annotate(n=Count("blind", distinct=True))
            .order_by("why")
        )
        return {
            "holders": material.holders_of(self.case.safe),
            "readings": self.readings,
            "read_before": timeline.before_a_wall(self.readings, self.behind),
            "walls": dict(walls),
            "reasons": [texts[where] for where in self.reasons if where in texts],
            "sampling": self.sampling,
            "lead_is_here": self.lead_is_here,
            "may_take": self.may_take,
            "take": self.part("take", wrong.get("take") or self._take(None)),
            "search": self.part("search", SearchForm({"q": self.asked}, auto_id="search_%s")),
            "asked": self.asked,
            "found": self.found,
            "subject": self.part("subject", wrong.get("subject") or self._subject(None)),
            "member": self.part("member", wrong.get("member") or self._member(None)),
            "auditor": self.part("auditor", wrong.get("auditor") or self._auditor(None)),
            "recuse": self.part("recuse", wrong.get("recuse") or self._recuse(None)),
            "is_lead": self.is_lead,
            "places": [Place.of(one) for one in self.team],
            "place": self.part("place", wrong.get("place") or self._place(None)),
            "names_subject": self.may_act and self.works_in(Area.CONCERNS),
            "brings_in": self.may_act and (self.is_lead or Deed.LET_IN in self.deeds),
            "may_step_off": self.is_member and self.case.status == CaseStatus.OPEN,
        }

    def _take(self, data: Any) -> TakeOverForm:
        return TakeOverForm(data, auto_id="take_%s", prefix="take")

    def _subject(self, data: Any) -> SubjectForm:
        return SubjectForm(data, among=self.found, auto_id="subject_%s", initial={"q": self.asked})

    def _member(self, data: Any) -> MemberForm:
        return MemberForm(data, among=self.officers, auto_id="member_%s", prefix="member")

    def _place(self, data: Any) -> PlaceForm:
        return PlaceForm(data, among=self.others, auto_id="place_%s", prefix="place")

    def _auditor(self, data: Any) -> AuditorForm:
        return AuditorForm(data, among=self.auditors, auto_id="auditor_%s", prefix="auditor")

    def _recuse(self, data: Any) -> RecuseForm:
        return RecuseForm(data, among=self.successors, auto_id="recuse_%s", prefix="off")


class NameSubject(Step, AccessSection):
    """Say whom the case is about: a wall goes up."""

    name = "subject"

    def form(self, data: Any) -> forms.Form:
        """Return who it is."""
        return self._subject(data)

    def act(self, **entered: Any) -> str:
        """Name them."""
        person = entered["person"]
        actions.name_party(self.case, by=self.person, person=person, now=self.now)
        return f"A wall stands around {person.name} and everyone who reports to them."


class AddMember(Step, AccessSection):
    """Let somebody in, in a function and, as a guest, until a day."""

    name = "member"

    def form(self, data: Any) -> forms.Form:
        """Return who joins."""
        return self._member(data)

    def act(self, **entered: Any) -> str:
        """Pass the keys on."""
        if self.opener is None:
            raise RuleError(LOCKED)
        person = entered["person"]
        actions.add_member(self.case, by=self.person, opener=self.opener, now=self.now, **entered)
        return f"{person.name} is on the team now."


class ChangePlace(Step, AccessSection):
    """Change somebody's function, let a guest stay longer, or end a place."""

    name = "place"

    def form(self, data: Any) -> forms.Form:
        """Return whose place, and what of it."""
        return self._place(data)

    def act(self, **entered: Any) -> str:
        """Change it."""
        member, do = entered["member"], entered["do"]
        name = member.person.name
        if do == PlaceForm.END:
            actions.end_place(member, by=self.person, now=self.now)
            return f"{name} is off the case, with every key to it."
        if self.opener is None:
            raise RuleError(LOCKED)
        if do == PlaceForm.LONGER:
            actions.extend_guest(
                member,
                by=self.person,
                until=entered["until"],
                reason=entered["reason"],
                now=self.now,
                opener=self.opener,
            )
            return f"{name} stays until {days.last_day(entered['until']):%d %B %Y}."
        actions.change_function(
            member,
            by=self.person,
            opener=self.opener,
            function=entered["function"],
            areas=entered["areas"],
            now=self.now,
        )
        return f"{name} is on the case as {entered['function'].label.lower()} now."


class LetAuditorSee(Step, AccessSection):
    """Let an auditor see that the case is there."""

    name = "auditor"

    def form(self, data: Any) -> forms.Form:
        """Return which auditor."""
        return self._auditor(data)

    def act(self, **entered: Any) -> str:
        """Give them the case's metadata."""
        person = entered["person"]
        actions.grant_view(self.case, by=self.person, person=person, now=self.now)
        return f"{person.name} can see that this case is there, and when what was done."


class TakeOver(GuardedStep, AccessSection):
    """Lead the case instead of somebody who is not here; the head, of anybody."""

    name = "take"

    def form(self, data: Any) -> forms.Form:
        """Return why."""
        return self._take(data)

    def act(self, **entered: Any) -> str:
        """Take it over."""
        actions.take_over(self.case, by=self.person, opener=self.opener, now=self.now, **entered)
        return "You lead it now. Whoever led it before stays on the team, and was told."


class Recuse(Step, AccessSection):
    """Step off the case, and hand it over."""

    name = "recuse"

    def form(self, data: Any) -> forms.Form:
        """Return why, and who takes over."""
        return self._recuse(data)

    def act(self, **entered: Any) -> str:
        """Step off."""
        actions.recuse_from_case(
            self.case, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return STEPPED_OFF

    def onward(self) -> str:
        """Lead to the queue: the case is not there any more."""
        return reverse("desk:queue")
