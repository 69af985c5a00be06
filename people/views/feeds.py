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
from people import actions, rules
from people.forms import FeedForm
from people.models import FeedLink
from people.views.account import Own

# how many seconds a browser has to load the page that shows a link
SHOWN_FOR = 60


class Links(Own, View):
    """One's own links, and a form for another."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them, and this once the link that was just made."""
        secret = request.COOKIES.get(settings.LINK_COOKIE_NAME, "")
        if not secret:
            return self._page(FeedForm())
        made = settings.ORIGIN + reverse("calendar-feed", args=[secret])
        is_own = FeedLink.objects.filter(person=self.person, digest=rules.token_digest(secret))
        response = self._page(FeedForm(), made=made if is_own.exists() else "")
        response.delete_cookie(settings.LINK_COOKIE_NAME, samesite="Strict")
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make a link, and lead to the page that shows it: loading that again makes no other.

        Until then its secret stands in the browser for which it was made, and in no session.
        """
        form = FeedForm(request.POST)
        if form.is_valid():
            try:
                secret = actions.make_feed_link(
                    self.person, name=form.cleaned_data["name"], now=clock.now()
                )
            except RuleError as refusal:
                form.add_error(None, str(refusal))
            else:
                response = redirect("account-calendar")
                response.set_cookie(
                    settings.LINK_COOKIE_NAME,
                    secret,
                    max_age=SHOWN_FOR,
                    secure=settings.SECURE,
                    httponly=True,
                    samesite="Strict",
                )
                return response
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
