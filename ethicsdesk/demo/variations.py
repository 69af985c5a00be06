"""Stories like those of `stories`, with other words: what fills the quieter months between them."""

import random
from collections.abc import Iterator

from cases.lifecycle import Bearing, Channel, Finding, Kind, Level, Mode
from cases.lifecycle.outcomes import HAS_CONSEQUENCES, ForOrganisation, ForSubject
from ethicsdesk.demo import texts
from ethicsdesk.demo.acts import Act, Answer, Close, Say, Story, Write
from ethicsdesk.demo.casework import Allege, Enter, Find, Follow
from ethicsdesk.demo.history import CHANNELS, COMES_BACK, UNITS, pick
from ethicsdesk.demo.stories.telling import JO, PRIYA, RUTH, TOMAS, opened, phased

# When they came, in days before today, and what was found; where nothing was, they are open.
PAST: list[tuple[float, Kind, str, Finding | None]] = [
    (22, Kind.GUIDANCE, "pressure_on_staff", None),
    (29, Kind.REPORT, "fraud", None),
    (42, Kind.GUIDANCE, "conflict_of_interest", Finding.OUT_OF_SCOPE),
    (64, Kind.REPORT, "service_fairness", None),
    (78, Kind.GUIDANCE, "pressure_on_staff", Finding.OUT_OF_SCOPE),
    (86, Kind.REPORT, "harassment", Finding.SUBSTANTIATED),
    (99, Kind.EXCEPTION, "service_fairness", Finding.OUT_OF_SCOPE),
    (112, Kind.REPORT, "fraud", Finding.UNSUBSTANTIATED),
    (139, Kind.GUIDANCE, "privacy", Finding.OUT_OF_SCOPE),
    (151, Kind.REPORT, "conflict_of_interest", Finding.PARTLY),
    (178, Kind.REPORT, "conflict_of_interest", Finding.SUBSTANTIATED),
    (190, Kind.GUIDANCE, "undue_influence", Finding.OUT_OF_SCOPE),
    (223, Kind.REPORT, "discrimination", Finding.INSUFFICIENT),
    (238, Kind.EXCEPTION, "service_fairness", Finding.OUT_OF_SCOPE),
    (250, Kind.REPORT, "conflict_of_interest", Finding.SUBSTANTIATED),
    (281, Kind.GUIDANCE, "pressure_on_staff", Finding.OUT_OF_SCOPE),
    (319, Kind.REPORT, "privacy", Finding.UNSUBSTANTIATED),
    (330, Kind.REPORT, "harassment", Finding.PARTLY),
    (368, Kind.GUIDANCE, "conflict_of_interest", Finding.OUT_OF_SCOPE),
    (390, Kind.REPORT, "retaliation", Finding.UNSUBSTANTIATED),
    (405, Kind.REPORT, "conflict_of_interest", Finding.SUBSTANTIATED),
    (444, Kind.REPORT, "other", Finding.INSUFFICIENT),
    (468, Kind.EXCEPTION, "service_fairness", Finding.OUT_OF_SCOPE),
    (490, Kind.REPORT, "undue_influence", Finding.UNSUBSTANTIATED),
    (530, Kind.REPORT, "conflict_of_interest", Finding.SUBSTANTIATED),
]
# what followed where an interest had been kept from the others, by the order of `PAST`
FOLLOWED = (
    (ForSubject.CONVERSATION,),
    (ForSubject.WARNING,),
    (ForSubject.WARNING, ForSubject.TRAINING),
    (ForSubject.TRANSFER,),
    (ForSubject.DISMISSAL,),
)
NAMES = (
    "Tariq Evans",
    "Mei Fontaine",
    "Gareth Ndiaye",
    "Selma Hartley",
    "Pedro Kim",
    "Oksana Reilly",
)
LEADS = (RUTH, TOMAS, JO, PRIYA)


def variations() -> Iterator[Story]:
    """Yield them, the same each time."""
    chance = random.Random("variations")  # noqa: S311 - the same invented stories everywhere
    followed = iter(FOLLOWED)
    for n, (ago, kind, topic, finding) in enumerate(PAST):
        is_looked_into = topic == "conflict_of_interest" and finding in HAS_CONSEQUENCES
        mode = list(Mode)[n % 3]
        channel = Channel.WEB if mode == Mode.ANONYMOUS else pick(chance, CHANNELS)
        story = Story(
            ago,
            kind,
            topic,
            pick(chance, UNITS) or "corporate",
            texts.narrative(chance, topic),
            acts=tuple(
                _acts(chance, LEADS[n % 4], kind, finding, next(followed) if is_looked_into else ())
            ),
            mode=mode,
            channel=channel,
            who=("", "") if mode == Mode.ANONYMOUS else (NAMES[n % len(NAMES)], ""),
            keyed_by="" if channel == Channel.WEB else RUTH,
        )
        yield phased(story)


def _acts(
    chance: random.Random,
    lead: str,
    kind: Kind,
    finding: Finding | None,
    follows: tuple[ForSubject, ...],
) -> Iterator[Act]:
    yield from opened(
        lead,
        chance.choice(texts.REASONS),
        # an officer off duty holds no key yet, so somebody on duty opens the case
        by=RUTH if lead == PRIYA else lead,
        first=chance.choice(texts.FIRST_ANSWERS),
        urgency=chance.choice([Level.LOW, Level.NORMAL, Level.NORMAL, Level.HIGH]),
        severity=Level.HIGH if follows else Level.NORMAL,
    )
    worked = chance.uniform(3, 12)
    yield Write(worked, lead, chance.choice(texts.NOTES))
    if finding is None:
        yield Answer(worked + 2, lead, "This takes a little longer. I will write again next week.")
        return
    reason, message = texts.outcome(chance, finding, kind)
    closed = worked + chance.uniform(2, 30)
    if follows:
        yield from _looked_into(lead, worked, finding, follows)
    yield Close(closed, lead, finding, reason, message)
    if chance.random() < COMES_BACK:
        yield Say(closed + 3)


def _looked_into(
    lead: str, worked: float, finding: Finding, follows: tuple[ForSubject, ...]
) -> Iterator[Act]:
    """Yield what was alleged, on what it rests, what was found, and what follows."""
    yield Allege(worked + 0.2, lead, "An interest in the firm was not declared.")
    yield Enter(worked + 0.4, lead, "Extract of the company register", of=1, how=Bearing.SUPPORTS)
    yield Find(worked + 0.8, lead, 1, finding, "The register says it, and nobody disputes it.")
    yield Follow(
        worked + 1.2,
        lead,
        1,
        follows,
        (ForOrganisation.PROCESS,),
        "How long it was kept from the others, and what came of it.",
        departs="What came of it differs: see the finding.",
    )
