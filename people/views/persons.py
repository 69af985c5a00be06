"""People and roles, for those who look after accounts: invite, change roles by two, part with."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views import View
from django.views.generic import FormView, TemplateView

from common import clock
from common.errors import RuleError
from people import access, actions
from people.forms import InviteForm, RolesForm
from people.models import AccountChange, Person
from people.rules import ETHICS, Role
from people.views.account import Own
from people.views.stepup import RecentMixin

SHOWN = 50
Kind = AccountChange.Kind
# what is said when it was approved
DONE = {
    Kind.ROLES: "The roles were changed.",
    Kind.LEAVING: "They have left. Nothing opens for them any more.",
    Kind.FACTORS: "Their second factors were removed, and their sessions ended.",
    Kind.LOCK: "The lock was lifted. They can sign in again.",
    Kind.LINE: "The line was changed. They were told, and walls follow.",
}
OVERSEERS = (Role.ADMINISTRATOR, Role.HEAD)


class Keeping(RecentMixin, Own):
    """A page or an act of administrators; it asks again who they are."""

    way_back = "setup:people"
    keepers: tuple[Role, ...] = (Role.ADMINISTRATOR,)

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Refuse whoever does not look after accounts."""
        if request.user.is_authenticated:
            access.require(request.user, *self.keepers)
        return super().dispatch(request, *args, **kwargs)


class Viewing(LoginRequiredMixin):
    """A page that administrators and the head of the office read."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Refuse everybody else."""
        if request.user.is_authenticated:
            access.require(request.user, *OVERSEERS)
        return super().dispatch(request, *args, **kwargs)


class People(Viewing, TemplateView):
    """Whoever has a role, what waits for a second person, and a search among everybody."""

    template_name = "setup/people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the list."""
        words = self.request.GET.get("q", "").strip()
        everybody = Person.objects.select_related("unit").order_by("name", "pk")
        people = (
            everybody.filter(Q(name__icontains=words) | Q(username__icontains=words))
            if words
            else everybody.active().exclude(roles=[])
        )
        return super().get_context_data(
            people=people[:SHOWN],
            words=words,
            waiting=AccountChange.objects.waiting(),
            can_invite=cast("Person", self.request.user).holds(Role.ADMINISTRATOR),
            now=clock.now(),
            **kwargs,
        )


class Invite(Keeping, FormView[InviteForm]):
    """Invite somebody."""

    form_class = InviteForm
    template_name = "setup/invite.html"

    def form_valid(self, form: InviteForm) -> HttpResponse:
        """Send the link, or say why not."""
        facts = form.cleaned_data
        roles = [Role(role) for role in facts.pop("roles")]
        try:
            sent = actions.invite(**facts, roles=roles, by=self.person, now=clock.now())
        except RuleError as refusal:
            form.add_error("username", str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, f"{sent.person.name} was invited. The link went by e-mail.")
        return redirect("setup:person", person=sent.person_id)


class OnePerson(Keeping, FormView[RolesForm]):
    """One person: their roles, their invitation, what locks them out, and parting with them."""

    keepers = OVERSEERS
    form_class = RolesForm
    template_name = "setup/person.html"

    def _subject(self) -> Person:
        return get_object_or_404(
            Person.objects.select_related("unit", "manager"), pk=self.kwargs["person"]
        )

    def get_initial(self) -> dict[str, Any]:
        """Tick the roles that they have."""
        return {"roles": self._subject().roles}

    def form_valid(self, form: RolesForm) -> HttpResponse:
        """Change roles, or ask a second person to."""
        roles = [Role(role) for role in form.cleaned_data["roles"]]
        try:
            change = actions.ask_for_roles(
                self._subject(), roles=roles, by=self.person, now=clock.now()
            )
        except RuleError as refusal:
            form.add_error("roles", str(refusal))
            return self.form_invalid(form)
        done = "The roles were changed, and their sessions ended."
        waits = "Another administrator or the head of the office has to approve this first."
        messages.success(self.request, waits if change else done)
        return redirect("setup:person", person=self.kwargs["person"])

    def _offers(self, subject: Person, asked: set[str]) -> set[str]:
        """Return what this person may do to the account, beside its roles."""
        may_change = self.person.holds(Role.ADMINISTRATOR)
        is_other = subject != self.person
        offered = {
            "line": is_other and may_change,
            "invitation": may_change and not subject.has_usable_password(),
            Kind.LOCK: is_other and not subject.is_locked,
            Kind.FACTORS: is_other
            and (subject.is_late(clock.now()) or bool(access.factors_of(subject))),
            Kind.LEAVING: is_other and may_change,
        }
        return {str(one) for one, is_offered in offered.items() if is_offered} - asked

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the person."""
        subject = self._subject()
        waiting = list(subject.account_changes.waiting())
        return super().get_context_data(
            subject=subject,
            may_change=self.person.holds(Role.ADMINISTRATOR),
            takes_two=subject.holds(*ETHICS),
            offers=self._offers(subject, {one.kind for one in waiting}),
            is_late=subject.is_late(clock.now()),
            invitation=subject.invitations.order_by("-expires_at").first(),
            waiting=waiting,
            now=clock.now(),
            **kwargs,
        )


class InviteAgain(Keeping, View):
    """Send a new link."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, person: UUID) -> HttpResponse:
        """Send it, or say why not."""
        subject = get_object_or_404(Person, pk=person)
        try:
            actions.invite_again(subject, by=self.person, now=clock.now())
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "A new link was sent. Older ones open nothing any more.")
        return redirect("setup:person", person=person)


class Lock(Keeping, View):
    """Lock somebody's account at once."""

    http_method_names = ["post"]
    keepers = OVERSEERS

    def post(self, request: HttpRequest, person: UUID) -> HttpResponse:
        """Lock it, or say why not."""
        subject = get_object_or_404(Person, pk=person)
        try:
            actions.lock(subject, by=self.person, now=clock.now())
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{subject.name} is locked out, and their sessions ended.")
        return redirect("setup:person", person=person)


class Reset(Keeping, View):
    """Ask that somebody's second factors are removed."""

    http_method_names = ["post"]
    keepers = OVERSEERS

    def post(self, request: HttpRequest, person: UUID) -> HttpResponse:
        """Ask, or say why not."""
        subject = get_object_or_404(Person, pk=person)
        try:
            actions.ask_for_reset(subject, by=self.person, now=clock.now())
        except RuleError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, "Asked. Another administrator or the head of the office has to confirm."
            )
        return redirect("setup:person", person=person)
