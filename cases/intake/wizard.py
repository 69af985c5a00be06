"""The questions: one address for all steps, each a POST, everything kept in a sealed draft."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases import access, actions, rules
from cases.forms import intake as forms
from cases.forms import uploads
from cases.forms.intake import Answers, FilesForm, MoreForm, Question
from cases.intake import delay, landing, milestones, pages, review
from cases.intake.capability import Capability
from cases.lifecycle import ConcernStatus, Kind, Mode
from cases.models import Concern, Entrance
from common import clock, days
from common.errors import RuleError
from common.limits import Act
from people.models import Person
from questionnaires.forms.asking import ASKED
from questionnaires.models import FormVersion
from safes.rules import Receipt

REVIEW = "review"
# who you are belongs to the question of how you want to be known, what the office asks of a topic
# to the topic
NUMBERS = {
    "story": 1, "topic": 2, "more": 2, "when": 3, "danger": 4, "people": 5, "known": 6,
    "you": 6, "files": 7,
}  # fmt: skip
LAST = max(NUMBERS.values())
CODE = re.compile(r"[-a-zA-Z0-9_]{1,50}")


def _counted_as(request: HttpRequest) -> Act:
    """Return against which budget a step is counted."""
    if "capability" not in request.POST:
        return Act.DRAFT
    if request.FILES:
        return Act.UPLOAD
    return Act.FILE if request.POST.get("go") == "send" else Act.STEP


@pages.page
@delay.limited(_counted_as)
def wizard(request: HttpRequest) -> HttpResponse:
    """Take one step."""
    if request.method != "POST":
        return redirect("intake:landing")
    now = clock.now()
    if "capability" not in request.POST:
        return _begin(request, now)
    found = pages.at_hand(request, now)
    if isinstance(found, HttpResponse):
        return found
    capability, concern = found
    go, _, where = request.POST.get("go", "next").partition(":")
    if concern.status != ConcernStatus.DRAFT:
        if go == "send":
            return receipt_page(request, capability, concern, now)
        return pages.problem(request, "sent")
    return _Sitting.resumed(request, capability, concern, now).take(go, where)


def _begin(request: HttpRequest, now: datetime) -> HttpResponse:
    """Start a draft with the way that was chosen."""
    kind = request.POST.get("kind", "")
    code = request.POST.get("entrance", "")
    entrance = access.open_entrance(code) if code else None
    if kind not in Kind.values:
        error = "Choose one of the three ways."
        return landing.show(request, entrance=entrance, error=error, status=pages.WRONG)
    receipt = Receipt.new()
    answers = {"kind": [kind]}
    begun: dict[str, object] = {"step": "story", "fields": answers}
    concern = actions.start_draft(
        receipt=receipt, kind=Kind(kind), answers=begun | _through(entrance), now=now
    )
    capability = Capability.granted(receipt, now=now, is_shown=False)
    sitting = _Sitting(request, capability, concern, now, answers, "story", entrance=entrance)
    return sitting.show("story")


def _through(entrance: Entrance | None) -> dict[str, object]:
    """Return by which entrance a draft is begun, as the draft keeps it."""
    return {"entrance": entrance.code} if entrance is not None else {}


def resume(
    request: HttpRequest, capability: Capability, concern: Concern, now: datetime
) -> HttpResponse:
    """Go on where a draft was left."""
    sitting = _Sitting.resumed(request, capability, concern, now)
    return sitting.show(sitting.step)


def receipt_page(
    request: HttpRequest, capability: Capability, concern: Concern, now: datetime
) -> HttpResponse:
    """Show the receipt of what was sent, once, with what is promised."""
    context = {
        "code": str(capability.receipt),
        "steps": milestones.promises(concern, days.day_of(now)),
    }
    return render(request, "cases/intake/receipt.html", context)


@dataclass
class _Sitting:
    """A draft at hand during one request. `then` is where a change made from the review leads.

    `asked` is the questionnaire that is asked, and `asked_of` the kind and category for which it
    was looked up: a draft goes on with the version it began with, until one of these changes.
    Whoever came in by an `entrance` is told no name of the office.
    """

    request: HttpRequest
    capability: Capability
    concern: Concern
    now: datetime
    answers: Answers
    step: str
    then: str = ""
    asked: FormVersion | None = None
    asked_of: tuple[str, ...] = ()
    entrance: Entrance | None = None

    @classmethod
    def resumed(
        cls, request: HttpRequest, capability: Capability, concern: Concern, now: datetime
    ) -> "_Sitting":
        """Return the draft with what it holds; the step is the page's, or where it was left."""
        kept = access.draft_answers(concern, capability.receipt)
        fields, left_at = kept.get("fields"), str(kept.get("step", "story"))
        answers: Answers = fields if isinstance(fields, dict) else {}
        step = request.POST.get("step", left_at)
        form = kept.get("form")
        bound: dict[str, Any] = form if isinstance(form, dict) else {}
        asked = access.draft_form(kept)
        known = [*forms.steps({}, asked), REVIEW]
        return cls(
            request=request,
            capability=capability,
            concern=concern,
            now=now,
            answers=answers,
            step=step if step in known else "story",
            then=REVIEW if request.POST.get("then") == REVIEW else "",
            asked=asked,
            asked_of=tuple(bound.get("of", ())),
            entrance=access.draft_entrance(kept),
        )

    # -- the ways on ---------------------------------------------------------------------

    def take(self, go: str, where: str) -> HttpResponse:
        """Keep what was typed, then go the way that was pressed."""
        if self.step != REVIEW:
            self.answers |= self._page(self.step).typed(self.request.POST)
        if self.entrance is not None:
            self.answers.pop("excluded", None)
        self._forget_name_of_the_anonymous()
        self._look_up()
        ways: dict[str, Callable[[], HttpResponse]] = {
            "back": self._back,
            "later": self._later,
            "send": self._send,
            "add": self._add,
            "remove": lambda: self._remove(where),
            "change": lambda: self._change(where),
            "away": lambda: self._keep_away(where),
        }
        return ways.get(go, self._next)()

    def _next(self) -> HttpResponse:
        if self.step == REVIEW:
            return self._go(REVIEW)
        form = self._checked()
        opens = isinstance(form, MoreForm) and form.opens(self.request.POST.getlist(ASKED))
        if opens or not form.is_valid() or not self._took_file(form):
            return self._go(self.step, form=form)
        if self.then == REVIEW:
            return self._go(forms.incomplete(self.answers, self.kind, self.asked) or REVIEW)
        path = [*self._steps, REVIEW]
        return self._go(path[path.index(self.step) + 1] if self.step in path else "known")

    def _back(self) -> HttpResponse:
        if self.then == REVIEW:
            return self._go(REVIEW)
        path = [*self._steps, REVIEW]
        at = path.index(self.step) if self.step in path else 1
        return self._go(path[max(at - 1, 0)])

    def _later(self) -> HttpResponse:
        if self.step == "files":
            form = self._checked()
            if not form.is_valid() or not self._took_file(form):
                return self._go(self.step, form=form)
        self._save(self.step)
        context = {
            "code": str(self.capability.receipt),
            "until": milestones.draft_kept_until(days.day_of(self.now)),
            "capability": self._fresh(is_shown=True),
            "step": self.step,
        }
        return render(self.request, "cases/intake/saved.html", context)

    def _add(self) -> HttpResponse:
        form = self._checked()
        if form.is_valid() and not form.cleaned_data.get("file"):
            form.add_error("file", "Choose a file first, or continue without one.")
        added = form.is_valid() and self._took_file(form)
        return self._go("files", form=None if added else form)

    def _remove(self, where: str) -> HttpResponse:
        if where.isascii() and where.isdigit():
            actions.remove_file(self.concern, n=int(where), now=self.now)
        return self._go("files")

    def _change(self, where: str) -> HttpResponse:
        if self.step == REVIEW:
            self.then = REVIEW
        return self._go(where if where in self._steps else self.step)

    def _keep_away(self, where: str) -> HttpResponse:
        """Tick somebody whom half a name meant."""
        unsure = {str(person.pk) for person in self._unsure()}
        if where in unsure:
            self.answers["excluded"] = [*self.answers.get("excluded", []), where]
        return self._go(REVIEW)

    def _send(self) -> HttpResponse:
        missing = forms.incomplete(self.answers, self.kind, self.asked)
        if missing is not None:
            self.then = REVIEW
            return self._go(missing, form=self._page(missing).of(self.answers))
        filing = forms.filing(self.answers, self.kind, self.asked)
        filing = replace(filing, entrance=self.entrance)
        receipt = self.capability.receipt
        try:
            concern = actions.file_concern(
                receipt=receipt, filing=filing, now=self.now, draft=self.concern
            )
        except RuleError as error:
            return self.show_review(refusal=str(error))
        return receipt_page(self.request, self.capability, concern, self.now)

    # -- what is kept --------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """Return the way chosen last."""
        chosen = "".join(self.answers.get("kind", ()))
        return chosen if chosen in Kind.values else self.concern.kind

    def _save(self, step: str) -> None:
        bound = {"of": self.asked_of, "version": str(self.asked.pk) if self.asked else ""}
        answers: dict[str, object] = {"step": step, "fields": self.answers, "form": bound}
        answers |= _through(self.entrance)
        actions.save_draft(self.concern, kind=Kind(self.kind), answers=answers, now=self.now)

    @property
    def _steps(self) -> list[str]:
        """Return the steps that the answers lead through."""
        return forms.steps(self.answers, self.asked)

    def _look_up(self) -> None:
        """Ask the questionnaire that is asked now, where kind or category are not as before."""
        category = "".join(self.answers.get("category", ())[:1])
        of = (self.kind, category)
        if of != self.asked_of and CODE.fullmatch(category):
            self.asked, self.asked_of = access.form_at(self.entrance, *of), of

    def _forget_name_of_the_anonymous(self) -> None:
        if self.answers.get("mode") == [Mode.ANONYMOUS]:
            for name in forms.PAGES["you"]().names():
                self.answers.pop(name, None)

    def _took_file(self, form: Question) -> bool:
        """Add the file that came with the page, if one did; tell the form where it is refused."""
        upload = uploads.upload_in(form) if isinstance(form, FilesForm) else None
        if upload is None:
            return True
        if refusal := pages.refusal_of(Act.UPLOAD, self.capability.receipt):
            form.add_error("file", refusal)
            return False
        try:
            actions.take_upload(
                self.concern,
                upload=upload,
                now=self.now,
                file_id=self.capability.id_of(upload.digest),
            )
        except RuleError as error:
            form.add_error("file", str(error))
            return False
        return True

    def _page(self, step: str) -> type[Question]:
        return forms.page(step, self.kind, self.asked)

    def _checked(self) -> Question:
        if self.step == "files":
            return uploads.form_of(self.request, FilesForm)
        return self._page(self.step).of(self.answers)

    def _fresh(self, *, is_shown: bool = False) -> str:
        is_shown = is_shown or self.capability.is_shown
        return Capability.granted(self.capability.receipt, now=self.now, is_shown=is_shown).sealed()

    # -- pages ---------------------------------------------------------------------------

    def _go(self, step: str, form: Question | None = None) -> HttpResponse:
        self._save(step)
        return self.show(step, form)

    def show(self, step: str, form: Question | None = None) -> HttpResponse:
        """Show a step, as it was typed; with `form`, what is wrong with it."""
        if step == REVIEW:
            return self.show_review()
        wrong = form is not None and not form.is_valid()
        so_far, in_full = self._so_far(step)
        context = self._frame(step) | {
            "form": form if wrong else self._page(step).shown(self.answers),
            "number": NUMBERS.get(step),
            "last": LAST,
            "numbers": range(1, LAST + 1),
            "so_far": so_far,
            "in_full": in_full,
            # only what was opened by an answer is shown again without anything wrong
            "opened": form is not None and not wrong,
        }
        if step == "people":
            context["readers"] = pages.as_told(pages.readers(), self.entrance)
        if step == "files":
            context["files"] = pages.files_of(self.concern, self.capability.receipt)
        status = pages.WRONG if wrong else 200
        return render(self.request, f"cases/intake/{step}.html", context, status=status)

    def show_review(self, *, refusal: str = "") -> HttpResponse:
        """Show every answer, to be looked over; with `refusal`, why it was not sent."""
        context = self._frame(REVIEW) | {
            "rows": review.rows(
                self.answers, self.kind, self.asked, is_outside=self.entrance is not None
            ),
            "files": pages.files_of(self.concern, self.capability.receipt),
            "readers": pages.readers_as_told(self._readers(), self.entrance),
            "unsure": self._unsure(),
            "refusal": refusal,
        }
        status = pages.WRONG if refusal else 200
        return render(self.request, "cases/intake/review.html", context, status=status)

    def _unsure(self) -> list[Person]:
        """Return whom half a name may mean; nobody from outside is told who works here."""
        if self.entrance is not None:
            return []
        return forms.unsure(self.answers, self.kind, self.asked)

    def _readers(self) -> access.Readers | None:
        """Return who would read it now, or None where nobody would be left."""
        try:
            return forms.readers(self.answers, self.kind, self.asked, since=days.day_of(self.now))
        except RuleError:
            return None

    def _frame(self, step: str) -> dict[str, object]:
        return {
            "capability": self._fresh(),
            "step": step,
            "then": self.then,
            "kind": self.kind,
            "entrance": self.entrance,
            "mode": "".join(self.answers.get("mode", ())),
            "in_danger": self.answers.get("in_danger") == ["yes"],
        }

    def _so_far(self, step: str) -> tuple[str, str]:
        """Return how the story begins, once it was told, and all of it if there is more."""
        if step in {"kind", "story"}:
            return "", ""
        story = forms.STORIES[self.kind].of(self.answers)
        story.is_valid()
        whole = story.narrative()
        begins = rules.summary_of(whole)
        return begins, whole if whole.strip() != begins else ""
