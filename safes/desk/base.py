"""What the pages of the desk share: who is let in, one moment, one opener, refusals on forms."""

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.views import View

from common import clock
from common.errors import RuleError
from common.typed import words_of
from people import access
from people.models import Person
from people.rules import OFFICE, Role
from people.views.stepup import RecentActMixin
from safes.access import Where, open_texts
from safes.middleware import opener_of
from safes.rules import Opener

Form = TypeVar("Form", bound=forms.Form)
# the one form of a page with several acts: whatever is pressed, all that was typed goes along
WORK = "work"


class AtDesk(LoginRequiredMixin, View):
    """Lets in who works here; the answer is kept nowhere."""

    roles: ClassVar[Iterable[Role]] = OFFICE

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Refuse whoever has no part in this, before any method runs."""
        if request.user.is_authenticated:
            has_part = self.person.holds(*self.roles)
            if not has_part and not self.lets_in():
                access.require(self.person, *sorted(self.roles))
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    def lets_in(self) -> bool:
        """Return whether somebody of none of these parts is let in; a page that does says when."""
        return False

    def handle_no_permission(self) -> Any:
        """Lead to the sign-in; what was typed after a sign-out elsewhere is shown back."""
        typed = words_of(self.request)
        if typed:
            return render(self.request, "people/signed_out.html", {"typed": typed}, status=401)
        return super().handle_no_permission()

    @property
    def person(self) -> Person:
        """Return who asks."""
        return cast("Person", self.request.user)

    @cached_property
    def now(self) -> Any:
        """Return the moment at which this request plays."""
        return clock.now()

    @cached_property
    def opener(self) -> Opener | None:
        """Return the key of who asks, or None while it is locked."""
        return opener_of(self.request)

    def open(self, places: Iterable[Where]) -> dict[Where, str]:
        """Open what stands in these places, all at once; what cannot be opened is left out."""
        return open_texts(self.opener, places)

    def show(self, template: str, **context: Any) -> HttpResponse:
        """Show a page."""
        shared = {"now": self.now, "person": self.person, "locked": self.opener is None}
        return render(self.request, template, {**shared, **context})


class Page(AtDesk):
    """A page with acts, each at an address of its own; what was typed beside them goes along."""

    # the names of the fields in which somebody writes, and which one press sends together
    words: ClassVar[frozenset[str]] = frozenset()
    # the name of the form that was pressed
    name: ClassVar[str] = ""
    # whether an act was done at this address, and the page is its answer
    is_done = False

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page."""
        return self.page()

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the page; a form that was refused stands there as it was sent."""
        raise NotImplementedError

    def address(self) -> str:
        """Return where the page is."""
        raise NotImplementedError

    def show(self, template: str, **context: Any) -> HttpResponse:
        """Show it; what was sent and given back is unsent, and what was done is not done again."""
        told = {
            "stands_at": self.address() if self.is_done else "",
            "is_unsent": self.request.method == "POST",
        }
        return super().show(template, **told, **context)

    def part(self, name: str, form: Form) -> Form:
        """Return a form as a part of the page's one form, which is sent whatever is pressed."""
        for field in form.fields.values():
            field.widget.attrs["form"] = WORK
        return self.begun(name, form)

    def begun(self, name: str, form: Form) -> Form:
        """Give back what was entered in a form when something else was pressed."""
        if not form.is_bound and name != self.name:
            sent = self.request.POST
            names = {one: form.add_prefix(one) for one in form.fields}
            form.initial.update({one: sent[at] for one, at in names.items() if at in sent})
        return form


class Step(Page):
    """One act from a page: its form, its action, and what is said when it is done."""

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Lead back to the page: there is nothing to see at the address of an act."""
        return redirect(self.address())

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Act, or show the page again with what was sent and what is wrong with it."""
        form = self.form(request.POST)
        if form.is_valid():
            try:
                said = self.act(**form.cleaned_data)
            except RuleError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, said)
                return self.done(form)
        return self.page(**{self.name: form})

    def done(self, form: forms.Form) -> HttpResponse:
        """Lead on; where words were begun beside the act, show the page anew with them.

        A redirect would lose them, and they are kept nowhere: they are sealed once they are sent.
        """
        own = {form.add_prefix(name) for name in form.fields}
        begun = any(self.request.POST.get(name, "").strip() for name in self.words - own)
        if not begun or self.onward() != self.address():
            return redirect(self.onward())
        # what this view has read is of before the act
        anew = type(self)()
        anew.setup(self.request, *self.args, **self.kwargs)
        anew.is_done = True
        return anew.page()

    def form(self, data: Any) -> forms.Form:
        """Return the form, filled with what was sent."""
        raise NotImplementedError

    def act(self, **entered: Any) -> str:
        """Call the action; return what is said afterwards."""
        raise NotImplementedError

    def onward(self) -> str:
        """Return where to go afterwards."""
        return self.address()


class GuardedStep(Step, RecentActMixin):
    """An act that asks again who somebody is, once it is clear that they have a part in it."""

    def leave_undone(self, request: HttpRequest) -> HttpResponse:
        """Show the page with what was typed, which nothing was done with."""
        messages.info(request, "You went back. Nothing was done, and what you entered is kept.")
        return self.page(**{self.name: self.form(request.POST)})
