"""What every page of insight asks first: who reads."""

from typing import Any, cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponseBase
from django.views import View

from audits import access
from people.models import Person


class ReaderView(LoginRequiredMixin, View):
    """A page for leadership, the head of the office, and auditors."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse everybody else."""
        if request.user.is_authenticated:
            access.require_reader(self.person)
        return super().dispatch(request, *args, **kwargs)

    @property
    def person(self) -> Person:
        """Return who reads."""
        return cast("Person", self.request.user)
