"""What retention hangs on a case: until when it is kept, and its holds."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.urls import reverse

from cases.models import Case
from cases.parts import Waits
from people.models import Person
from retention.access import Kept
from retention.actions.holds import share_holds
from retention.lifecycle import DisposalState
from retention.models import Disposal, Rule
from safes.rules import Opener


class Keeping:
    """Stands on the case page; its rows go with the case."""

    label = "Retention"
    panel = "retention/panel.html"

    def shown(self, case: Case) -> Mapping[str, object]:
        """Return until when it is kept, by which law, and whether it is held."""
        kept = Kept(case)
        schedule = Rule.objects.schedule()
        asked = Disposal.objects.open().filter(case=case).order_by("proposed_at").first()
        return {
            "term": kept.term(schedule),
            "due_on": kept.due_on(schedule),
            "is_held": kept.is_held(),
            "disposal": asked,
        }

    def blocks_closing(self, case: Case) -> list[str]:  # noqa: ARG002 - nothing of ours stands against it
        """Return nothing: what is closed can be held as well."""
        return []

    def export(self, case: Case) -> Iterator[dict[str, object]]:
        """Yield the holds, without their sealed reasons."""
        for hold in case.holds.order_by("placed_at"):
            yield {
                "kind": "hold",
                "ground": hold.ground,
                "placed_at": hold.placed_at,
                "lifted_at": hold.lifted_at,
            }

    def erase(self, case: Case) -> None:
        """Delete what hangs on the case before its row goes."""
        case.holds.all().delete()
        case.disposals.all().delete()

    def move(self, case: Case, to: Case) -> None:
        """Hang the holds on another case; what was proposed is proposed anew there.

        Two on one ground stay two: each is lifted for itself.
        """
        case.holds.update(case=to)

    def share(self, case: Case, fresh: Case, *, by: Person, opener: Opener, now: datetime) -> None:
        """Hold what was one case on either side on everything that held it before.

        A hold on what was filed goes along with it, and held the whole case until then.
        """
        share_holds(case, fresh, by=by, opener=opener, now=now)
        share_holds(fresh, case, by=by, opener=opener, now=now, of_case=False)


def waits_for(person: Person) -> Iterable[Waits]:
    """Yield the disposals that somebody proposed and this person may decide."""
    seen = Disposal.objects.visible_to(person).filter(state=DisposalState.PROPOSED)
    if number := seen.exclude(proposed_by=person).count():
        yield Waits("Erase for good, or keep", reverse("retention:disposal"), number)
