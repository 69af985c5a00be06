"""A redacted copy: what became of it, its review, and that it went."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from cases import access, actions, rules
from cases.actions.redacted import HOW, SAID
from cases.actions.redacting import DIGEST, PLAN, RECIPIENT, REPORT, TITLE
from cases.desk.views.redacting import OfRedacting
from cases.desk.views.sending import Sent
from cases.forms.desk import HandOutForm, ReviewForm
from cases.lifecycle import LEGEND, READABLE, Deed, Ground, RedactionState
from cases.models import Case, Concern, Redaction
from cases.rules.redaction import PATTERNS
from common import days
from common.errors import RuleError
from files.access import Opened
from files.rules.finding import Pattern
from files.rules.kinds import KINDS, Why
from safes.access import Where
from safes.desk.base import Step

FIELDS = (TITLE, RECIPIENT, DIGEST, SAID, HOW)
_SIGNS = {
    RedactionState.FAILED: "stop",
    RedactionState.SENT_BACK: "stop",
    RedactionState.MADE: "warn",
    RedactionState.APPROVED: "good",
    RedactionState.HANDED: "brand",
}
# why a copy could not be made, in words for whoever asked for it
FAILED = {
    Why.TOO_MUCH: "It has more than 150 pages, or pages that are far too large. Split it, and add "
    "the parts that are needed.",
    Why.LOCKED: "It is locked with a password. Add it without one.",
    Why.TOO_SLOW: "It took longer than a minute. Split it, and add the parts that are needed.",
    Why.TOO_LATE: "Nobody made it in time. Ask for it once more.",
    Why.CRASHED: "Looking into it failed. Print it to a new PDF, add that, and try again.",
}


@dataclass(frozen=True)
class Copy:
    """A redacted copy as a list shows it; what cannot be opened is None."""

    redaction: Redaction
    url: str
    title: str | None
    recipient: str | None
    digest: str | None
    said: str | None
    how: str | None

    @property
    def sign(self) -> str:
        """Return by which mark its state is shown."""
        return _SIGNS.get(RedactionState(self.redaction.state), "")


def copies_of(case: Case, concerns: Iterable[Concern]) -> list[Redaction]:
    """Return the redacted copies of a case, but those of what was filed out of sight."""
    seen = Q(concern=None) | Q(concern__in=concerns)
    people = ("made_by", "reviewed_by", "handed_by")
    return list(case.redactions.filter(seen).select_related(*people).order_by("n"))


def places_of(copies: Iterable[Redaction]) -> list[Where]:
    """Return where the words about these copies are."""
    return [(copy.pk, field) for copy in copies for field in FIELDS]


def shown_of(case: Case, copies: Iterable[Redaction], texts: Mapping[Where, str]) -> list[Copy]:
    """Return redacted copies as pages show them."""
    return [
        Copy(
            one,
            reverse("desk:redacted", args=[case.ref, one.n]),
            *(texts.get((one.pk, field)) for field in FIELDS),
        )
        for one in copies
    ]


def _copy_in(case: Case, concerns: Iterable[Concern], n: int) -> Redaction:
    """Return a copy by its number; one of what was filed out of sight is absent."""
    found = next((one for one in copies_of(case, concerns) if one.n == n), None)
    if found is None:
        raise Http404
    found.case = case
    return found


class OfCopy(OfRedacting):
    """Anything about one redacted copy."""

    template = "cases/desk/redacted.html"
    words = frozenset({"review-words", "hand-how"})

    @cached_property
    def copy(self) -> Redaction:
        """Return the copy of this address; hidden and absent give the same answer."""
        return _copy_in(self.case, self.concerns, self.kwargs["n"])

    def address(self) -> str:
        """Return where it is."""
        return reverse("desk:redacted", args=[self.case.ref, self.copy.n])

    def places(self) -> list[Where]:
        """Return where the words about it are."""
        copy = self.copy
        return [*places_of([copy]), (copy.pk, PLAN), (copy.pk, REPORT)]

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return it with what was taken out, and the form that is next."""
        copy, [shown] = self.copy, shown_of(self.case, [self.copy], texts)
        plan: dict[str, Any] = json.loads(texts.get((copy.pk, PLAN), "{}"))
        report: dict[str, Any] = json.loads(texts.get((copy.pk, REPORT), "{}"))
        again = {"of": f"{copy.document}:{copy.row}", "from": str(copy.n)}
        return {
            "copy": copy,
            "shown": shown,
            "is_waiting": copy.state == RedactionState.WAITING,
            "is_readable": copy.state in READABLE,
            "failed": _why(copy),
            "marked": self._marked(plan),
            "report": report,
            "counted": _counted(plan, report),
            "legend": LEGEND,
            "download_url": reverse("desk:redacted-copy", args=[self.case.ref, copy.n]),
            "again_url": f"{reverse('desk:redact', args=[self.case.ref])}?{urlencode(again)}",
            "may_review": self.is_member
            and Deed.REDACT in self.deeds
            and copy.state == RedactionState.MADE
            and copy.made_by_id != self.person.pk,
            "may_hand_out": self.is_member
            and Deed.REDACT in self.deeds
            and copy.state == RedactionState.APPROVED,
            "review": self.part("review", wrong.get("review") or self.review(None)),
            "hand": self.part("hand", wrong.get("hand") or self.hand(None)),
        }

    def _marked(self, plan: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return the document with what was taken out of it, and why; nothing where it changed."""
        if "taken" not in plan or not (self.is_member and Deed.REDACT in self.deeds):
            return []
        paper = next((one for one in self.papers if one.row == self.copy.row), None)
        text = self.words_of(paper) if paper is not None else None
        if text is None or hashlib.sha256(text.encode()).hexdigest() != plan["of"]:
            return []
        marked: list[tuple[str, str]] = []
        at = 0
        for start, end, ground in plan["taken"]:
            marked += [(text[at:start], ""), (text[start:end], Ground(ground).label)]
            at = end
        return [*marked, (text[at:], "")]

    @staticmethod
    def review(data: Any) -> ReviewForm:
        """Return what a second person says."""
        return ReviewForm(data, prefix="review", auto_id="review_%s")

    def hand(self, data: Any) -> HandOutForm:
        """Return when and how it went."""
        today = {"on": days.day_of(self.now)}
        return HandOutForm(data, prefix="hand", auto_id="hand_%s", initial=today)


class RedactedPage(OfCopy):
    """One redacted copy."""

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with what was typed: Enter in a field does no more."""
        return self.page()


def _why(copy: Redaction) -> str:
    if not copy.why:
        return ""
    why = Why(copy.why)
    return FAILED.get(why, rules.WHY_WORDS[why])


def _counted(plan: Mapping[str, Any], report: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return how often each of the words was found; of who works here, those that were."""
    order = plan.get("order")
    if not order or not report:
        return []
    own = {str(one) for name, one in plan["entered"].items() if name.startswith("words_")}
    words = zip((str(one[0]) for one in order["words"]), report["words"], strict=False)
    formed = zip((one[0] for one in order["patterns"]), report["patterns"], strict=False)
    return [
        *((one, times) for one, times in words if times or one in own),
        *((PATTERNS[Pattern(one)], times) for one, times in formed),
    ]


class ReviewRedacted(Step, OfCopy):
    """Say as a second person whether it may go."""

    name = "review"

    def form(self, data: Any) -> forms.Form:
        """Return what is said of it."""
        return self.review(data)

    def act(self, **entered: Any) -> str:
        """Say it."""
        copy = actions.review_redacted(
            self.copy, by=self.person, opener=self.opener, now=self.now, **entered
        )
        if copy.state == RedactionState.APPROVED:
            return "Reviewed. It may be handed out now; record here when it was."
        return "Sent back. Whoever made it reads why, and can begin from it."


class HandOut(Step, OfCopy):
    """Record that it went."""

    name = "hand"

    def form(self, data: Any) -> forms.Form:
        """Return when and how."""
        return self.hand(data)

    def act(self, **entered: Any) -> str:
        """Record it."""
        actions.hand_out(self.copy, by=self.person, opener=self.opener, now=self.now, **entered)
        return "Recorded. It stands in the ledger, with what the copy was for."


class DownloadRedacted(Sent):
    """The copy, as bytes that no browser runs or shows."""

    @cached_property
    def copy(self) -> Redaction:
        """Return the copy of this address; hidden and absent give the same answer."""
        case: Case = access.get_case(self.person, str(self.kwargs["ref"]))
        return _copy_in(
            case, Concern.objects.visible_to(self.person).filter(case=case), self.kwargs["n"]
        )

    def back(self) -> str:
        """Return its page."""
        return reverse("desk:redacted", args=[self.copy.case.ref, self.copy.n])

    def refused(self, request: HttpRequest, refusal: RuleError) -> HttpResponseBase:
        """Show the copy and why."""
        messages.error(request, str(refusal))
        return RedactedPage.as_view()(request, ref=self.kwargs["ref"], n=self.kwargs["n"])

    def opened(self) -> Opened:
        """Return it, its reading recorded."""
        return actions.read_redacted(self.copy, by=self.person, opener=self.key, now=self.now)

    def filename(self) -> str:
        """Return a name that tells whether somebody else looked it over."""
        copy = self.copy
        ending = KINDS[copy.media_type].extension
        is_free = copy.state in {RedactionState.APPROVED, RedactionState.HANDED}
        return f"redacted-{copy.n}{'' if is_free else '-not-reviewed'}.{ending}"
