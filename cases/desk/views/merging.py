"""Merge a case into another one, and take something out of one: what it will do stands first."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.actions.allegations import TEXT
from cases.desk.views.concern import LOCKED
from cases.desk.views.joining import OFFERED
from cases.desk.views.related import RelatedPage
from cases.forms.desk.merging import IntoForm, MergeForm, SplitForm, TakeOutForm
from cases.lifecycle import CaseStatus
from cases.models import Allegation, Case, Concern
from common.errors import RuleError
from people.models import Person
from people.rules import Role
from safes.desk.base import Step


class OfCase(RelatedPage):
    """A page about what becomes of a case with others."""

    words = frozenset({"reason", "summary"})

    @cached_property
    def case(self) -> Case:
        """Return the case; a concern is none."""
        if not isinstance(self.thing, Case):
            raise Http404
        return self.thing

    def texts_of(self, *rows: Any, field: str = "summary") -> dict[Any, str]:
        """Return what opens of these rows, by their ids."""
        texts = self.open((row.pk, field) for row in rows)
        return {row: text for (row, _), text in texts.items()}


class Merge(Step, OfCase):
    """Merge a case into another one. First which one, then what it will do, then why."""

    name = "merge"

    def get(self, request: Any, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show which cases there are, or what merging into one of them will do."""
        if self.case.part_of_id is not None:
            return redirect("desk:case", self.case.ref)
        return self.page()

    @cached_property
    def others(self) -> list[tuple[Case, str]]:
        """Return the other open cases of who asks, the most urgent first, with their summaries."""
        mine = Case.objects.visible_to(self.person).open().worked_by(self.person)
        found = list(mine.exclude(pk=self.case.pk).by_need()[:OFFERED])
        texts = self.texts_of(*found)
        return [(one, f"{one.ref} {texts.get(one.pk, '')}".strip()) for one in found]

    @cached_property
    def into(self) -> Case | None:
        """Return the case that goes on, where one was chosen."""
        wanted = self.request.POST.get("into") or self.request.GET.get("into", "")
        return next((one for one, _ in self.others if one.ref == wanted), None)

    @cached_property
    def is_theirs(self) -> bool:
        """Return whether who asks may merge the two."""
        return self.into is not None and access.may_merge(self.person, self.case, self.into)

    @cached_property
    def foreseen(self) -> access.Foreseen | None:
        """Return what merging will do, for whoever may: it tells before how many a wall stands."""
        if self.into is None or not self.is_theirs:
            return None
        return access.foreseen(self.case, self.into)

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the choice, or what it will do and the form."""
        into, told = self.into, self.foreseen
        against = access.against_merging(self.case, into) if into is not None else []
        return self.show(
            "cases/desk/merge.html",
            thing=self.case,
            is_open=self.case.status == CaseStatus.OPEN,
            may_act=self.may_act,
            into=into,
            told=told,
            against=against,
            is_theirs=self.is_theirs,
            choice=IntoForm(among=self.others, auto_id="into_%s"),
            has_others=bool(self.others),
            merge=wrong.get("merge") or self.form(None),
            form=next(iter(wrong.values()), None),
        )

    def form(self, data: Any) -> forms.Form:
        """Return who comes along, and why."""
        told = self.foreseen
        come = told.come if told is not None else []
        reads_more = told is not None and bool(told.come or told.read_on)
        return MergeForm(data, come=come, reads_more=reads_more, auto_id="merge_%s")

    def act(self, **entered: Any) -> str:
        """Merge them."""
        if self.into is None:
            msg = "Choose the case that goes on. Nothing was changed."
            raise RuleError(msg)
        if self.opener is None:
            raise RuleError(LOCKED)
        actions.merge(
            self.case,
            into=self.into,
            by=self.person,
            opener=self.opener,
            bring=entered.get("bring", []),
            reason=entered["reason"],
            now=self.now,
        )
        return f"Merged. What was {self.case.ref} goes on here; its reference leads here."

    def address(self) -> str:
        """Return where the page is."""
        return reverse("desk:merge", args=[self.case.ref])

    def onward(self) -> str:
        """Lead to the case that goes on."""
        return reverse("desk:case", args=[self.into.ref if self.into else self.case.ref])


class Split(Step, OfCase):
    """Take a concern, or some of what is alleged, out of a case into one of its own."""

    name = "split"
    fresh: Case

    def get(self, request: Any, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show what can be taken out."""
        return self.page()

    @cached_property
    def leads(self) -> list[Person]:
        """Return who could lead the new case."""
        officers = Person.objects.holding(Role.OFFICER, Role.INDEPENDENT)
        walls = [*self.case.walls.all(), *self._walls_of_concerns()]
        return access.without_walled(officers, walls)

    def _walls_of_concerns(self) -> list[Any]:
        found = Concern.objects.filter(case=self.case).prefetch_related("walls")
        return [wall for one in found for wall in one.walls.all()]

    @cached_property
    def concerns(self) -> list[tuple[Concern, str]]:
        """Return the concerns with their summaries; of a single one there is nothing to take."""
        found = self.subject.concerns
        texts = self.texts_of(*found) if len(found) > 1 else {}
        return [(one, f"{one.ref} {texts.get(one.pk, '')}".strip()) for one in found]

    @cached_property
    def allegations(self) -> list[tuple[Allegation, str]]:
        """Return what is alleged and of which nothing is found yet."""
        found = list(self.case.allegations.standing().filter(findings=None).order_by("n"))
        texts = self.texts_of(*found, field=TEXT)
        sealed = "Its words are sealed"
        return [(one, f"{one.n}: {texts.get(one.pk, sealed)}") for one in found]

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show both ways."""
        # both ways are one step, and the form tells by which it was pressed
        wrong_form = wrong.get(self.name)
        return self.show(
            "cases/desk/split.html",
            thing=self.case,
            may_act=self.may_act and self.case.status == CaseStatus.OPEN,
            concerns=self.concerns if len(self.concerns) > 1 else [],
            has_allegations=self.case.allegations.standing().count() > 1 and bool(self.allegations),
            take=wrong_form if isinstance(wrong_form, TakeOutForm) else self._take_out(None),
            split=wrong_form if isinstance(wrong_form, SplitForm) else self._split(None),
            form=wrong_form,
        )

    def form(self, data: Any) -> forms.Form:
        """Return what is taken out, by the button that was pressed."""
        return self._split(data) if "allegations-way" in data else self._take_out(data)

    def _take_out(self, data: Any) -> TakeOutForm:
        known = {"lead": str(self.case.lead_id)}
        return TakeOutForm(
            data, of=self.concerns, among=self.leads, auto_id="take_%s", initial=known
        )

    def _split(self, data: Any) -> SplitForm:
        known = {"lead": str(self.case.lead_id)}
        return SplitForm(
            data, of=self.allegations, among=self.leads, auto_id="split_%s", initial=known
        )

    def act(self, **entered: Any) -> str:
        """Open the new case."""
        if self.opener is None:
            raise RuleError(LOCKED)
        if "concern" in entered:
            concern = entered.pop("concern")
            concern.case = self.case
            self.fresh = actions.take_out(
                concern, by=self.person, opener=self.opener, now=self.now, **entered
            )
        else:
            self.fresh = actions.split(
                self.case, by=self.person, opener=self.opener, now=self.now, **entered
            )
        return f"Split. This is case {self.fresh.ref} now; {self.fresh.lead.name} leads it."

    def address(self) -> str:
        """Return where the page is."""
        return reverse("desk:split", args=[self.case.ref])

    def onward(self) -> str:
        """Lead to the new case."""
        return reverse("desk:case", args=[self.fresh.ref])
