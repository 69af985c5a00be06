"""Bundles of a case: what one will hold, making it, and downloading it."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.actions.bundles import DIGEST, PAPER_DIGEST, RECIPIENT
from cases.desk.views import material
from cases.desk.views.case import CasePage
from cases.desk.views.sending import Sent
from cases.forms.desk import BundleForm
from cases.lifecycle import Deed
from cases.lifecycle.bundles import Copy
from cases.models import Bundle, Case
from cases.reports import Asked
from common.errors import RuleError
from files.access import Opened
from people.models import Person
from safes.access import Where
from safes.desk.base import GuardedStep

# the documents of so many bytes are copied in a second, on a machine of 2 cores
A_SECOND = 20 * 2**20


class Kept(NamedTuple):
    """A bundle as the page lists it, with what opens of its words."""

    bundle: Bundle
    recipient: str | None
    digest: str | None
    paper_digest: str | None
    # whether it lies there still, and whoever looks may read all that it tells
    is_there: bool


class BundleSection(CasePage):
    """The bundles that were made of the case, and the form that makes another one."""

    section = "bundle"
    template = "cases/desk/bundle.html"

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show what a bundle of this kind will hold, before it is made."""
        return self.page(asking=self.chosen(request.POST))

    def chosen(self, data: Any) -> BundleForm:
        """Return what was chosen, of whoever may."""
        access.require_deed(self.person, self.case, Deed.BUNDLE)
        return BundleForm(data)

    @cached_property
    def bundles(self) -> list[Bundle]:
        """Return every bundle that was made, the latest first."""
        return list(self.case.bundles.select_related("made_by").order_by("-n"))

    def places(self) -> list[Where]:
        """Return where their words are."""
        names = (RECIPIENT, DIGEST, PAPER_DIGEST)
        return [(one.pk, name) for one in self.bundles for name in names]

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return the bundles, and the form with what it would come to."""
        asking = wrong.get("asking")
        expected = None
        if isinstance(asking, BundleForm) and asking.is_valid():
            expected = actions.expected(
                self.case, by=self.person, asked=Asked(**asking.cleaned_data)
            )
        first = {"has_reporters": True, "has_files": True}
        return {
            "bundles": [self._kept(one, texts) for one in self.bundles],
            "asking": asking or BundleForm(initial=first),
            "expected": expected,
            "seconds": 2 + expected.size // A_SECOND if expected else 0,
            "readers": self._readers() if expected else [],
        }

    def _kept(self, bundle: Bundle, texts: dict[Where, str]) -> Kept:
        is_there = bundle.gone_at is None and bundle.until > self.now
        return Kept(
            bundle,
            texts.get((bundle.pk, RECIPIENT)),
            texts.get((bundle.pk, DIGEST)),
            texts.get((bundle.pk, PAPER_DIGEST)),
            is_there=is_there and set(bundle.areas) <= self._areas,
        )

    @cached_property
    def _areas(self) -> set[str]:
        return {*access.areas_of(self.person, self.case)}

    def _readers(self) -> list[Person]:
        """Return who can read a bundle of what this person reads."""
        safe = access.safe_of_bundle(self.case, self._areas)
        held = material.holders_of(safe).active
        team = {member.person_id for member in self.team}
        return [one for one in held if one.pk in team]


class MakeBundle(GuardedStep, BundleSection):
    """Make a bundle, once its maker saw what it will hold."""

    name = "asking"

    def form(self, data: Any) -> forms.Form:
        """Return what was chosen."""
        return self.chosen(data)

    def act(self, **entered: Any) -> str:
        """Make it."""
        bundle = actions.make_bundle(
            self.case, by=self.person, opener=self.opener, asked=Asked(**entered), now=self.now
        )
        days = (bundle.until - bundle.made_at).days
        return f"Made. It is kept for {days} days, sealed; then it is deleted."


class BundleCopy(Sent):
    """A bundle, as its archive or its print."""

    @cached_property
    def bundle(self) -> Bundle:
        """Return the bundle; hidden and absent give the same answer."""
        case: Case = access.get_case(self.person, str(self.kwargs["ref"]))
        found = case.bundles.filter(n=self.kwargs["n"]).first()
        if found is None or self.kwargs["form"] not in Copy.values:
            raise Http404
        found.case = case
        return found

    def back(self) -> str:
        """Return where the bundles are listed."""
        return reverse("desk:bundle", args=[self.bundle.case.ref])

    def refused(self, request: HttpRequest, refusal: RuleError) -> HttpResponseBase:
        """Show the bundles and why."""
        messages.error(request, str(refusal))
        return BundleSection.as_view()(request, ref=self.kwargs["ref"])

    def opened(self) -> Opened:
        """Return it, its reading recorded."""
        return actions.read_bundle(
            self.bundle,
            form=Copy(self.kwargs["form"]),
            by=self.person,
            opener=self.key,
            now=self.now,
        )

    def filename(self) -> str:
        """Return the case's reference, the bundle's number and its form."""
        return f"{self.bundle.case.ref}-bundle-{self.bundle.n}.{self.kwargs['form']}"
