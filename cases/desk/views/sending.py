"""Something sealed, sent as bytes that no browser runs or shows."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from cases.desk.views.concern import LOCKED
from common.errors import RuleError
from files.access import Opened
from safes.desk.base import AtDesk
from safes.rules import Opener


class Sent(AtDesk):
    """Something sealed, as bytes that no browser runs or shows."""

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponseBase:  # noqa: ARG002 - Django's signature
        """Send the file, recorded; lead to where it can be unlocked; or answer 409 and say why."""
        if self.opener is None:
            back = urlencode({"next": self.back()})
            return redirect(f"{reverse('unlock')}?{back}")
        try:
            opened = self.opened()
        except RuleError as refusal:
            page = self.refused(request, refusal)
            page.status_code = HTTPStatus.CONFLICT
            return page
        response = StreamingHttpResponse(opened.read(), content_type="application/octet-stream")
        response["Content-Length"] = str(opened.size)
        # RFC 6266
        response["Content-Disposition"] = f'attachment; filename="{self.filename()}"'
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    @property
    def key(self) -> Opener:
        """Return the key of who asks, which is open."""
        if self.opener is None:
            raise RuleError(LOCKED)
        return self.opener

    def back(self) -> str:
        """Return the page from which it is sent."""
        raise NotImplementedError

    def refused(self, request: HttpRequest, refusal: RuleError) -> HttpResponseBase:
        """Return that page, with why it was not sent."""
        raise NotImplementedError

    def opened(self) -> Opened:
        """Return it, its reading recorded."""
        raise NotImplementedError

    def filename(self) -> str:
        """Return a name of ours: the one it came with is shown and used for nothing."""
        raise NotImplementedError
