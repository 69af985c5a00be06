"""The ledger: whether it is whole, and for auditors who did what."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audits import access, actions
from audits.forms import SearchForm
from audits.models import Verification
from audits.views.readers import ReaderView
from common import clock
from ledger import reports
from ledger.models import Leaf
from ledger.verbs import Verb
from people.models import ApiClient, Person

PAGE = 50
OTHERS = {"system": "The system", "reporter": "A reporter", "anybody": "Somebody"}


class Line(NamedTuple):
    """An entry as a line of the list."""

    leaf: Leaf
    actor: str
    verb: str
    kind: str
    code: str


class Ledger(ReaderView):
    """Whether the ledger is whole and up to when; its entries for auditors."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the standing, and a page of entries."""
        context: dict[str, Any] = {
            "now": clock.now(),
            "standing": reports.standing(),
            "last": Verification.objects.exclude(ended_at=None).order_by("-ended_at").first(),
            "is_open": Verification.objects.filter(ended_at=None).exists(),
        }
        if access.may_read_entries(self.person):
            context |= self._entries()
            actions.read_ledger(by=self.person.actor, now=context["now"])
        return render(request, "audits/ledger.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask for a verification."""
        if not access.may_read_entries(self.person):
            raise PermissionDenied
        actions.ask_for_verification(by=self.person.actor, now=clock.now())
        messages.success(request, "A worker verifies the ledger now. The result will stand here.")
        return redirect("insight:ledger")

    def _entries(self) -> dict[str, Any]:
        form = SearchForm(self.request.GET)
        if not form.is_valid():
            return {"form": form, "lines": [], "is_wrong": True}
        wanted = form.cleaned_data
        found = Leaf.objects.select_related("entry").order_by("-position")
        found = found.exclude(entry__subject__in=access.walled_subjects(self.person))
        # looked for among what may be seen: an entry that is hidden leads nowhere, like none
        last = found.filter(entry=wanted["before"]).first() if wanted["before"] else None
        if wanted["verb"]:
            found = found.filter(entry__verb=wanted["verb"])
        if wanted["subject"]:
            found = found.filter(entry__subject=wanted["subject"].strip())
        if last is not None:
            found = found.filter(position__lt=last.position)
        leaves = list(found[: PAGE + 1])
        older = self.request.GET.copy()
        older["before"] = str(leaves[PAGE - 1].entry_id) if len(leaves) > PAGE else ""
        return {
            "form": form,
            "lines": _lines(leaves[:PAGE]),
            "is_filtered": bool(wanted["verb"] or wanted["subject"]),
            "older": older.urlencode() if len(leaves) > PAGE else "",
            "is_older_page": last is not None,
        }


def _lines(leaves: Iterable[Leaf]) -> list[Line]:
    leaves = list(leaves)
    names = _names({leaf.entry.actor for leaf in leaves})
    labels = dict(Verb.choices)
    lines = []
    for leaf in leaves:
        kind, _, code = leaf.entry.subject.partition(":")
        actor = names.get(leaf.entry.actor, leaf.entry.actor)
        lines.append(Line(leaf, actor, labels.get(leaf.entry.verb, leaf.entry.verb), kind, code))
    return lines


def _names(actors: Iterable[str]) -> dict[str, str]:
    """Return what actors are called."""
    by_kind: dict[str, list[str]] = {"person": [], "client": []}
    for actor in actors:
        kind, _, code = actor.partition(":")
        if kind in by_kind:
            by_kind[kind].append(code)
    people = Person.objects.filter(pk__in=by_kind["person"]).values_list("pk", "name")
    clients = ApiClient.objects.filter(pk__in=by_kind["client"]).values_list("pk", "name")
    return (
        OTHERS
        | {f"person:{pk}": name for pk, name in people}
        | {f"client:{pk}": name for pk, name in clients}
    )


class Checkpoint(ReaderView):
    """The newest signed checkpoint, for a witness to keep."""

    def get(self, request: HttpRequest) -> HttpResponse:  # noqa: ARG002 - the signature is Django's
        """Answer the signed note as a file."""
        newest = reports.standing().checkpoint
        if newest is None:
            raise Http404
        return HttpResponse(
            newest.note,
            content_type="text/plain; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="checkpoint-{newest.size}.txt"',
                "Cache-Control": "no-store",
            },
        )
