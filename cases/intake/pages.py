"""What the pages of the door share: the draft or concern at hand, its files, dead ends."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases import access
from cases.forms import intake as forms
from cases.forms import uploads
from cases.intake.capability import Capability
from cases.lifecycle import FileState
from cases.models import Attachment, Concern, Entrance
from cases.rules import KEPT_APART, MAIL_KEEPS, WHY_WORDS
from common import limits
from common.errors import RuleError
from common.limits import Act
from files.rules.kinds import MAIL, Why
from people.models import Person
from questionnaires.forms.asking import PREFIX
from safes import access as opening
from safes.access import Where
from safes.rules import Receipt

WRONG = 422
NOT_FOUND = 404
# why a page cannot go on, and the status with which it says so
PROBLEMS = {"broken": 400, "expired": 410, "gone": 410, "sent": 409, "long": 413}
View = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True)
class File:
    """A file that somebody added: its number, the name it came with, and what became of it."""

    n: int
    name: str
    state: str
    said: str


def page(view: View) -> View:
    """Make a page of the door from a view.

    It asks for no token against forgery: the door has no cookie, session or account that another
    site could borrow, and whoever sends a capability holds it already.
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        try:
            with uploads.taken(request):
                return view(request)
        except RequestDataTooBig:
            return render(
                request, "cases/intake/problem.html", {"why": "long"}, status=PROBLEMS["long"]
            )

    return answer


def readers() -> list[Person]:
    """Return who reads what is sent now, or nobody before somebody is on duty."""
    try:
        return access.readers().active
    except RuleError:
        return []


@dataclass(frozen=True)
class Function:
    """Somebody who reads, as outsiders are told of them: by what they do, and by no name."""

    name: str
    role_labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Functions:
    """Who reads, as outsiders are told of them; see `access.Readers`."""

    active: list[Function]
    dormant: list[Function]
    is_stand_in: bool


def as_told(people: Iterable[Person], entrance: Entrance | None) -> list[Person] | list[Function]:
    """Return who reads as whoever came in is told: by name, or each function once."""
    return list(people) if entrance is None else _functions(people)


def readers_as_told(
    found: access.Readers | None, entrance: Entrance | None
) -> access.Readers | Functions | None:
    """Return who reads as whoever came in is told; None where nobody would be left."""
    if found is None or entrance is None:
        return found
    return Functions(_functions(found.active), _functions(found.dormant), found.is_stand_in)


def _functions(people: Iterable[Person]) -> list[Function]:
    """Return what these people do, each once."""
    return [Function(name) for name in dict.fromkeys(", ".join(one.role_labels) for one in people)]


def at_hand(request: HttpRequest, now: datetime) -> tuple[Capability, Concern] | HttpResponse:
    """Return what the page's capability opens, or the page that says why it opens nothing."""
    capability = Capability.opened(request.POST.get("capability", ""))
    if capability is None:
        return problem(request, "broken")
    if capability.is_expired(now):
        return problem(request, "expired", is_shown=capability.is_shown)
    concern = access.concern_of(capability.receipt)
    if concern is None and capability.following is not None:
        # the receipt was changed already, by this page pressed twice
        capability = replace(capability, receipt=capability.following, following=None)
        concern = access.concern_of(capability.receipt)
    return problem(request, "gone") if concern is None else (capability, concern)


def problem(request: HttpRequest, why: str, **context: object) -> HttpResponse:
    """Say why it cannot go on, what is kept, how to come back; show what was just typed."""
    context |= {"why": why, "typed": _typed(request)}
    return render(request, "cases/intake/problem.html", context, status=PROBLEMS[why])


def _typed(request: HttpRequest) -> list[tuple[str, str, str]]:
    """Return name, label and text of everything that the page sent in somebody's own words."""
    labels = forms.labels() | _labels_of_more(request.POST)
    found = [(name, labels[name], request.POST[name]) for name in labels if name in request.POST]
    return [typed for typed in found if typed[2].strip()]


def _labels_of_more(names: Iterable[str]) -> dict[str, str]:
    """Return what to call the answers to a questionnaire where its version is not at hand.

    Its keys are made of its words, so that nothing has to be looked up for a page that opens
    nothing.
    """
    return {
        name: name.removeprefix(PREFIX).replace("_", " ").capitalize()
        for name in names
        if name.startswith(PREFIX)
    }


# what is said of what one receipt sent too often; nothing of it is lost but a file
TOO_OFTEN = {
    Act.MESSAGE: "Many messages were sent with this receipt, so this one was not sent yet. What "
    "you wrote stands here. Send it in a few minutes, or add to it first.",
    Act.UPLOAD: "Many files were sent with this receipt, so this one was not taken. The rest is "
    "kept. Send it again in a few minutes.",
}


def refusal_of(act: Act, receipt: Receipt) -> str:
    """Count what a receipt sends; return what is said where it was too much, else nothing."""
    return "" if limits.take_own(act, receipt.counter) else TOO_OFTEN[act]


def files_of(concern: Concern, receipt: Receipt) -> list[File]:
    """Return the files of a concern, by the names that their owner gave them."""
    files = list(concern.attachments.order_by("n"))
    if not files:
        return []
    return told(files, opening.open_texts(receipt.opener, file_places(files)))


def file_places(files: Iterable[Attachment]) -> list[Where]:
    """Return where the names of files stand, and what was taken out of them."""
    return [(file.pk, field) for file in files for field in ("name", "removed")]


def told(files: Iterable[Attachment], opened: Mapping[Where, str]) -> list[File]:
    """Return files as whoever added them sees them."""
    return [
        File(
            file.n,
            opened.get((file.pk, "name"), ""),
            file.state,
            _said(file, opened.get((file.pk, "removed"), "[]")),
        )
        for file in files
    ]


def _said(file: Attachment, removed: str) -> str:
    traces = json.loads(removed)
    if file.state == FileState.CLEANED:
        said = f"We removed: {', '.join(traces)}." if traces else "We found nothing to remove."
        return f"{said} {MAIL_KEEPS}" if file.media_type == MAIL.media_type else said
    if file.why:
        return f"{WHY_WORDS[Why(file.why)]} {KEPT_APART}"
    return "It is being cleaned. Look again in a minute to see what was removed."
