"""A case: its header and its timeline."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from cases import access, actions, parts
from cases.desk.views import material, sections, timeline
from cases.desk.views.concern import TASKS_SHOWN
from cases.forms.desk import (
    MESSAGE,
    DraftForm,
    EntryForm,
    PauseForm,
)
from cases.forms.phases import BackForm
from cases.lifecycle import (
    CLOCKS_OF,
    CLOCKS_OF_CASES,
    CLOCKS_OF_TASKS,
    Area,
    CaseStatus,
    Deed,
    Function,
    Phase,
    works_in,
)
from cases.models import (
    Attachment,
    Case,
    Concern,
    EntryDraft,
    Member,
    Message,
    Note,
    Task,
    Triage,
)
from common.errors import RuleError
from escalation.lifecycle import TICKING
from escalation.models import Clock
from people.rules import OFFICE, Role
from safes.access import Where
from safes.desk.base import Page, Step


class CasePage(Page):
    """One section of a case, below its header. An auditor sees that and when, never what."""

    roles = OFFICE | {Role.AUDITOR, Role.EXPERT}
    section: ClassVar[str]
    # of a page within a section; else it is the section's own
    template: ClassVar[str] = ""
    # whether phases and clocks are acted on here: not beside words that belong to another form
    has_acts: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Lead from a case that was merged to the one in which it goes on."""
        into = self._survivor()
        if into is None:
            return super().dispatch(request, *args, **kwargs)
        messages.info(request, f"{self.case.ref} was merged into this case, and goes on here.")
        return redirect("desk:case", into.ref)

    def _survivor(self) -> Case | None:
        """Return into which case this one was merged, where who asks sees it."""
        user = self.request.user
        if not (user.is_authenticated and self.person.holds(*self.roles)):
            return None
        try:
            return self.case.part_of
        except Http404:
            # answered as ever, in its turn
            return None

    @cached_property
    def _found(self) -> tuple[Case, list[Member]]:
        """Return the case, and who is let in on it."""
        case = access.get_case(self.person, str(self.kwargs["ref"]))
        return case, list(case.members.current().select_related("person"))

    @cached_property
    def case(self) -> Case:
        """Return the case; hidden and absent give the same answer, and so do its parts."""
        case, _ = self._found
        # an approver is led on from the timeline to what they decide
        if self.decides and self.section == TimelineSection.section:
            return case
        if not sections.is_open(self.section, self.areas, self.deeds, decides=self.decides):
            raise Http404
        return case

    @cached_property
    def concerns(self) -> list[Concern]:
        """Return what was filed, as far as this person may see it."""
        talk = Prefetch("messages", Message.objects.select_related("author"))
        found = Concern.objects.visible_to(self.person).filter(case=self.case)
        return list(found.prefetch_related(talk).order_by("filed_on", "ref"))

    @cached_property
    def files(self) -> list[Attachment]:
        """Return what was added to the case, and to its concerns as far as they are seen."""
        concerns = {concern.pk: concern for concern in self.concerns}
        own = Q(case=self.case) if Area.EVIDENCE in self.areas else Q(pk=None)
        found = Attachment.objects.filter(own | Q(concern__in=concerns))
        files = list(found.order_by("n"))
        for file in files:
            # what is known of these already need not be asked again
            file.case = self.case if file.concern_id is None else None
            file.concern = concerns[file.concern_id] if file.concern_id is not None else None
        return files

    @cached_property
    def triages(self) -> list[Triage]:
        """Return the records of its triage; an auditor sees these, and not the concerns."""
        return list(self.case.triages.select_related("by", "category"))

    @cached_property
    def clocks(self) -> list[Clock]:
        """Return its clocks: those that tick first, the nearest before the others."""
        about = Q(subject_kind=CLOCKS_OF, subject_id__in=self._concern_ids)
        about |= Q(subject_kind=CLOCKS_OF_CASES, subject_id=self.case.pk)
        clocks = material.with_paths(Clock.objects.filter(about))
        return sorted(clocks, key=lambda clock: (clock.state not in TICKING, clock.due_at))

    @property
    def _concern_ids(self) -> list[UUID]:
        return [one.concern_id for one in self.triages]

    @cached_property
    def tasks(self) -> list[Task]:
        """Return its tasks and those of its concerns."""
        return material.tasks_of(self.case, self._concern_ids)

    @cached_property
    def task_clocks(self) -> list[Clock]:
        """Return the clocks of its open tasks, the nearest first."""
        ids = [task.pk for task in self.tasks if task.is_open]
        clocks = Clock.objects.about(CLOCKS_OF_TASKS, ids).order_by("due_at")
        return list(material.with_pauses(clocks)) if ids else []

    @cached_property
    def to_pause(self) -> list[Clock]:
        """Return the clocks of which some can be paused."""
        return [*self.clocks, *self.task_clocks]

    @cached_property
    def team(self) -> list[Member]:
        """Return who works on it, the lead first."""
        case, members = self._found
        return sorted(members, key=lambda one: (one.person_id != case.lead_id, one.since))

    @property
    def place(self) -> Member | None:
        """Return the place of who asks on the team, or None."""
        return next((one for one in self._found[1] if one.person_id == self.person.pk), None)

    @property
    def areas(self) -> frozenset[Area]:
        """Return which areas of the case who asks may see."""
        return access.seen_by(self.place)

    @property
    def deeds(self) -> frozenset[Deed]:
        """Return what who asks may do with the case as a whole; outside of the team, see it all."""
        place = self.place
        return frozenset(one for one in Deed if place is None or access.is_able(place, one))

    @property
    def decides(self) -> bool:
        """Return whether who asks is there to approve, and for nothing else."""
        return self.place is not None and self.place.function == Function.APPROVER

    @property
    def is_member(self) -> bool:
        """Return whether who asks is on the team."""
        return self.place is not None

    def works_in(self, area: Area) -> bool:
        """Return whether who asks works in an area of the case."""
        one = self.place
        return one is not None and works_in(one.function, one.areas, area)

    @property
    def may_act(self) -> bool:
        """Return whether who asks can still add to this part of it."""
        area = sections.BY_ROUTE.get(self.section, sections.SECTIONS[0]).area
        return self.case.status == CaseStatus.OPEN and self.works_in(area)

    @property
    def steers(self) -> bool:
        """Return whether who asks decides how the case goes on, and when."""
        is_open = self.is_member and self.case.status == CaseStatus.OPEN
        return is_open and Deed.STEER in self.deeds

    def address(self) -> str:
        """Return where the section is."""
        return reverse(f"desk:{self.section}", args=[self.case.ref])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the section, and record that the case was read."""
        actions.read_case(self.case, by=self.person, opener=self.opener, now=self.now)
        texts = self.open([*self._header_places(), *self.places()])
        return self.show(
            self.template or f"cases/desk/{self.section}.html",
            case=self.case,
            title=texts.get((self.case.pk, "summary")),
            section=self.section,
            sources=material.sources_of(self.concerns, texts, self.person),
            waiting=_waiting(self.concerns, self.case),
            clocks=material.strip_of(self.clocks, self.task_clocks),
            may_pause=self.steers and self.has_acts,
            steers=self.steers,
            pause=self.part(
                "pause", wrong.get("pause") or PauseForm(among=self.to_pause, auto_id="pause_%s")
            ),
            pause_url=reverse("desk:pause", args=[self.case.ref]),
            resume_url=reverse("desk:resume", args=[self.case.ref]),
            **material.nearest_of(self.to_pause, now=self.now),
            **material.phases_of(self.case, self.clocks),
            back=self.part("back", wrong.get("back") or self._phase_back()),
            tasks_count=len(self.task_clocks),
            tasks_next=self.task_clocks[:TASKS_SHOWN],
            team=self.team,
            tabs=sections.tabs(
                self.case,
                self.counts(),
                self.areas,
                self.deeds,
                may_act=self.may_act,
                decides=self.decides,
            ),
            panels=[
                (part.panel, part.shown(self.case))
                for part in parts.REGISTRY.values()
                if not self.decides
            ],
            is_member=self.is_member,
            deeds=self.deeds if self.is_member else frozenset(),
            may_act=self.may_act,
            has_acts=self.has_acts,
            here=self.address(),
            form=next(iter(wrong.values()), None),
            **self.details(texts, wrong),
        )

    def counts(self) -> dict[str, int]:
        """Return how much the sections hold, by their routes, from what the header knows anyway."""
        return {"files": len(self.files), "tasks": len(self.task_clocks)}

    def _phase_back(self) -> BackForm:
        return BackForm(phase=Phase(self.case.phase), auto_id="back_%s")

    def _header_places(self) -> list[Where]:
        names = [place for concern in self.concerns for place in material.source_places(concern)]
        return [(self.case.pk, "summary"), *names]

    def places(self) -> list[Where]:
        """Return what the section opens."""
        return []

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return what the section shows."""
        raise NotImplementedError


def _waiting(concerns: Collection[Concern], case: Case) -> Message | None:
    """Return the message of an open case that is to be answered by whoever did not write it.

    Of several reporters, that of the one who has waited longest for the team; else the last one.
    """
    if case.status == CaseStatus.CLOSED:
        return None
    talks = [sorted(one.messages.all(), key=lambda message: message.n) for one in concerns]
    last = sorted((talk[-1] for talk in talks if talk), key=lambda message: message.on)
    waits = [message for message in last if message.author_id is None]
    return next(iter(waits or reversed(last)), None)


# -- the timeline ----------------------------------------------------------------------------


class TimelineSection(CasePage):
    """Everything that happened, a page at a time, and the composer."""

    section = "case"
    has_acts = True
    words = frozenset({"text", "speaker", "to_whom", "words"})

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:
        """Show it; lead an approver to what they decide on."""
        case = self.case
        if self.decides:
            return redirect("desk:close", ref=case.ref)
        return super().get(request, **kwargs)

    def post(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the page with what was typed: Enter in a field does no more."""
        return self.page()

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show it to whoever works on the case or looks at it, and not to an approver."""
        if self.decides:
            raise Http404
        return super().page(**wrong)

    @cached_property
    def asked(self) -> timeline.Part:
        """Return which entries the address asks for."""
        wanted = self.request.GET
        before = timeline.End.parse(wanted.get("before", ""))
        return timeline.Part(wanted.get("only", ""), before)

    @cached_property
    def found(self) -> tuple[list[timeline.Item], timeline.End | None]:
        """Return a page of the timeline, unopened, and where it ends if more follow."""
        told = timeline.Told(
            self.case,
            self.triages,
            self.concerns,
            self.clocks,
            self.files,
            self.may_act,
            self.areas,
            list(self.case.parts.values_list("pk", flat=True)),
        )
        return timeline.of_case(told, self.person, self.asked)

    @cached_property
    def draft(self) -> EntryDraft | None:
        """Return what who asks began to write and has not signed."""
        return EntryDraft.objects.filter(case=self.case, author=self.person).first()

    def places(self) -> list[Where]:
        """Return where its words are."""
        begun = [(self.draft.pk, "draft")] if self.draft is not None else []
        return [*begun, *timeline.places(self.found[0])]

    def details(self, texts: dict[Where, str], wrong: dict[str, forms.Form]) -> dict[str, Any]:
        """Return a page of the timeline, or of it what was asked for."""
        items, end = self.found
        kinds = timeline.kinds_for(self.areas)
        only = self.asked.only if self.asked.only in kinds else ""
        at = {"only": only} if only else {}
        here = self.address()
        return {
            "items": timeline.opened(items, texts),
            "only": only,
            "kinds": kinds,
            "is_later_page": self.asked.before is not None,
            "newest_url": f"{here}?{urlencode(at)}",
            "older_url": f"{here}?{urlencode({**at, 'before': str(end)})}" if end else "",
            "entry": self._composer(wrong, texts),
            "draft": self.draft,
            "reporter_can_read": bool(self.concerns),
        }

    def _composer(self, wrong: dict[str, forms.Form], texts: dict[Where, str]) -> forms.Form:
        """Return the composer: as it was sent, as it was kept, or empty."""
        begun = self._entry()
        if self.draft is not None and (self.draft.pk, "draft") in texts:
            kept = json.loads(texts[self.draft.pk, "draft"])
            # only what stood in the composer ends with what is signed
            begun.initial = {**kept, "draft": self.draft.saved_at.isoformat()}
        sent = wrong.get("entry")
        if isinstance(sent, DraftForm):
            # what cannot be kept stands in the composer as it was sent, with why
            begun = self._entry(initial=dict(sent.data.items()))
        return self.part("entry", sent if isinstance(sent, EntryForm) else begun)

    def _entry(self, data: Any = None, **kwargs: Any) -> EntryForm:
        kinds = [kind for kind in Note.Kind if self._signs(kind)]
        among = self.concerns if self.works_in(Area.CONCERNS) else []
        writes = not self.is_member or self.works_in(Area.CONCERNS)
        return EntryForm(
            data, kinds=kinds, among=among, writes=writes, auto_id="entry_%s", **kwargs
        )

    def _signs(self, kind: Note.Kind) -> bool:
        return kind != Note.Kind.ADVICE or self.works_in(Area.LEGAL)


class AddToTimeline(Step, TimelineSection):
    """Sign a note, or write to the reporter."""

    name = "entry"

    def form(self, data: Any) -> forms.Form:
        """Return what is added."""
        return self._entry(data)

    def act(self, **entered: Any) -> str:
        """Add it."""
        kind, text = entered["kind"], entered["text"]
        if kind == MESSAGE:
            return self._write(text, entered.get("to"), entered["draft"])
        actions.sign_note(
            self.case,
            by=self.person,
            kind=Note.Kind(kind),
            text=text,
            told=entered["told"],
            draft=entered["draft"],
            now=self.now,
            opener=self.opener,
        )
        return "Signed and added."

    def _write(self, text: str, to: Concern | None, draft: datetime | None) -> str:
        access.require(self.person, self.case, Area.CONCERNS)
        if not self.concerns:
            msg = "There is no reporter to write to. Your text is kept."
            raise RuleError(msg)
        actions.answer(
            to or self.concerns[0],
            by=self.person,
            text=text,
            draft=draft,
            now=self.now,
            opener=self.opener,
        )
        return "Sent. The reporter sees it when they come back with the receipt."
