"""Coming back with the receipt: where it stands, the talk, adding to it, taking it back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases import access, actions
from cases.forms import uploads
from cases.forms.intake import ExcludeForm, FilesForm, ReplyForm, SignForm
from cases.intake import delay, milestones, pages, wizard
from cases.intake.capability import Capability
from cases.lifecycle import ConcernStatus
from cases.models import Concern, Message
from common import clock, days
from common.errors import RuleError
from common.limits import Act
from people.models import Person
from safes import access as opening
from safes.rules import Receipt

HEADINGS = {
    ConcernStatus.RECEIVED: "It waits for a first reply",
    ConcernStatus.IN_CASE: "It is being worked on",
    ConcernStatus.CLOSED: "It is closed",
    ConcernStatus.WITHDRAWN: "You took it back",
}
# the buttons that send a message: after a look at whom it names, and without
SAY, SAY_ANYWAY, AWAY_AND_SAY = "say", "say-anyway", "away-and-say"
# the button that sends what has happened since
TELL_SIGN = "harmed-now"
SENDING = {SAY, SAY_ANYWAY, AWAY_AND_SAY, TELL_SIGN}


def _counted_as(request: HttpRequest) -> Act:
    """Return against which budget a visit is counted."""
    if "capability" not in request.POST:
        return Act.RECEIPT
    if request.FILES:
        return Act.UPLOAD
    return Act.MESSAGE if request.POST.get("go") in SENDING else Act.STEP


@pages.page
@delay.limited(_counted_as)
def come_back(request: HttpRequest) -> HttpResponse:
    """Ask for the receipt, open what it opens, and do what the page it opened asks for."""
    if request.method != "POST":
        return render(request, "cases/intake/return.html")
    now = clock.now()
    if "capability" in request.POST:
        found = pages.at_hand(request, now)
        if isinstance(found, HttpResponse):
            return found
        return _act(_Visit(request, *found, now))
    # A code that cannot be one is looked up all the same, so that no answer differs in time.
    receipt = Receipt.read(request.POST.get("receipt", ""))
    concern = access.concern_of(receipt)
    if concern is None:
        context = {"is_unknown": True}
        return render(request, "cases/intake/return.html", context, status=pages.NOT_FOUND)
    capability = Capability.granted(receipt, now=now, is_shown=True)
    if concern.status == ConcernStatus.DRAFT:
        return wizard.resume(request, capability, concern, now)
    visit = _Visit(request, capability, concern, now)
    return visit.offer_change() if concern.is_receipt_shared else visit.show()


@dataclass(frozen=True)
class _Visit:
    """A concern at hand during one request."""

    request: HttpRequest
    capability: Capability
    concern: Concern
    now: datetime

    def show(
        self,
        *,
        done: str = "",
        refusal: str = "",
        reply: ReplyForm | None = None,
        files: FilesForm | None = None,
        typed: ReplyForm | None = None,
    ) -> HttpResponse:
        """Show where it stands; with `done`, what has just been done."""
        concern = self.concern
        receipt = self.capability.receipt
        talk = list(concern.messages.select_related("author").order_by("n"))
        attachments = list(concern.attachments.order_by("n"))
        opened = opening.open_texts(
            receipt.opener,
            [
                (concern.pk, "narrative"),
                *((message.pk, "body") for message in talk),
                *pages.file_places(attachments),
            ],
        )
        today = days.day_of(self.now)
        context = self._frame() | {
            "heading": _heading(concern),
            "who": "" if concern.entrance else _who_looks_after(concern),
            "steps": milestones.track(concern, today),
            "narrative": opened.get((concern.pk, "narrative"), ""),
            "talk": [(message, opened.get((message.pk, "body"), "")) for message in talk],
            "unread": sum(1 for message in talk if _is_new(message)),
            "files": pages.told(attachments, opened),
            "traces": access.traces(concern, receipt),
            "asked": _asked(concern, today),
            "signs": access.signs_told(receipt),
            "readers": pages.readers_as_told(self._readers(), concern.entrance),
            "done": done,
            "refusal": refusal,
            "reply": reply or typed or ReplyForm(),
            "more": files or FilesForm(),
            "wrong": reply or files,
            # asked once: whoever adds to it has answered as well
            "asks_minutes": concern.said_on is not None
            and concern.minutes_agreed_on is None
            and all(message.author_id for message in talk),
            "took_down": concern.taken_by.name if concern.taken_by is not None else "",
        }
        if any(_is_new(message) for message in talk) or not done:
            actions.read_by_reporter(concern, now=self.now)
        status = pages.WRONG if refusal or reply or files else 200
        return render(self.request, "cases/intake/status.html", context, status=status)

    # -- who reads it ----------------------------------------------------------------------

    def _readers(self) -> access.Readers | None:
        """Return who reads it today, or None where nobody is left."""
        try:
            return access.readers_of(self.concern)
        except RuleError:
            return None

    def show_readers(self, *, form: ExcludeForm | None = None, refusal: str = "") -> HttpResponse:
        """Show who reads it, and ask who should not; with `form`, what is wrong with it."""
        context = self._frame() | {
            "readers": self._readers(),
            "form": form or ExcludeForm(),
            "refusal": refusal,
        }
        status = pages.WRONG if form else 200
        return render(self.request, "cases/intake/keep_away.html", context, status=status)

    def exclude(self) -> HttpResponse:
        """Keep somebody away from now on."""
        form = ExcludeForm.of(ExcludeForm.typed(self.request.POST))
        if not form.is_valid():
            return self.show_readers(form=form)
        try:
            self._exclude(form)
        except RuleError as error:
            form.add_error("excluded", str(error))
            return self.show_readers(form=form)
        return self.show(done="Done. Its words open to nobody whom you ticked any more.")

    def _exclude(self, form: ExcludeForm) -> None:
        persons = list(form.cleaned_data["excluded"])
        actions.exclude_readers(self.concern, persons=persons, now=self.now)
        self.concern.refresh_from_db()

    def ask_first(self, form: ReplyForm, named: list[Person], refusal: str = "") -> HttpResponse:
        """Say who would read their own name, and keep what was typed."""
        context = self._frame() | {"reply": form, "named": named, "refusal": refusal}
        status = pages.WRONG if refusal else 200
        return render(self.request, "cases/intake/named.html", context, status=status)

    def away_and_say(self) -> HttpResponse:
        """Keep those away whom the message names, then send it."""
        reply = ReplyForm.of(ReplyForm.typed(self.request.POST))
        away = ExcludeForm.of(ExcludeForm.typed(self.request.POST))
        if reply.is_valid() and away.is_valid():
            try:
                self._exclude(away)
            except RuleError as error:
                named = list(away.cleaned_data["excluded"])
                return self.ask_first(reply, named, f"{error} Nothing was sent.")
        return self.say()

    def edit(self) -> HttpResponse:
        """Lead back to the message as it was typed."""
        return self.show(typed=ReplyForm.shown(ReplyForm.typed(self.request.POST)))

    # -- the talk --------------------------------------------------------------------------

    def say(self) -> HttpResponse:
        """Send a message to the team, or ask first where it names somebody who would read it."""
        form = ReplyForm.of(ReplyForm.typed(self.request.POST))
        if not form.is_valid():
            return self.show(reply=form)
        named = access.readers_named_in(self.concern, form.cleaned_data["text"])
        return self.ask_first(form, named) if named else self.send(form)

    def say_anyway(self) -> HttpResponse:
        """Send a message whomever it names."""
        form = ReplyForm.of(ReplyForm.typed(self.request.POST))
        return self.send(form) if form.is_valid() else self.show(reply=form)

    def send(self, form: ReplyForm) -> HttpResponse:
        """Send a message that holds."""
        if refusal := pages.refusal_of(Act.MESSAGE, self.capability.receipt):
            form.add_error("text", refusal)
            return self.show(reply=form)
        text = form.cleaned_data["text"]
        try:
            actions.say(
                self.concern,
                text=text,
                now=self.now,
                message_id=self.capability.id_of(text.encode()),
                opener=self.capability.receipt.opener,
            )
        except RuleError as error:
            form.add_error("text", str(error))
            return self.show(reply=form)
        return self.show(done="Your message was sent.")

    # -- what has happened since --------------------------------------------------------------

    def unharmed(self) -> HttpResponse:
        """Answer that nothing has happened."""
        actions.say_unharmed(self.concern, now=self.now)
        return self.show(done="Thank you. We ask you again. Tell us at any time if that changes.")

    def harmed(self, *, form: SignForm | None = None) -> HttpResponse:
        """Ask what has happened; with `form`, what is wrong with it."""
        n = len(access.signs_told(self.capability.receipt)) + 1
        shown = form or SignForm(initial={"n": n})
        status = pages.WRONG if form else 200
        context = self._frame() | {"form": shown, "refusal": ""}
        return render(self.request, "cases/intake/harmed.html", context, status=status)

    def tell_sign(self) -> HttpResponse:
        """Send what has happened as a report of its own."""
        form = SignForm.of(SignForm.typed(self.request.POST))
        if not form.is_valid():
            return self.harmed(form=form)
        receipt = self.capability.receipt
        if refusal := pages.refusal_of(Act.MESSAGE, receipt):
            form.add_error("text", refusal)
            return self.harmed(form=form)
        entered = form.cleaned_data
        try:
            sent = actions.tell_sign(
                self.concern,
                receipt=receipt,
                n=entered["n"],
                text=entered["text"],
                in_danger=entered["in_danger"] == "yes",
                now=self.now,
            )
        except RuleError as error:
            form.add_error("text", str(error))
            return self.harmed(form=form)
        self.concern.refresh_from_db()
        return self.show(
            done=f"It was sent as a report of its own, {sent.ref}. Your receipt opens both."
        )

    def show_sign(self) -> HttpResponse:
        """Show what they told of later, as what it is: a report of its own."""
        receipt = self.capability.receipt
        signs = access.signs_told(receipt)
        wanted = self.request.POST.get("sign", "")
        if not wanted.isdecimal() or not 0 < int(wanted) <= len(signs):
            return self.show()
        own = receipt.of_sign(int(wanted))
        concern = access.concern_of(own)
        if concern is None:
            return pages.problem(self.request, "gone")
        capability = Capability.granted(own, now=self.now, is_shown=True)
        return _Visit(self.request, capability, concern, self.now).show()

    def add(self) -> HttpResponse:
        """Add a file to what was sent."""
        form = uploads.form_of(self.request, FilesForm)
        upload = uploads.upload_in(form) if form.is_valid() else None
        if upload is None:
            if form.is_valid():
                form.add_error("file", "Choose a file first.")
            return self.show(files=form)
        if refusal := pages.refusal_of(Act.UPLOAD, self.capability.receipt):
            form.add_error("file", refusal)
            return self.show(files=form)
        try:
            actions.take_upload(
                self.concern,
                upload=upload,
                now=self.now,
                file_id=self.capability.id_of(upload.digest),
            )
        except RuleError as error:
            form.add_error("file", str(error))
            return self.show(files=form)
        return self.show(done="Your file was added.")

    def offer_change(self, *, refusal: str = "") -> HttpResponse:
        """Offer a receipt in the place of one that somebody else may have kept.

        It is stored nowhere and opens nothing until its owner says that it is kept, so that a page
        that is lost locks nobody out.
        """
        new = self.capability.following or Receipt.new()
        fresh = Capability.granted(
            self.capability.receipt, now=self.now, is_shown=True, following=new
        )
        context = {"code": str(new), "capability": fresh.sealed(), "refusal": refusal}
        status = pages.WRONG if refusal else 200
        return render(self.request, "cases/intake/change.html", context, status=status)

    def change(self) -> HttpResponse:
        """Put the new receipt in the place of the old one, once its owner has kept it."""
        new = self.capability.following
        if new is None:
            return self.show()
        if "kept" not in self.request.POST:
            return self.offer_change(refusal="Say that you have kept it. Nothing was changed yet.")
        try:
            actions.change_receipt(self.concern, old=self.capability.receipt, new=new, now=self.now)
        except RuleError as error:
            return self.show(refusal=str(error))
        concern = access.concern_of(new)
        if concern is None:
            return pages.problem(self.request, "gone")
        capability = Capability.granted(new, now=self.now, is_shown=True)
        return _Visit(self.request, capability, concern, self.now).show(
            done="Your receipt was changed. The old one opens nothing any more."
        )

    def agree(self) -> HttpResponse:
        """Agree with what was taken down."""
        try:
            actions.agree_minutes(self.concern, now=self.now)
        except RuleError as error:
            return self.show(refusal=str(error))
        self.concern.refresh_from_db()
        return self.show(done="Thank you. Whoever works on it sees that this is what you said.")

    def ask_to_withdraw(self) -> HttpResponse:
        """Say what taking it back does, before it is done."""
        return render(self.request, "cases/intake/withdraw.html", self._frame())

    def withdraw(self) -> HttpResponse:
        """Take it back; asked for twice, it is done once."""
        if self.concern.status == ConcernStatus.WITHDRAWN:
            return self.show()
        try:
            actions.withdraw(self.concern, now=self.now)
        except RuleError as error:
            return self.show(refusal=str(error))
        self.concern.refresh_from_db()
        return self.show(done="You took it back.")

    def _frame(self) -> dict[str, object]:
        fresh = Capability.granted(self.capability.receipt, now=self.now, is_shown=True)
        return {"capability": fresh.sealed(), "concern": self.concern, "now": self.now}


def _act(visit: _Visit) -> HttpResponse:
    if visit.concern.status == ConcernStatus.DRAFT:
        return wizard.resume(visit.request, visit.capability, visit.concern, visit.now)
    ways: dict[str, Callable[[], HttpResponse]] = {
        SAY: visit.say,
        SAY_ANYWAY: visit.say_anyway,
        AWAY_AND_SAY: visit.away_and_say,
        "edit": visit.edit,
        "readers": visit.show_readers,
        "exclude": visit.exclude,
        "add": visit.add,
        "withdraw": visit.ask_to_withdraw,
        "withdraw-now": visit.withdraw,
        "offer": visit.offer_change,
        "change": visit.change,
        "agree": visit.agree,
        "unharmed": visit.unharmed,
        "harmed": visit.harmed,
        TELL_SIGN: visit.tell_sign,
        "sign": visit.show_sign,
    }
    if visit.concern.entrance is not None:
        # who works here is listed to nobody outside: a name that is written in full counts
        ways = {way: act for way, act in ways.items() if way not in {"readers", "exclude"}}
    return ways.get(visit.request.POST.get("go", ""), visit.show)()


def _heading(concern: Concern) -> str:
    if concern.status == ConcernStatus.RECEIVED and concern.acknowledged_on is not None:
        return "A person has written to you"
    return HEADINGS[ConcernStatus(concern.status)]


def _who_looks_after(concern: Concern) -> str:
    person = concern.case.lead if concern.case is not None else concern.owner
    return person.name if person is not None else ""


def _asked(concern: Concern, today: date) -> bool:
    """Return whether it is asked now how they are."""
    row = access.asked_at_door(concern, today)
    return row is not None and not row.answer


def _is_new(message: Message) -> bool:
    return message.author_id is not None and not message.is_seen
