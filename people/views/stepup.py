"""Ask again who somebody is before a sensitive act: for any view of somebody signed in."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode

from common import clock
from people import access


class RecentMixin(LoginRequiredMixin):
    """Lets in whoever showed who they are within the last minutes; others do so first.

    Where a form was sent, they come back to `page` and not to the act.
    """

    page = "/"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Let pass, or ask again."""
        person = request.user
        if person.is_authenticated and not access.is_recent(request, person, now=clock.now()):
            asked = urlencode({"next": self.page_of(request)})
            return redirect(f"{resolve_url('sign-in-again')}?{asked}")
        return super().dispatch(request, *args, **kwargs)

    def page_of(self, request: HttpRequest) -> str:
        """Return the page to come back to: the one that was asked for, unless a form was sent."""
        return request.get_full_path() if request.method == "GET" else self.page
