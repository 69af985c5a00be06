"""A concern: read it, see to it, mark what is seen in it, answer its reporter."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from cases import access, actions
from cases.desk.views import material, timeline
from cases.duties import why_triage_runs_on
from cases.forms.desk import (
    AgainForm,
    AnswerForm,
    AssignForm,
    ClientForm,
    PauseForm,
    RecuseForm,
    SearchForm,
    SignsForm,
    SubjectForm,
)
from cases.lifecycle import CLOCKS_OF, CLOCKS_OF_TASKS, WORKED_ON, ConcernStatus, Level
from cases.models import Attachment, Concern
from common import days
from escalation.models import Clock
from people.models import Person
from people.rules import OFFICE, Role
from policies.models import Kind as Promised
from safes.access import Where
from safes.desk.base import AtDesk, Page, Step

LOCKED = (
    "What is sealed to you closed while you wrote, so nothing was changed. Unlock it in another "
    "tab, then send this again: what you entered is kept."
)
# how many open tasks stand beside it
TASKS_SHOWN = 3
STEPPED_OFF = "You stepped off. It is closed to you from now on, whoever would assign it to you."


class OfConcern(AtDesk):
    """Anything about one concern that this person may see."""

    # an expert sees what was filed in a case onto which a lead let them
    roles = OFFICE | {Role.EXPERT}

    @cached_property
    def concern(self) -> Concern:
        """Return the concern; hidden and absent give the same answer."""
        return access.get_concern(self.person, str(self.kwargs["ref"]))

    @cached_property
    def readings(self) -> list[timeline.Reading]:
        """Return who read it, whoever they are by now."""
        return timeline.readings([self.concern.subject])

    @cached_property
    def behind(self) -> set[UUID]:
        """Return who of the officers, and of those who read it, stands behind a wall now."""
        readers = [one.person for one in self.readings if one.person is not None]
        return access.walled([*self._officers, *readers], list(self.concern.walls.all()))

    @cached_property
    def _officers(self) -> list[Person]:
        return list(Person.objects.holding(Role.OFFICER, Role.INDEPENDENT))

    @cached_property
    def leads(self) -> list[Person]:
        """Return who may look after it or lead it; whoever is walled off is not there."""
        return [person for person in self._officers if person.pk not in self.behind]

    @cached_property
    def here(self) -> list[Person]:
        """Return to whom of these it may be given: who asks, and whoever is not away."""
        return [one for one in self.leads if one == self.person or one in self.present]

    @cached_property
    def present(self) -> list[Person]:
        """Return who of these is not away."""
        return access.here(self.leads, days.day_of(self.now))

    @cached_property
    def turn(self) -> access.Proposal:
        """Return whose turn it is, as far as this person may know what everybody has."""
        return access.proposed(self.concern, self.person, self.now, among=self.present)


class ConcernPage(OfConcern, Page):
    """The concern, with what was said since."""

    template = "cases/desk/concern.html"
    words = frozenset({"text", "off-reason", "given_words"})

    @cached_property
    def files(self) -> list[Attachment]:
        """Return what its reporter added."""
        return list(self.concern.attachments.order_by("n"))

    @cached_property
    def asked(self) -> str:
        """Return the name that is looked for."""
        search = SearchForm(self.request.POST or self.request.GET)
        return str(search.cleaned_data["q"]) if search.is_valid() else ""

    @cached_property
    def found(self) -> list[Person]:
        """Return who bears the name that is looked for, or a part of it."""
        return list(Person.objects.active().named(self.asked))

    @cached_property
    def task_clocks(self) -> list[Clock]:
        """Return the clocks of its open tasks, the nearest first."""
        open_tasks = self.concern.tasks.filter(done_at=None, cancelled_at=None).values("pk")
        of_tasks = Clock.objects.filter(subject_kind=CLOCKS_OF_TASKS, subject_id__in=open_tasks)
        return list(material.with_pauses(of_tasks.order_by("due_at")))

    @cached_property
    def to_pause(self) -> list[Clock]:
        """Return the clocks of which some can be paused, by this person."""
        is_kept = why_triage_runs_on(self.concern, self.person)
        running = [*self.clocks, *self.task_clocks]
        return [one for one in running if not (is_kept and one.kind == Promised.TRIAGE)]

    @cached_property
    def clocks(self) -> list[Clock]:
        """Return its clocks, the nearest first."""
        return list(
            material.with_paths(Clock.objects.about(CLOCKS_OF, [self.concern.pk])).order_by(
                "due_at"
            )
        )

    @cached_property
    def known(self) -> list[access.Known]:
        """Return the clients that it names, with what else is known of them."""
        return access.known_clients([self.concern], self.person, on=days.day_of(self.now))

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with what was typed, and look for a name: Enter in a field does no more."""
        return self.page()

    def _may_name(self, texts: Mapping[Where, str]) -> bool:
        """Return whether who asks has its words open, and it waits for triage."""
        return self.concern.status == ConcernStatus.RECEIVED and bool(texts)

    def _subject(self, data: Any, among: list[Person]) -> SubjectForm:
        return SubjectForm(data, among=among, auto_id="subject_%s", initial={"q": self.asked})

    def address(self) -> str:
        """Return where the concern is."""
        return reverse("desk:concern", args=[self.concern.ref])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the concern, and record that it was read."""
        concern = self.concern
        actions.read_concern(concern, by=self.person, opener=self.opener, now=self.now)
        clocks = self.clocks
        items = timeline.of_concern(concern, clocks, self.person)
        fields = ("summary", "narrative", "about", "answers", "given")
        sealed = [(concern.pk, name) for name in fields]
        texts = self.open(
            [
                *sealed,
                *material.source_places(concern),
                *material.file_places(self.files),
                *timeline.places(items),
                *((one.link.pk, "client") for one in self.known),
            ]
        )
        narrative = texts.get((concern.pk, "narrative"))
        can_read = any(row == concern.pk for row, _ in texts)
        said = [text for (_, field), text in texts.items() if field == "body"]
        answers = material.answers_in(texts.get((concern.pk, "answers")), narrative, concern.form)
        told = (narrative, texts.get((concern.pk, "about")), *said, *dict(answers).values())
        may_name = self._may_name(texts)
        hints = access.may_mean(concern, told, but=self.person) if may_name else []
        return self.show(
            self.template,
            concern=concern,
            summary=texts.get((concern.pk, "summary")),
            narrative=narrative,
            about=texts.get((concern.pk, "about")),
            answers=answers,
            source=material.sources_of([concern], texts, self.person)[0],
            files=material.files_of(self.files, texts),
            items=timeline.opened(items, texts),
            clocks=material.strip_of(clocks, self.task_clocks),
            **self._pausing(wrong),
            **material.nearest_of([*self.clocks, *self.task_clocks], now=self.now),
            tasks_count=len(self.task_clocks),
            tasks_next=self.task_clocks[:TASKS_SHOWN],
            holders=material.holders_of(concern.safe),
            readings=self.readings,
            read_before=timeline.before_a_wall(self.readings, self.behind),
            may_answer=self._may_answer(),
            # what was written when something was refused is shown again in any case
            may_write=can_read or bool(self.request.POST.get("text")),
            is_waiting=concern.status == ConcernStatus.RECEIVED,
            turn=self.turn if concern.status == ConcernStatus.RECEIVED else None,
            given=material.given_in(texts.get((concern.pk, "given")), concern),
            may_take=self.person in self.leads and concern.owner != self.person,
            may_triage=self.person in self.leads,
            may_see_danger=concern.urgency < Level.DANGER and self._may_answer(),
            form=next(iter(wrong.values()), None),
            here=self.address(),
            answer=self.part("answer", wrong.get("answer") or AnswerForm(auto_id="answer_%s")),
            assign=self.part("assign", wrong.get("assign") or self._offered()),
            recuse=self.part("recuse", wrong.get("recuse") or self._recuse(None)),
            may_name=may_name,
            hints=hints,
            search=self.part("search", SearchForm({"q": self.asked}, auto_id="search_%s")),
            asked=self.asked,
            found=self.found,
            may_name_clients=concern.status in WORKED_ON,
            clients=[(one, texts.get((one.link.pk, "client"))) for one in self.known],
            client=self.part("client", wrong.get("client") or ClientForm(auto_id="client_%s")),
            subject=self.part("subject", wrong.get("subject") or self._subject(None, self.found)),
            **self.more(wrong, hints),
        )

    def more(self, wrong: dict[str, forms.Form], hints: list[Person]) -> dict[str, Any]:  # noqa: ARG002 - another page shows other things
        """Return what a page shows beside the concern: here, what is marked in it."""
        marks = self.part("marks", wrong.get("marks") or self._marks(None))
        return {"marks": marks, "may_mark": self.may_mark, "standing": self.signs.standing}

    @cached_property
    def signs(self) -> access.Signs:
        """Return which signs can be marked, and which are."""
        return access.signs_of(self.concern)

    @property
    def may_mark(self) -> bool:
        """Return whether signs are marked in it: until it is triaged."""
        return self.concern.status == ConcernStatus.RECEIVED and self._may_answer()

    def _marks(self, data: Any) -> SignsForm:
        form = SignsForm(data, known=self.signs, auto_id="marks_%s", prefix="marks")
        sent = self.request.POST
        # ticked when something else was pressed
        if data is None and form.add_prefix("seen") in sent:
            form.fields["signs"].initial = sent.getlist(form.add_prefix("signs"))
        return form

    def _pausing(self, wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return what the clocks of the page need, to be paused and let run again."""
        return {
            "may_pause": self._may_answer(),
            "pause": self.part(
                "pause", wrong.get("pause") or PauseForm(among=self.to_pause, auto_id="pause_%s")
            ),
            "pause_url": reverse("desk:concern-pause", args=[self.concern.ref]),
            "resume_url": reverse("desk:concern-resume", args=[self.concern.ref]),
        }

    def _assign(self, data: Any, among: list[Person]) -> AssignForm:
        return AssignForm(data, among=among, auto_id="assign_%s")

    def _offered(self) -> AssignForm:
        """Return to whom it may be given, begun with whose turn it is."""
        form = self._assign(None, self.here)
        next_one = self.turn.person if self.concern.status == ConcernStatus.RECEIVED else None
        if next_one is not None and next_one.pk != self.concern.owner_id:
            form.initial["to"] = str(next_one.pk)
        return form

    def _recuse(self, data: Any) -> RecuseForm:
        others = [person for person in self.leads if person != self.person]
        return RecuseForm(data, among=others, auto_id="recuse_%s", prefix="off")

    def _may_answer(self) -> bool:
        concern = self.concern
        if concern.status == ConcernStatus.WITHDRAWN:
            return False
        if concern.case is None:
            return self.person.is_office
        return access.can_answer(self.person, concern)


class Answer(Step, ConcernPage):
    """Write to the reporter."""

    name = "answer"

    def form(self, data: Any) -> forms.Form:
        """Return the message."""
        return AnswerForm(data, auto_id="answer_%s")

    def act(self, **entered: Any) -> str:
        """Send it."""
        actions.answer(
            self.concern, by=self.person, text=entered["text"], now=self.now, opener=self.opener
        )
        return "Sent. The reporter sees it when they come back with the receipt."


class Assign(Step, ConcernPage):
    """Take the concern, or give it to somebody."""

    name = "assign"

    def form(self, data: Any) -> forms.Form:
        """Return whose it becomes."""
        if "take" in data:
            data = {"to": str(self.person.pk)}
        return self._assign(data, self.leads)

    def act(self, **entered: Any) -> str:
        """Make it theirs."""
        to = entered["to"]
        actions.assign(
            self.concern,
            by=self.person,
            to=to,
            why=entered["given"],
            words=entered["given_words"],
            opener=self.opener,
            now=self.now,
        )
        return f"{'You look' if to == self.person else f'{to.name} looks'} after it now."


class MarkSigns(Step, ConcernPage):
    """Say which signs of pressure are seen in it, before it is triaged."""

    name = "marks"

    def form(self, data: Any) -> forms.Form:
        """Return what is ticked."""
        return self._marks(data)

    def act(self, **entered: Any) -> str:
        """Let these be marked, and no others."""
        marked = actions.mark_signs(self.concern, by=self.person, now=self.now, **entered)
        if not marked:
            return "Nothing is marked."
        signs = f"{len(marked)} signs are" if len(marked) > 1 else "One sign is"
        return f"{signs} marked. What that proposes stands beside the triage."


class SeeDanger(Step, ConcernPage):
    """Say that somebody may be in danger, before it is triaged."""

    name = "danger"

    def form(self, data: Any) -> forms.Form:
        """Return nothing to fill in: it is said with the press."""
        return AgainForm(data)

    def act(self, **entered: Any) -> str:
        """Make it urgent, and let nothing of it rest."""
        actions.see_danger(self.concern, by=self.person, now=self.now, **entered)
        return "It stands first in the queue now, and its triage does not rest. Triage it at once."


class NameSubjectEarly(Step, ConcernPage):
    """Say whom a concern is about, before it is triaged: a wall goes up.

    Whom half a name may mean is asked about once more. A message that was begun beside it is kept.
    """

    name = "subject"

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        """Ask whether they are sure, lead back, or name them."""
        if "ask" in request.POST:
            form = self.form({"person": request.POST["ask"]})
            return self._ask(form) if form.is_valid() else self.page(subject=form)
        if "back" in request.POST:
            return self.done(self.form(None))
        return super().post(request, **kwargs)

    def _ask(self, form: forms.Form) -> HttpResponse:
        # no redirect: whom somebody suspects would stand in the address, the history and the log
        access.require_officer(self.person)
        return self.show(
            "cases/desk/name_sure.html",
            concern=self.concern,
            subject=form.cleaned_data["person"],
            kept={name: self.request.POST.get(name, "") for name in sorted(self.words)},
        )

    def form(self, data: Any) -> forms.Form:
        """Return who it is: anybody who works here, whom the page showed as found or as a hint."""
        return self._subject(data, list(Person.objects.active().select_related("unit")))

    def act(self, **entered: Any) -> str:
        """Name them."""
        person = entered["person"]
        actions.name_party_of_concern(
            self.concern, by=self.person, opener=self.opener, person=person, now=self.now
        )
        return f"A wall stands around {person.name} and everyone who reports to them."


class StepOff(Step, ConcernPage):
    """Step off a concern before it is triaged."""

    name = "recuse"

    def form(self, data: Any) -> forms.Form:
        """Return why, and who takes over."""
        return self._recuse(data)

    def act(self, **entered: Any) -> str:
        """Step off."""
        actions.recuse_from_concern(
            self.concern, by=self.person, opener=self.opener, now=self.now, **entered
        )
        return STEPPED_OFF

    def onward(self) -> str:
        """Lead to the queue: the concern is not there any more."""
        return reverse("desk:queue")
