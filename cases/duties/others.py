"""Answers for the clocks of cases, and of what was asked and waits for somebody else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from cases import access
from cases.duties import missing
from cases.duties.about import About, AboutDuty
from cases.duties.lines import teams_of
from cases.duties.nearest import retime_case
from cases.lifecycle import RequestState
from cases.models import Attachment, Case, Concern, IdentityRequest, OriginalRequest, Wall
from escalation.duties import Missing, Subject
from escalation.models import Clock
from people.models import Person
from people.rules import Conflicts
from safes.models import Grant, State

# what a file belongs to, and the case of that
_BELONGS = ("attachment__concern__case", "attachment__case")


class CaseDuty(AboutDuty):
    """The duty for clocks of cases: the lead answers."""

    def abouts(self, ids: Iterable[UUID]) -> Mapping[UUID, About]:
        """Return what is asked of each case."""
        wanted = set(ids)
        found = Case.objects.filter(pk__in=wanted).select_related("lead")
        teams = teams_of(wanted)
        return {
            case.pk: About(
                [case.lead] if case.lead.is_active else [],
                list(case.walls.all()),
                case.ref,
                [concern.pk for concern in case.concerns.all()],
                teams.get(case.pk, []),
                case.urgency,
                is_case=True,
            )
            for case in found.prefetch_related("walls", "concerns")
        }

    def refs(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the reference of each case."""
        return dict(Case.objects.filter(pk__in=ids).values_list("pk", "ref"))

    def shown(self, ids: Collection[UUID]) -> Mapping[UUID, Subject]:
        """Return each case."""
        return {
            pk: Subject(ref, f"Case {ref}", reverse("desk:case", args=[ref]), (pk, "summary"))
            for pk, ref in self.refs(ids).items()
        }

    def known(self) -> Iterable[UUID]:
        """Return the cases that the asker sees, as a lazy query."""
        return Case.objects.values_list("pk", flat=True)

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the cases around which a wall stands before somebody, as a lazy query."""
        walls = Wall.objects.before(conflicts).filter(case__isnull=False)
        return walls.values_list("case", flat=True)

    def missing(self, *, now: datetime, most: int) -> Sequence[Missing]:
        """Return the investigations that never had a clock."""
        return missing.of_cases(now=now, most=most)

    def moved(self, clocks: Sequence[Clock]) -> None:
        """Order the queue anew, unless a person's act holds a case: the next sweep does it then."""
        cases = Case.objects.filter(pk__in={clock.subject_id for clock in clocks})
        for case in cases.select_for_update(nowait=True, of=("self",)).order_by("pk"):
            retime_case(case)


class RequestDuty(AboutDuty):
    """The duty for requests to open an identity: whichever custodian may decide.

    No key is woken and nobody is brought in: whoever reads the concern may not decide.
    """

    falls_to_duty = False
    is_for_programs = False
    is_shared = True

    def abouts(self, ids: Iterable[UUID]) -> Mapping[UUID, About]:
        """Return what is asked of each request."""
        found = IdentityRequest.objects.filter(pk__in=ids).select_related("concern__case")
        requests = list(found.prefetch_related("concern__walls"))
        keepers = access.keepers_of(requests)
        return {
            one.pk: About(
                keepers[one.pk],
                list(one.concern.walls.all()),
                one.ref,
                [],
                level=(one.concern.case or one.concern).urgency,
                is_decided=one.state != RequestState.ASKED,
            )
            for one in requests
        }

    def missing(self, *, now: datetime, most: int) -> Sequence[Missing]:
        """Return the decisions that never had a clock."""
        return missing.of_requests(now=now, most=most)

    def refs(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the reference of each request: it tells nothing of the concern."""
        return dict(IdentityRequest.objects.filter(pk__in=ids).values_list("pk", "ref"))

    def shown(self, ids: Collection[UUID]) -> Mapping[UUID, Subject]:
        """Return each request: custodians decide it, and see nothing of its concern."""
        seen = Concern.objects.filter(identity_requests__in=ids)
        concerns = dict(seen.values_list("identity_requests", "ref"))
        return {
            pk: Subject(ref, f"Identity {ref}", _where_asked(concerns.get(pk), ref))
            for pk, ref in self.refs(ids).items()
        }

    def waiting_for(self, person: Person, *, now: datetime) -> Iterable[UUID]:  # noqa: ARG002 - the duty is asked with the moment
        """Return the requests that a custodian may decide and nobody has."""
        asked = IdentityRequest.objects.decidable_by(person).filter(state=RequestState.ASKED)
        return asked.values_list("pk", flat=True)

    def decided_with(self, person: Person, ids: Collection[UUID]) -> Iterable[UUID]:
        """Return which of these requests a custodian may or might have decided."""
        found = IdentityRequest.objects.decidable_by(person).filter(pk__in=ids)
        return found.values_list("pk", flat=True)

    def known(self) -> Iterable[UUID]:
        """Return the requests that the asker sees, as a lazy query."""
        return IdentityRequest.objects.values_list("pk", flat=True)

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the requests about what stands behind a wall before somebody, as a lazy query."""
        walls = Wall.objects.before(conflicts).filter(concern__isnull=False)
        found = IdentityRequest.objects.filter(concern__in=walls.values("concern"))
        return found.values_list("pk", flat=True)

    def standing_in(
        self,
        near: Sequence[tuple[Clock, Collection[Person]]],  # noqa: ARG002 - the duty is asked with them
    ) -> Mapping[UUID, set[UUID]]:
        """Return nobody: one custodian could otherwise appoint whom two have to."""
        return {}


class OriginalDuty(AboutDuty):
    """The duty for requests for an original: those on the concern who did not ask for it."""

    falls_to_duty = False
    is_for_programs = False
    is_shared = True

    def abouts(self, ids: Iterable[UUID]) -> Mapping[UUID, About]:
        """Return what is asked of each request."""
        found = OriginalRequest.objects.filter(pk__in=ids).select_related(*_BELONGS)
        requests = list(
            found.prefetch_related(
                "attachment__concern__walls",
                "attachment__case__walls",
                "attachment__case__concerns",
            )
        )
        abouts = [one.attachment.about for one in requests]
        teams = teams_of(case.pk for case in map(_case_of, abouts) if case is not None)
        holders = _holders(one.safe_id for one in abouts if _case_of(one) is None)
        return {one.pk: _of_original(one, teams, holders) for one in requests}

    def standing_in(
        self, near: Sequence[tuple[Clock, Collection[Person]]]
    ) -> Mapping[UUID, set[UUID]]:
        """Return who may stand in, but for whoever asked: it takes two."""
        requests = OriginalRequest.objects.filter(pk__in={clock.subject_id for clock, _ in near})
        asked = dict(requests.values_list("pk", "asked_by"))
        free = super().standing_in(near)
        return {clock.pk: free[clock.pk] - {asked.get(clock.subject_id)} for clock, _ in near}

    def missing(self, *, now: datetime, most: int) -> Sequence[Missing]:
        """Return the releases that never had a clock."""
        return missing.of_originals(now=now, most=most)

    def refs(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the reference of the case or concern of each request."""
        of = "attachment__concern"
        known = Coalesce("attachment__case__ref", f"{of}__case__ref", f"{of}__ref")
        return dict(OriginalRequest.objects.filter(pk__in=ids).values_list("pk", known))

    def shown(self, ids: Collection[UUID]) -> Mapping[UUID, Subject]:
        """Return each request, at the file of which it asks the original."""
        found = OriginalRequest.objects.filter(pk__in=ids).select_related(*_BELONGS)
        return {one.pk: _file_of(one) for one in found}

    def waiting_for(self, person: Person, *, now: datetime) -> Iterable[UUID]:
        """Return the requests that somebody of the office may release and nobody has."""
        releasable = OriginalRequest.objects.releasable_by(person, now)
        return releasable.values_list("pk", flat=True)

    def decided_with(self, person: Person, ids: Collection[UUID]) -> Iterable[UUID]:
        """Return which of these requests somebody of the office may or might have released."""
        found = OriginalRequest.objects.decidable_by(person).filter(pk__in=ids)
        return found.values_list("pk", flat=True)

    def known(self) -> Iterable[UUID]:
        """Return the requests that the asker sees, as a lazy query."""
        return OriginalRequest.objects.values_list("pk", flat=True)

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:
        """Return the requests about what stands behind a wall before somebody, as a lazy query."""
        walls = Wall.objects.before(conflicts)
        walled = Q(attachment__concern__in=walls.filter(concern__isnull=False).values("concern"))
        walled |= Q(attachment__case__in=walls.filter(case__isnull=False).values("case"))
        return OriginalRequest.objects.filter(walled).values_list("pk", flat=True)


def _where_asked(concern: str | None, request: str) -> str:
    if concern is None:
        return reverse("desk:identity-request", args=[request])
    return reverse("desk:identity", args=[concern])


def _file_of(request: OriginalRequest) -> Subject:
    about = request.attachment.about
    reference = (_case_of(about) or about).ref
    return Subject(reference, f"Original in {reference}", address_of(request.attachment))


def address_of(file: Attachment, route: str = "file") -> str:
    """Return where a file of a concern or a case is shown, or one of the acts on it is done."""
    about = file.about
    prefix = "case-" if isinstance(about, Case) else ""
    return reverse(f"desk:{prefix}{route}", args=[about.ref, file.n])


def _case_of(about: Case | Concern) -> Case | None:
    return about if isinstance(about, Case) else about.case


def _holders(safes: Iterable[UUID]) -> dict[UUID, list[Person]]:
    """Return who of the office can open each of these safes now."""
    held: dict[UUID, list[Person]] = {}
    active = Grant.objects.filter(safe__in=set(safes), state=State.ACTIVE, person__is_active=True)
    for one in active.select_related("person").order_by("person__name", "person"):
        if one.person is not None and one.person.is_office:
            held.setdefault(one.safe_id, []).append(one.person)
    return held


def _of_original(
    request: OriginalRequest,
    teams: Mapping[UUID, list[Person]],
    holders: Mapping[UUID, list[Person]],
) -> About:
    about = request.attachment.about
    case = _case_of(about)
    may = holders.get(about.safe_id, []) if case is None else teams.get(case.pk, [])
    concerns = about.concerns.all() if isinstance(about, Case) else [about]
    return About(
        [one for one in may if one.is_active and one.pk != request.asked_by_id],
        list(about.walls.all()),
        (case or about).ref,
        [one.pk for one in concerns],
        level=(case or about).urgency,
        is_decided=request.released_by_id is not None,
    )
