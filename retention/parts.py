"""What retention hangs on a case: until when it is kept, and its holds."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import uuid4

from django.db.models import Q
from django.urls import reverse

from cases.models import Case
from cases.parts import Waits
from ledger import actions as ledger
from ledger.verbs import Verb
from people.models import Person
from retention.access import REASON, Kept
from retention.lifecycle import DisposalState
from retention.models import Disposal, Hold, Rule
from safes import access as opening
from safes import actions as safes
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
        _share_holds(case, fresh, by=by, opener=opener, now=now)
        _share_holds(fresh, case, by=by, opener=opener, now=now, of_case=False)


def waits_for(person: Person) -> Iterable[Waits]:
    """Yield the disposals that somebody proposed and this person may decide."""
    seen = Disposal.objects.visible_to(person).filter(state=DisposalState.PROPOSED)
    if number := seen.exclude(proposed_by=person).count():
        yield Waits("Erase for good, or keep", reverse("retention:disposal"), number)


def _share_holds(
    case: Case,
    to: Case,
    *,
    by: Person,
    opener: Opener,
    now: datetime,
    of_case: bool = True,
) -> None:
    """Hold another case on everything on which a case is held, by who held it and since when.

    Part of the act that makes two cases of one, which holds both. `of_case` is whether the holds on
    the case itself count, or those on what was filed alone. What of the reasons opens is sealed
    anew; whoever lifts one there is another person than who placed the first.
    """
    on = Q(concern__case=case) | Q(case=case) if of_case else Q(concern__case=case)
    standing = list(Hold.objects.standing().filter(on).order_by("placed_at", "pk"))
    texts = opening.open_texts(opener, [(one.pk, REASON) for one in standing])
    for one in standing:
        hold = Hold(
            id=uuid4(),
            case=to,
            ground=one.ground,
            placed_by_id=one.placed_by_id,
            placed_at=one.placed_at,
        )
        hold.save(force_insert=True)
        if reason := texts.get((one.pk, REASON)):
            key = opening.key_of(opener, to.safe)
            safes.add(to.safe, row=hold.pk, items={REASON: reason.encode()}, key=key)
        ledger.record(
            Verb.HOLD_PLACED, by=by.actor, at=now, subject=f"case:{to.pk}",
            ground=one.ground, how="split",
        )  # fmt: skip
