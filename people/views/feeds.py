"""The links by which one's own calendar reads what is due: made here, shown once, ended here."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from common import clock
from common.errors import RuleError
from people import actions
from people.forms import FeedForm
from people.models import FeedLink
from people.views.account import Own


class Links(Own, View):
    """One's own links, and a form for another."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show them."""
        return self._page(FeedForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make a link and show it, this once: it is kept nowhere, in no session either."""
        form = FeedForm(request.POST)
        if form.is_valid():
            try:
                secret = actions.make_feed_link(
                    self.person, name=form.cleaned_data["name"], now=clock.now()
                )
            except RuleError as refusal:
                form.add_error(None, str(refusal))
            else:
                made = settings.ORIGIN + reverse("calendar-feed", args=[secret])
                return self._page(FeedForm(), made=made)
        return self._page(form)

    def _page(self, form: FeedForm, *, made: str = "") -> HttpResponse:
        now = clock.now()
        links = FeedLink.objects.valid(now).filter(person=self.person).order_by("-made_on", "name")
        context = {"now": now, "form": form, "made": made, "links": links}
        return render(self.request, "people/calendar.html", context)


class EndLink(Own, View):
    """End a link: ending needs no asking again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, link: UUID) -> HttpResponse:
        """End it at once; of another person's nothing happens."""
        actions.end_feed_link(self.person, link=link, now=clock.now())
        messages.success(request, "The link ended. A calendar that has it gets nothing any more.")
        return redirect("account-calendar")
