"""A personal calendar of what is due, for whoever has its secret link."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from django.views import View

from common import attempts, clock
from common.errors import RuleError
from escalation.duties import feed_of, page_of
from escalation.reports.feeds import calendar_of, tag_of
from people import actions
from people.middleware import act_as
from people.models import FeedLink
from people.rules import token_digest
from people.views.devices import feed_limits

# after how many seconds a calendar that asks too often may ask again
WAIT = 3600


class Feed(View):
    """The calendar itself. Unknown, ended and forgotten links get the same answer."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        """Answer with the calendar, or that it is as it was."""
        response = self._answer(request, token_digest(secret))
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    def _answer(self, request: HttpRequest, digest: bytes) -> HttpResponse:
        try:
            may_ask = attempts.take(feed_limits(digest))
        except RuleError:
            return _wait(HTTPStatus.SERVICE_UNAVAILABLE)
        if not may_ask:
            return _wait(HTTPStatus.TOO_MANY_REQUESTS)
        now = clock.now()
        found = FeedLink.objects.valid(now).select_related("person").filter(digest=digest).first()
        if found is None:
            return HttpResponse("There is no such calendar.\n", "text/plain", HTTPStatus.NOT_FOUND)
        act_as(found.person)
        actions.note_feed_used(found, now=now)
        clocks = feed_of(found.person, now=now)
        tag = tag_of(clocks)
        if tag in parse_etags(request.headers.get("If-None-Match", "")):
            response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
        else:
            back = settings.ORIGIN + page_of(found.person)
            body = calendar_of(clocks, back=back, now=now)
            response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
            response["Content-Disposition"] = 'inline; filename="due.ics"'
        response["ETag"] = tag
        return response


def _wait(status: HTTPStatus) -> HttpResponse:
    answer = HttpResponse("Ask again in an hour.\n", "text/plain", status)
    answer["Retry-After"] = str(WAIT)
    return answer
