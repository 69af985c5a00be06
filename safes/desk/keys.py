"""The doors of keys: one's own vault, and the keys of colleagues that wait to be approved."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.generic import FormView, TemplateView

from common import clock
from common.errors import RuleError
from people.access import require
from people.middleware.sessions import digest
from people.models import Person
from people.rules import TRUSTED
from people.views.stepup import RecentActMixin, RecentMixin
from safes import access, actions
from safes.forms import CurrentForm, PassphraseForm, RecoverForm
from safes.middleware import open_vault, opener_of
from safes.models import Mode, UserKey
from safes.rules import APPROVALS_NEEDED, RecoveryCode


class KeyOwner(LoginRequiredMixin):
    """Somebody to whom things are sealed; staff without a part have no key."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Refuse whoever has no part."""
        if request.user.is_authenticated:
            require(request.user, *TRUSTED)
        return super().dispatch(request, *args, **kwargs)

    @property
    def person(self) -> Person:
        """Return who is signed in."""
        return cast("Person", self.request.user)

    @property
    def key(self) -> UserKey | None:
        """Return their newest key."""
        return UserKey.objects.newest().filter(person=self.person).first()

    @property
    def opens(self) -> Mode | None:
        """Return what opens the key now; nothing where there is none."""
        key = self.key
        return Mode(key.mode) if key else None


class Vault(KeyOwner, RecentActMixin, TemplateView):
    """What one's key is, what opens it, and who vouched for it."""

    template_name = "people/vault.html"

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        """Show the key."""
        key = self.key
        return super().get_context_data(
            key=key,
            opens=self.opens,
            is_attested=key is not None and access.is_attested(key),
            approvals=list(key.approvals.select_related("by")) if key else [],
            needed=APPROVALS_NEEDED,
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Let the server open the key, where the site allows that."""
        opener = opener_of(request)
        if opener is None:
            return redirect("unlock")
        try:
            actions.let_server_open(self.person, opener=opener, now=clock.now())
        except RuleError as refusal:
            messages.error(request, str(refusal))
        return redirect("vault")


class Secret(KeyOwner, RecentMixin):
    """A page on which a passphrase or a code is typed: it asks before it is shown."""

    carries = False
    way_back = "vault"


class Passphrase(Secret, FormView[PassphraseForm]):
    """Choose a vault passphrase, or change the one there is."""

    form_class = PassphraseForm
    template_name = "people/vault_passphrase.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask for what opens the key now."""
        return {**super().get_form_kwargs(), "opens": self.opens}

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        """Say whether this is the first, and whether one takes the password's place."""
        opens = self.opens
        return super().get_context_data(
            is_first=opens is None, has_one=opens == Mode.PASSPHRASE, **kwargs
        )

    def form_valid(self, form: PassphraseForm) -> HttpResponse:
        """Make the key, or put it under the new passphrase; either way the vault is open."""
        now, new = clock.now(), form.cleaned_data["new"]
        try:
            if self.key is None:
                opener = actions.make_key(
                    self.person,
                    passphrase=new,
                    by=self.person.actor,
                    now=now,
                    mode=Mode.PASSPHRASE,
                )
            else:
                current = form.cleaned_data.get("current", "")
                opener = actions.change_passphrase(self.person, current=current, new=new, now=now)
        except RuleError as refusal:
            return _again(self, form, refusal)
        messages.success(
            self.request, "Your vault passphrase is set. It opens your key from now on."
        )
        response = redirect("vault")
        open_vault(self.request, response, opener, of=self.person, now=now)
        return response


class Recovery(Secret, FormView[CurrentForm]):
    """Make a recovery code, which is shown once."""

    form_class = CurrentForm
    template_name = "people/vault_recovery.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask for what opens the key now."""
        return {**super().get_form_kwargs(), "opens": self.opens}

    def form_valid(self, form: CurrentForm) -> HttpResponse:
        """Show the code."""
        try:
            opener = actions.unlock(self.person, passphrase=form.cleaned_data.get("current", ""))
            code = actions.make_recovery(self.person, opener=opener, now=clock.now())
        except RuleError as refusal:
            return _again(self, form, refusal)
        return _code_page(self.request, code)


class Recover(Secret, FormView[RecoverForm]):
    """Open one's key with the recovery code when the passphrase is forgotten."""

    form_class = RecoverForm
    template_name = "people/vault_recover.html"

    def form_valid(self, form: RecoverForm) -> HttpResponse:
        """Open the vault and show the code for the next time."""
        now, given = clock.now(), form.cleaned_data
        try:
            recovered = actions.recover(
                self.person,
                code=given["code"],
                passphrase=given["new"],
                keep=digest(self.request.session.session_key),
                now=now,
            )
        except RuleError as refusal:
            return _again(self, form, refusal)
        response = _code_page(self.request, recovered.code)
        open_vault(self.request, response, recovered.opener, of=self.person, now=now)
        return response


class Replace(Secret, FormView[PassphraseForm]):
    """Replace a key that somebody else may have."""

    form_class = PassphraseForm
    template_name = "people/vault_replace.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask for what opens the key now."""
        return {**super().get_form_kwargs(), "opens": self.opens}

    def form_valid(self, form: PassphraseForm) -> HttpResponse:
        """Replace it; the vault is open with the new one."""
        now, given = clock.now(), form.cleaned_data
        try:
            opener = actions.replace_key(
                self.person,
                opener=actions.unlock(self.person, passphrase=given.get("current", "")),
                passphrase=given["new"],
                keep=digest(self.request.session.session_key),
                now=now,
            )
        except RuleError as refusal:
            return _again(self, form, refusal)
        messages.success(
            self.request,
            "You have a new key, and your other sessions ended. The old key opens nothing that is "
            "written from now on. Two colleagues have to approve the new one.",
        )
        response = redirect("vault")
        open_vault(self.request, response, opener, of=self.person, now=now)
        return response


def _again(view: FormView[Any], form: Form, refusal: RuleError) -> HttpResponse:
    """Show a form again with what an action said."""
    form.add_error("current" if "current" in form.fields else None, str(refusal))
    return view.form_invalid(form)


def _code_page(request: HttpRequest, code: RecoveryCode) -> HttpResponse:
    return render(request, "people/vault_code.html", {"code": str(code)})


class Approvers(LoginRequiredMixin):
    """Whoever could vouch for the key of a colleague."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Refuse whoever could not approve."""
        if request.user.is_authenticated:
            require(request.user, *access.APPROVERS)
        return super().dispatch(request, *args, **kwargs)


class Keys(Approvers, RecentActMixin, View):
    """The keys that wait to be approved, and those to which things are sealed."""

    def get(self, request: HttpRequest, *, refusal: str = "") -> HttpResponse:
        """Show them with their fingerprints."""
        person = cast("Person", request.user)
        newest = UserKey.objects.newest().select_related("person", "attestation")
        found = list(newest.filter(person__in=Person.objects.trusted()))
        attested = sorted(filter(access.is_attested, found), key=lambda key: key.person.name)
        waiting = access.pending_keys()
        # what somebody signed with a key that they replaced since counts no more
        mine = {key.pk for key in attested if key.person_id == person.pk}
        return render(
            request,
            "setup/keys.html",
            {
                "refusal": refusal,
                "waiting": waiting,
                "approved": {
                    key.pk
                    for key in waiting
                    for one in key.approvals.all()
                    if one.by_id == person.pk and one.by_key_id in mine
                },
                "attested": attested,
                "keyless": Person.objects.trusted().filter(keys=None),
                "needed": APPROVALS_NEEDED,
                "may_approve": person in {key.person for key in attested},
                "escrow": access.escrow_public() is not None,
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Approve one."""
        person, opener = cast("Person", request.user), opener_of(request)
        if opener is None:
            return redirect("unlock")
        asked = request.POST.get("key", "")
        key = get_object_or_404(UserKey, pk=int(asked) if asked.isdecimal() else 0)
        try:
            made = actions.approve(key.pk, by=person, opener=opener, now=clock.now())
        except RuleError as refusal:
            return self.get(request, refusal=str(refusal))
        messages.success(request, f"You approved the key of {made.owner.name}.")
        return redirect("setup:keys")
