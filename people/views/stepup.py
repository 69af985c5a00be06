"""Ask again who somebody is before a sensitive act: for any view of somebody signed in."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode

from common import clock
from common.errors import RuleError
from common.typed import words_of
from people import access
from people.models import Person
from people.views import entry

# under which names the page that asks sends its own fields, beside those of the act
PREFIX = "again"
CANCEL = f"{PREFIX}-cancel"
OWN = frozenset({f"{PREFIX}-code", f"{PREFIX}-credential", f"{PREFIX}-password", CANCEL})
READS = frozenset({"GET", "HEAD", "OPTIONS"})


class RecentMixin(LoginRequiredMixin):
    """Lets in whoever showed within the last minutes who they are; others do so first (ASVS 7.5.3).

    A form that was sent waits on the page that asks, in the browser and nowhere else, and is sent
    on to its act by the browser (RFC 9110, 15.4.8) once its sender was recognised: nothing typed
    is lost, and an act needs one press. Stands right of a class that looks at roles, so that
    whoever may not is refused and not asked.
    """

    # whether the page itself asks before it is shown, or the act alone
    asks_to_read: ClassVar[bool] = True
    # whether what was typed waits; passphrases do not, they are typed again
    carries: ClassVar[bool] = True
    # the name of the page to which somebody goes back where this one asks before it is shown
    way_back: ClassVar[str] = "home"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Let pass, or ask again."""
        person = request.user
        # whoever went back meant it, even if they showed in another tab who they are since
        if isinstance(person, Person) and CANCEL in request.POST:
            return self.leave_undone(request)
        if isinstance(person, Person) and self._must_ask(request, person):
            if self.carries and request.method not in READS:
                # where there is nothing to read, somebody goes on at their own door
                onward = request.get_full_path() if hasattr(self, "get") else ""
                return ask_here(request, person, onward=onward)
            asked = urlencode({"next": request.get_full_path(), "back": self._back(request)})
            return redirect(f"{resolve_url('sign-in-again')}?{asked}")
        return super().dispatch(request, *args, **kwargs)

    def leave_undone(self, request: HttpRequest) -> HttpResponse:
        """Lead back from the page that asks, without the act."""
        messages.info(request, "You went back. Nothing was done.")
        return redirect(self._back(request))

    def _back(self, request: HttpRequest) -> str:
        """Return the page of an act, where it is read without being asked, or the one before."""
        if hasattr(self, "get") and not self.asks_to_read:
            return request.get_full_path()
        return resolve_url(self.way_back)

    def _must_ask(self, request: HttpRequest, person: Person) -> bool:
        if request.method in READS and not self.asks_to_read:
            return False
        within: timedelta = settings.RECENT
        if request.method not in READS and not self.carries:
            # whoever was asked before the page was shown has time to fill it
            within *= 2
        return not access.is_recent(request, person, now=clock.now(), within=within)


class RecentActMixin(RecentMixin):
    """Asks before an act alone: its page may be read without."""

    asks_to_read = False


def ask_here(request: HttpRequest, person: Person, *, onward: str) -> HttpResponse:
    """Ask at the address of the act, or send the form on to it once its sender was recognised.

    Whoever has to go to the provider goes `onward` to a page; their words are shown, to be copied.
    """
    form_class = entry.again_form(person)
    if OWN.isdisjoint(request.POST):
        form = form_class(prefix=PREFIX)
    else:
        form = form_class(request.POST, prefix=PREFIX)
        if form.is_valid():
            try:
                entry.show_again(request, person, form)
            except RuleError as refusal:
                form.add_error(entry.shown_field(form), str(refusal))
            else:
                return redirect(request.get_full_path(), preserve_request=True)
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in OWN and name != "csrfmiddlewaretoken"
    ]
    provider = entry.elsewhere(person)
    context = {
        "form": form,
        "typed": typed,
        "passkey": entry.passkey_options(person),
        "elsewhere": provider,
        "words": words_of(request),
        # a field of the act may have this name
        "next": onward if provider else "",
        "cancel": CANCEL,
    }
    answer = render(request, "people/again.html", context, status=401)
    answer["Cache-Control"] = "no-store"
    return answer
