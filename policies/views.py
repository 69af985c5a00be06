"""The policies in force, on any day, for everyone who works here."""

from datetime import date
from typing import Any, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from common import clock, days
from escalation.models import Clock
from people.models import Cover, Person
from policies import access
from policies.forms.reading import SearchForm
from policies.models import CLOCKS_OF, REVIEW, Acknowledgement, PolicyVersion
from policies.rules import blocks


class OnADay(LoginRequiredMixin, TemplateView):
    """Something as it is on the day in the address, or today."""

    @cached_property
    def now(self) -> Any:
        """Return the moment at which this request plays."""
        return clock.now()

    @property
    def person(self) -> Person:
        """Return who asks."""
        return cast("Person", self.request.user)

    @cached_property
    def search(self) -> SearchForm:
        """Return what is looked for; a wrong date is said, and today is shown."""
        form = SearchForm(self.request.GET)
        form.is_valid()
        return form

    @property
    def day(self) -> date:
        """Return the day that is asked for."""
        asked: date | None = self.search.cleaned_data.get("on")
        return asked or days.day_of(self.now)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what both pages show."""
        asked = self.search.cleaned_data.get("on")
        today = days.day_of(self.now)
        return super().get_context_data(
            form=self.search, now=self.now, day=self.day, is_today=asked in {None, today}, **kwargs
        )


class Policies(OnADay):
    """What is in force, found by words."""

    template_name = "policies/policies.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the versions in force whose title or summary has every word."""
        found = PolicyVersion.objects.in_force(self.day).select_related("policy")
        words = self.search.cleaned_data.get("q", "")
        for word in words.split():
            found = found.filter(Q(title__icontains=word) | Q(summary__icontains=word))
        owed = Acknowledgement.objects.owed().filter(person=self.person).count()
        cover = Cover.of(self.person, days.day_of(self.now))
        return super().get_context_data(
            versions=found.order_by("title"), words=words, owed=owed, cover=cover, **kwargs
        )


class OnePolicy(OnADay):
    """The text of one policy."""

    template_name = "policies/policy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the version in force, and when the others began."""
        versions = list(
            PolicyVersion.objects.filter(policy__code=kwargs["code"])
            .select_related("policy")
            .order_by("-in_force_from", "-n")
        )
        begun = [version for version in versions if version.in_force_from <= self.day]
        if not versions:
            raise Http404
        version = begun[0] if begun else None
        policy = versions[0].policy
        clocks = Clock.objects.about(CLOCKS_OF, [policy.key]).ticking()
        own = Acknowledgement.objects.kept().filter(person=self.person, version=version)
        return super().get_context_data(
            version=version,
            versions=versions,
            blocks=blocks(version.text) if version else [],
            promises=version.promises.order_by("pk") if version else [],
            review=clocks.filter(kind=REVIEW).first(),
            asked=own.first(),
            may_ask=access.may_ask(self.person, policy),
            **kwargs,
        )
