"""The pages of paths: their list, and the ladder of one with all that is known about it."""

from typing import Any, NamedTuple

from django import forms
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from escalation import actions, parts
from escalation.desk.ladder import Ladder, Tried, drawn, table, tried
from escalation.forms.paths import DecideForm, MoveForm, PathForm, StepForm, TryForm
from escalation.lifecycle import OPEN, VersionState
from escalation.models import STANDARD, Calendar, Path, PathMove, PathVersion
from escalation.reports import history
from escalation.rules import NoWorkingTimeError
from escalation.rules.ladders import TRIED, Flaw, Given, compare
from escalation.rules.trials import told
from people.rules import Role
from safes.desk.base import Page, Step

WHO = frozenset({Role.ADMINISTRATOR, Role.HEAD})
MOVES_SHOWN = 5


class Line(NamedTuple):
    """A path in the list: by which version clocks start, what waits, and for what it runs."""

    path: Path
    newest: PathVersion | None
    open: PathVersion | None
    uses: list[parts.Use]


class PathsPage(Step):
    """The list, on which an administrator makes a new path."""

    roles = WHO
    name = "making"

    def get(self, request: HttpRequest, **kwargs: object) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show the list."""
        return self.page()

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show every path with its newest version and what waits."""
        newest = {one.path_id: one for one in PathVersion.objects.newest()}
        waiting = {
            one.path_id: one
            for one in PathVersion.objects.filter(state__in=OPEN).select_related(
                "made_by", "proposed_by"
            )
        }
        uses = parts.uses(self.now)
        return self.show(
            "escalation/paths.html",
            lines=[
                Line(path, newest.get(path.pk), waiting.get(path.pk), uses.get(path.code, []))
                for path in Path.objects.order_by(
                    F("retired_at").asc(nulls_first=True), "name", "code"
                )
            ],
            may_make=self.person.holds(Role.ADMINISTRATOR),
            form=wrong.get("making"),
            making=wrong.get("making") or PathForm(),
        )

    def address(self) -> str:
        """Return where the list is, or the path that was just made."""
        made = self.__dict__.get("made")
        return reverse("setup:path", args=[made]) if made else reverse("setup:paths")

    def form(self, data: Any) -> forms.Form:
        """Return what the path is called."""
        return PathForm(data)

    def act(self, **entered: Any) -> str:
        """Make it."""
        self.made = actions.make_path(by=self.person, now=self.now, **entered).path.code
        return "The path is made. Add whom to reach; nothing runs on it before it is published."


class PathFrame(Page):
    """The ladder of one path."""

    roles = WHO

    @cached_property
    def path(self) -> Path:
        """Return which path it is."""
        return get_object_or_404(Path, code=self.kwargs["code"])

    @cached_property
    def versions(self) -> list[PathVersion]:
        """Return its versions, the newest first."""
        found = self.path.versions.prefetch_related("steps").order_by("-n")
        return list(found.select_related("made_by", "proposed_by", "published_by", "sent_back_by"))

    @property
    def published(self) -> list[PathVersion]:
        """Return the versions that clocks may run by, the newest first."""
        return [one for one in self.versions if one.state == VersionState.PUBLISHED]

    @property
    def pending(self) -> PathVersion | None:
        """Return the version that is drafted or proposed."""
        return next((one for one in self.versions if one.state in OPEN), None)

    @property
    def draft(self) -> PathVersion:
        """Return the version on which something is done; where there is none, it is gone."""
        if self.pending is None:
            raise Http404
        return self.pending

    @cached_property
    def shown(self) -> PathVersion:
        """Return the version that is looked at: the one asked for, the open one, or the newest."""
        asked = self.request.GET.get("version", "")
        if asked:
            found = next((one for one in self.versions if str(one.n) == asked), None)
        else:
            found = self.pending or next(iter([*self.published, *self.versions]), None)
        if found is None:
            raise Http404
        return found

    @property
    def here(self) -> int | None:
        """Return which rung is being changed."""
        asked = self.kwargs.get("n")
        return asked if asked and asked <= len(self.shown.ladder) else None

    def address(self) -> str:
        """Return where the page is."""
        return reverse("setup:path", args=[self.path.code])

    def page(self, **wrong: forms.Form) -> HttpResponse:
        """Show the ladder, the editor, what it would have done, and what may be done with it."""
        shown, may_edit = self.shown, self.person.holds(Role.ADMINISTRATOR)
        before = next((one for one in self.published if one.n < shown.n), None)
        uses = parts.uses(self.now).get(self.path.code, [])
        flaws = actions.flaws_of(shown, now=self.now) if shown.state in OPEN else []
        trying = self._trying(uses)
        trials = self._trials([one for one in (before, shown) if one is not None])
        is_editing = may_edit and shown.is_editable
        return self.show(
            "escalation/path.html",
            path=self.path,
            version=shown,
            versions=self.versions,
            newest=next(iter(self.published), None),
            open=self.pending,
            before=before,
            changes=compare(before.ladder, shown.ladder) if before else [],
            uses=uses,
            trying=trying,
            ladder=self._ladder(trying, trials[-1], flaws),
            flaws=[flaw.says for flaw in flaws],
            trials=trials if trials[-1].clocks else [],
            tried_count=told(trials[-1].clocks),
            tried_on=self.tried_on,
            is_working=any(step.rung.limit.is_working for step in shown.ladder),
            audience=table(trials, history.people_by_role()),
            running=self._running(),
            moves=self._moves(),
            is_editing=is_editing,
            may_edit=may_edit,
            may_retire=may_edit and not uses and self._may_be_retired,
            may_publish=self.person.pk not in {shown.made_by_id, shown.proposed_by_id},
            here=self.here if is_editing else None,
            rung=self._rung(wrong.get("rung")) if is_editing else None,
            deciding=wrong.get("deciding") or DecideForm(),
            moving=wrong.get("moving") or MoveForm(),
            form=next(iter(wrong.values()), None),
        )

    @property
    def _may_be_retired(self) -> bool:
        """Return whether to offer that nothing begins on it any more."""
        stays = self.path.code == STANDARD or self.path.retired_at is not None
        return not (stays or self.pending)

    def _trying(self, uses: list[parts.Use]) -> TryForm:
        """Return the made-up case: as it is asked for, or one that begins now."""
        asked = self.request.GET if "try-start" in self.request.GET else None
        return TryForm(
            asked,
            prefix="try",
            known=uses[0].limit if uses else TRIED,
            office=Calendar.objects.of(None),
            now=self.now,
        )

    def _trials(self, versions: list[PathVersion]) -> list[Tried]:
        ladders = [(one.n, one.ladder) for one in versions]
        asks = any(step.given == Given.UNANSWERED for _, steps in ladders for step in steps)
        clocks = history.past_clocks(self.tried_on, now=self.now, with_answers=asks)
        return [tried(n, steps, clocks, now=self.now) for n, steps in ladders]

    @cached_property
    def tried_on(self) -> Path:
        """Return the path on whose clocks this one is tried: its own, or the standard one.

        What nothing runs on yet is tried as well before it is published.
        """
        if self.path.code == STANDARD or history.has_run(self.path, now=self.now):
            return self.path
        return Path.objects.filter(code=STANDARD).first() or self.path

    def _ladder(self, trying: TryForm, counted: Tried, flaws: list[Flaw]) -> Ladder:
        steps = self.shown.ladder
        try:
            found = drawn(steps, *trying.case(), counted)
        except NoWorkingTimeError:
            trying.add_error("calendar", "Nobody ever works by this calendar. Choose another.")
            found = drawn(steps, *trying.case(), counted)
        for rung in found.rungs:
            rung.flaws = [flaw.says for flaw in flaws if flaw.n == rung.step.n]
        return found

    def _running(self) -> list[tuple[PathVersion, int | None]]:
        """Return the published versions with how many clocks count by each."""
        found = history.running_on([self.path])
        return [(one, told(found.get((self.path.pk, one.n), 0))) for one in self.published]

    def _moves(self) -> list[tuple[PathMove, int | None]]:
        """Return what was moved of late, each with how many clocks it has moved until now."""
        moves = PathMove.objects.filter(version__path=self.path).order_by("-asked_at")
        shown = moves.select_related("version", "asked_by")[:MOVES_SHOWN]
        return [(move, told(move.moved)) for move in shown]

    def _rung(self, wrong: forms.Form | None) -> StepForm:
        """Return the rung that was refused as it was sent, or the one that is being changed."""
        if isinstance(wrong, StepForm):
            return wrong
        if self.here is None:
            return StepForm(initial={"count": 1, "unit": "days"})
        return StepForm.shown(self.shown.ladder[self.here - 1])


class PathPage(PathFrame):
    """The page of a path."""
