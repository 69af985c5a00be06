"""Stories like those of `stories`, with other words: what fills the quieter months between them."""

import random
from collections.abc import Iterator

from cases.lifecycle import Channel, Finding, Kind, Level, Mode
from ethicsdesk.demo import texts
from ethicsdesk.demo.acts import Act, Answer, Close, Say, Story, Write
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
    (178, Kind.REPORT, "safety", Finding.SUBSTANTIATED),
    (190, Kind.GUIDANCE, "undue_influence", Finding.OUT_OF_SCOPE),
    (223, Kind.REPORT, "discrimination", Finding.INSUFFICIENT),
    (238, Kind.EXCEPTION, "service_fairness", Finding.OUT_OF_SCOPE),
    (250, Kind.REPORT, "fraud", Finding.SUBSTANTIATED),
    (281, Kind.GUIDANCE, "pressure_on_staff", Finding.OUT_OF_SCOPE),
    (319, Kind.REPORT, "privacy", Finding.UNSUBSTANTIATED),
    (330, Kind.REPORT, "harassment", Finding.PARTLY),
    (368, Kind.GUIDANCE, "conflict_of_interest", Finding.OUT_OF_SCOPE),
    (390, Kind.REPORT, "retaliation", Finding.UNSUBSTANTIATED),
    (405, Kind.REPORT, "fraud", Finding.SUBSTANTIATED),
    (444, Kind.REPORT, "other", Finding.INSUFFICIENT),
    (468, Kind.EXCEPTION, "service_fairness", Finding.OUT_OF_SCOPE),
    (490, Kind.REPORT, "undue_influence", Finding.UNSUBSTANTIATED),
    (530, Kind.REPORT, "pressure_on_staff", Finding.SUBSTANTIATED),
]
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
    for n, (ago, kind, topic, finding) in enumerate(PAST):
        mode = list(Mode)[n % 3]
        channel = Channel.WEB if mode == Mode.ANONYMOUS else pick(chance, CHANNELS)
        story = Story(
            ago,
            kind,
            topic,
            pick(chance, UNITS) or "corporate",
            texts.narrative(chance, topic),
            acts=tuple(_acts(chance, LEADS[n % 4], kind, finding)),
            mode=mode,
            channel=channel,
            who=("", "") if mode == Mode.ANONYMOUS else (NAMES[n % len(NAMES)], ""),
            keyed_by="" if channel == Channel.WEB else RUTH,
        )
        yield phased(story)


def _acts(chance: random.Random, lead: str, kind: Kind, finding: Finding | None) -> Iterator[Act]:
    yield from opened(
        lead,
        chance.choice(texts.REASONS),
        # an officer off duty holds no key yet, so somebody on duty opens the case
        by=RUTH if lead == PRIYA else lead,
        first=chance.choice(texts.FIRST_ANSWERS),
        urgency=chance.choice([Level.LOW, Level.NORMAL, Level.NORMAL, Level.HIGH]),
    )
    worked = chance.uniform(3, 12)
    yield Write(worked, lead, chance.choice(texts.NOTES))
    if finding is None:
        yield Answer(worked + 2, lead, "This takes a little longer. I will write again next week.")
        return
    reason, message = texts.outcome(chance, finding, kind)
    closed = worked + chance.uniform(2, 30)
    yield Close(closed, lead, finding, reason, message)
    if chance.random() < COMES_BACK:
        yield Say(closed + 3)
