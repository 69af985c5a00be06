"""Where else the clients of a concern or a case are named, and which red flags are kept on them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db import transaction

from cases.models import Case, ClientLink, Concern, RedFlag
from common import asking
from people.models import Person

# for how long a concern counts as pressure from the same client
BACK = relativedelta(months=24)


@dataclass
class Known:
    """A client of a concern, and what else the office knows of the same one."""

    # under what the name is sealed, and to which concern
    link: ClientLink
    # how many other concerns of the last two years name it; behind a wall none is counted
    number: int = 0
    # those of them that whoever asks can see, the newest first
    seen: list[Concern] = field(default_factory=list)
    # flags of cases that whoever asks can see, and of how many others there are more
    flags: list[RedFlag] = field(default_factory=list)
    more_flags: int = 0

    @property
    def hidden(self) -> int:
        """Return how many of the concerns whoever asks cannot see."""
        return self.number - len(self.seen)


def known_clients(concerns: Collection[Concern], person: Person, *, on: date) -> list[Known]:
    """Return the clients that these concerns name, with what else is known of each on a day.

    What stands behind the walls of whoever asks is never counted: the database leaves it out.
    """
    named = ClientLink.objects.filter(concern__in=concerns, taken_back_at=None)
    found = [Known(link) for link in named.select_related("concern").order_by("at")]
    if not found:
        return []
    blinds = {bytes(one.link.blind) for one in found}
    with transaction.atomic(), asking.at_the_gate():
        links = list(
            ClientLink.objects.filter(blind__in=blinds, taken_back_at=None, filed_on__gte=on - BACK)
            .exclude(concern__in=concerns)
            .order_by("-filed_on", "-at")
        )
        flags = list(RedFlag.objects.filter(blind__in=blinds, lifted_at=None).order_by("at"))
    seen = Concern.objects.visible_to(person).in_bulk([link.concern_id for link in links])
    cases = Case.objects.visible_to(person).in_bulk([flag.case_id for flag in flags])
    # with their case and who keeps them, where whoever asks sees the case
    open_to = [flag.pk for flag in flags if flag.case_id in cases]
    shown = RedFlag.objects.select_related("case", "by").in_bulk(open_to) if open_to else {}
    for one in found:
        blind = bytes(one.link.blind)
        others = dict.fromkeys(link.concern_id for link in links if bytes(link.blind) == blind)
        kept = [flag for flag in flags if bytes(flag.blind) == blind]
        one.number = len(others)
        one.seen = [seen[pk] for pk in others if pk in seen]
        one.flags = [shown[flag.pk] for flag in kept if flag.pk in shown]
        one.more_flags = len(kept) - len(one.flags)
    return found
