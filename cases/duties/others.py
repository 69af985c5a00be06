"""Answers for the clocks of cases, and of what was asked and waits for somebody else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models.functions import Coalesce
from django.urls import reverse

from cases import access
from cases.duties.about import About, AboutDuty
from cases.duties.lines import teams_of
from cases.duties.nearest import retime_case
from cases.models import Case, IdentityRequest, Member, OriginalRequest, Wall
from escalation.duties import Subject
from escalation.models import Clock
from people.models import Person
from people.rules import Conflicts


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

    def abouts(self, ids: Iterable[UUID]) -> Mapping[UUID, About]:
        """Return what is asked of each request."""
        found = IdentityRequest.objects.filter(pk__in=ids).prefetch_related("concern__walls")
        return {
            one.pk: About(access.keepers(one), list(one.concern.walls.all()), one.ref, [])
            for one in found
        }

    def refs(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the reference of each request: it tells nothing of the concern."""
        return dict(IdentityRequest.objects.filter(pk__in=ids).values_list("pk", "ref"))

    def shown(self, ids: Collection[UUID]) -> Mapping[UUID, Subject]:
        """Return each request, where a custodian decides it."""
        return {
            pk: Subject(ref, f"Identity {ref}", reverse("desk:identity-request", args=[ref]))
            for pk, ref in self.refs(ids).items()
        }

    def known(self) -> Iterable[UUID]:
        """Return the requests that the asker sees, as a lazy query."""
        return IdentityRequest.objects.values_list("pk", flat=True)

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:  # noqa: ARG002 - the duty is asked with them
        """Return every request: programs know of none."""
        return IdentityRequest.objects.values_list("pk", flat=True)

    def standing_in(
        self,
        near: Sequence[tuple[Clock, Collection[Person]]],  # noqa: ARG002 - the duty is asked with them
    ) -> Mapping[UUID, set[UUID]]:
        """Return nobody: one custodian could otherwise appoint whom two have to."""
        return {}


class OriginalDuty(AboutDuty):
    """The duty for requests for an original: those on the concern who did not ask for it."""

    falls_to_duty = False

    def abouts(self, ids: Iterable[UUID]) -> Mapping[UUID, About]:
        """Return what is asked of each request."""
        found = OriginalRequest.objects.filter(pk__in=ids)
        found = found.select_related("attachment__concern__case", "attachment__concern__owner")
        return {one.pk: _of_original(one) for one in found}

    def refs(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the reference of the case or concern of each request."""
        of = "attachment__concern"
        found = OriginalRequest.objects.filter(pk__in=ids)
        return dict(found.values_list("pk", Coalesce(f"{of}__case__ref", f"{of}__ref")))

    def shown(self, ids: Collection[UUID]) -> Mapping[UUID, Subject]:
        """Return each request, at the file of which it asks the original."""
        found = OriginalRequest.objects.filter(pk__in=ids).select_related(
            "attachment__concern__case"
        )
        return {one.pk: _file_of(one) for one in found}

    def known(self) -> Iterable[UUID]:
        """Return the requests that the asker sees, as a lazy query."""
        return OriginalRequest.objects.values_list("pk", flat=True)

    def closed_to(self, conflicts: Conflicts) -> Iterable[UUID]:  # noqa: ARG002 - the duty is asked with them
        """Return every request: programs know of none."""
        return OriginalRequest.objects.values_list("pk", flat=True)


def _file_of(request: OriginalRequest) -> Subject:
    attachment = request.attachment
    concern = attachment.concern
    reference = concern.case.ref if concern.case else concern.ref
    url = reverse("desk:file", args=[concern.ref, attachment.n])
    return Subject(reference, f"Original in {reference}", url)


def _of_original(request: OriginalRequest) -> About:
    concern = request.attachment.concern
    if concern.case is None:
        near = [concern.owner] if concern.owner else []
    else:
        team = Member.objects.current().filter(case=concern.case).select_related("person")
        near = [member.person for member in team]
    return About(
        [one for one in near if one.is_active and one.pk != request.asked_by_id],
        list(concern.walls.all()),
        concern.case.ref if concern.case else concern.ref,
        [concern.pk],
    )
