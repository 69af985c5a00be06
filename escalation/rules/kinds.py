"""Every kind of duty that runs on a clock: what it is called, when it starts, what meets it. Pure.

One closed list for all packages, as the ledger's verbs are: pages, the API and calendars name a
clock by it. An office sets other limits and paths (models.Standard); the limits of the kinds that
its policy promises stand in the policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from escalation.rules.limits import Limit

DIRECTIVE = "Directive (EU) 2019/1937, art. {}"
ISO = "ISO 37002:2021, {}"
OWN = "The office's own"
# a standard for every level of severity or urgency
ANY = 0
# a standard for what is filed as a request for guidance, and not as a report of something
GUIDANCE = "guidance"
# how long a duty may be given at the most, by its kind or else by what it runs on, and why
LONGEST: Mapping[str, tuple[str, str]] = {
    "acknowledge": ("7d", f"{DIRECTIVE.format('9(1)(b)')}, gives 7 days"),
    "concern": ("3m", f"{DIRECTIVE.format('9(1)(f)')}, gives 3 months for all of it"),
    "case": ("6m", f"{DIRECTIVE.format('11(2)(d)')}, gives 6 months in justified cases"),
    "request": ("1m", "somebody waits for it"),
    "original": ("1m", "somebody waits for it"),
    "task": ("12m", "nobody remembers then what it was about"),
    "policy": ("36m", "nobody remembers then why it says what it says"),
    "acknowledgement": ("6m", "it would be asked of people who left meanwhile"),
}
# no duty takes longer, so nothing comes earlier before its limit
LONGEST_OF_ALL = Limit(months=36)


@dataclass(frozen=True)
class DutyKind:
    """A kind of duty: its words, its subject, what starts and what meets it, its source, its limit.

    `label` goes on from a time: “3 d to answer the reporter”. A kind without a limit of its own is
    promised by a policy. `by_level` are limits by how grave something is, where that matters. What
    `can_rest` the office owes itself: it may be paused. Of a gentle one nobody who told something
    waits, so its path need not end with the independent person.
    """

    code: str
    name: str
    label: str
    of: str
    starts: str
    met: str
    source: str
    limit: str = ""
    by_level: Mapping[int, str] = field(default_factory=dict)
    can_rest: bool = False
    is_gentle: bool = False

    @property
    def is_promised(self) -> bool:
        """Return whether a policy says how long it may take."""
        return not self.limit

    @property
    def is_told(self) -> bool:
        """Return whether it runs on what somebody told: on a report or a request for guidance."""
        return self.of == "concern"

    @property
    def has_levels(self) -> bool:
        """Return whether it may take another time, or run on another path, at each level."""
        return bool(self.by_level) or self.is_told

    @property
    def longest(self) -> tuple[Limit, str]:
        """Return how long an office may give it at the most, and why."""
        code, why = LONGEST[self.code if self.code in LONGEST else self.of]
        return Limit.read(code), why

    def within(self, level: int = ANY) -> Limit:
        """Return how long it may take where the office has set nothing else."""
        return Limit.read(self.by_level.get(level, self.limit))


_KINDS = (
    DutyKind(
        "acknowledge",
        "Acknowledge receipt",
        "to acknowledge",
        of="concern",
        starts="A concern is filed.",
        met="The first message of the office to the reporter.",
        source=DIRECTIVE.format("9(1)(b)"),
    ),
    DutyKind(
        "triage",
        "Triage",
        "to triage",
        of="concern",
        starts="A concern is filed.",
        met="The triage is signed.",
        source=ISO.format("8.3"),
        can_rest=True,
    ),
    DutyKind(
        "feedback",
        "Give feedback",
        "to give feedback",
        of="concern",
        starts="A concern is filed.",
        met="The case is closed and the reporter is told the outcome.",
        source=DIRECTIVE.format("9(1)(f)"),
    ),
    DutyKind(
        "first_message",
        "First personal message",
        "to write the first personal message",
        of="concern",
        starts="A concern is filed.",
        met="The first message that a person of the office writes.",
        source=OWN,
        limit="3wd",
    ),
    DutyKind(
        "answer",
        "Answer the reporter",
        "to answer the reporter",
        of="concern",
        starts="The reporter writes before it is closed, and nothing older waits for an answer.",
        met="A message to the reporter.",
        source=DIRECTIVE.format("9(1)(c), (d)"),
        limit="5wd",
    ),
    DutyKind(
        "interim",
        "Interim update",
        "to tell the reporter how it goes",
        of="concern",
        starts="A message to the reporter, each one anew, until the case is closed.",
        met="The next message to the reporter.",
        source=ISO.format("8.4"),
        limit="28d",
    ),
    DutyKind(
        "investigation",
        "Investigation",
        "to close the case",
        of="case",
        starts="A case is opened.",
        met="The case is closed.",
        source=ISO.format("8.4"),
        limit="90d",
        by_level={1: "90d", 2: "75d", 3: "60d", 4: "30d"},
        can_rest=True,
    ),
    DutyKind(
        "planning",
        "Plan the investigation",
        "to plan the investigation",
        of="case",
        starts="An investigation begins, or goes back to its planning.",
        met="It goes on to the evidence, or the case is closed.",
        source=ISO.format("8.4.1"),
        limit="14d",
        by_level={1: "14d", 2: "10d", 3: "7d", 4: "3d"},
        can_rest=True,
    ),
    DutyKind(
        "gathering",
        "Gather the evidence",
        "to gather the evidence",
        of="case",
        starts="An investigation is planned, or goes back to the evidence.",
        met="It goes on to the findings, or the case is closed.",
        source=ISO.format("8.4.1"),
        limit="45d",
        by_level={1: "45d", 2: "38d", 3: "31d", 4: "16d"},
        can_rest=True,
    ),
    DutyKind(
        "findings",
        "Come to findings",
        "to come to findings",
        of="case",
        starts="The evidence is gathered, or an investigation goes back to its findings.",
        met="It goes on to the outcome, or the case is closed.",
        source=ISO.format("8.4.1"),
        limit="17d",
        by_level={1: "17d", 2: "15d", 3: "12d", 4: "6d"},
        can_rest=True,
    ),
    DutyKind(
        "outcome",
        "Decide the outcome",
        "to decide the outcome",
        of="case",
        starts="The findings stand.",
        met="The case is closed.",
        source=ISO.format("8.5"),
        limit="14d",
        by_level={1: "14d", 2: "12d", 3: "10d", 4: "5d"},
        can_rest=True,
    ),
    DutyKind(
        "unseal",
        "Decide on an identity",
        "to decide on an identity",
        of="request",
        starts="Somebody asks to open a reporter's identity.",
        met="A custodian agrees or refuses, or the request is taken back.",
        source=DIRECTIVE.format("16"),
        limit="2wd",
    ),
    DutyKind(
        "original",
        "Release an original",
        "to decide on an original",
        of="original",
        starts="Somebody asks for the original of a file.",
        met="A colleague releases it.",
        source=OWN,
        limit="1wd",
    ),
    DutyKind(
        "task",
        "Task",
        "to do a task",
        of="task",
        starts="A task is opened.",
        met="It is marked as done.",
        source=OWN,
        limit="10wd",
        can_rest=True,
    ),
    DutyKind(
        "safeguard_review",
        "Review of safeguards",
        "to review the safeguards",
        of="task",
        starts="A review is opened, or the one before it was done.",
        met="It is marked as done.",
        source=ISO.format("8.3.2"),
        limit="14d",
    ),
    DutyKind(
        "check_in",
        "Check-in",
        "to check in",
        of="task",
        starts="The day is planned on which somebody is asked how they are.",
        met="It is recorded what they answered, or that nobody reached them.",
        source=DIRECTIVE.format("19 to 21"),
        limit="1m",
    ),
    DutyKind(
        "flag_review",
        "Review of a red flag",
        "to review a red flag",
        of="task",
        starts="A red flag is kept about a client, or was reviewed.",
        met="It is marked as done.",
        source=OWN,
        limit="6m",
    ),
    DutyKind(
        "referral",
        "Referral",
        "to follow up a referral",
        of="task",
        starts="A referral is opened.",
        met="It is marked as done.",
        source=ISO.format("8.4"),
        limit="10wd",
        can_rest=True,
    ),
    DutyKind(
        "corrective_action",
        "Corrective action",
        "to see a corrective action done",
        of="task",
        starts="A corrective action is opened.",
        met="It is marked as done.",
        source=ISO.format("10.2"),
        limit="3m",
        can_rest=True,
    ),
    # what somebody is asked to decide
    DutyKind(
        "approve_closing",
        "Decide on a closing",
        "to decide on a closing",
        of="task",
        starts="Somebody asks that a case is closed.",
        met="Another person approves it or sends it back.",
        source=ISO.format("8.5"),
        limit="2wd",
    ),
    DutyKind(
        "approve_terms",
        "Decide on terms of reference",
        "to decide on terms of reference",
        of="task",
        starts="The lead of a formal investigation signs its terms of reference.",
        met="Another person approves them or sends them back, or they are taken back.",
        source=ISO.format("8.4.1"),
        limit="2wd",
    ),
    DutyKind(
        "plan_step",
        "Step of the plan",
        "to do a step of the plan",
        of="task",
        starts="A step of the plan of an investigation is opened.",
        met="It is marked as done.",
        source=ISO.format("8.4.1"),
        limit="10wd",
        can_rest=True,
    ),
    # what people are told
    DutyKind(
        "approve_telling",
        "Read what is to be told",
        "to read what is to be told",
        of="task",
        starts="Somebody asks that another person reads what somebody is to be told.",
        met="The other person approves it or sends it back.",
        source=ISO.format("8.4"),
        limit="2wd",
    ),
    DutyKind(
        "tell",
        "Tell somebody, as promised",
        "to tell somebody, as promised",
        of="task",
        starts="Somebody is told by which day they hear again.",
        met="They are told something.",
        source=DIRECTIVE.format("9(1)(f)"),
        limit="28d",
    ),
    # coaching and mediation
    DutyKind(
        "follow_up",
        "Follow-up of an agreement",
        "to follow up an agreement",
        of="task",
        starts="An agreement of a coaching or a mediation is signed.",
        met="It is marked as done, with whether it was kept.",
        source=OWN,
        limit="1m",
    ),
    DutyKind(
        "response",
        "Answer of whom a case is about",
        "to have the answer of whom it is about",
        of="task",
        starts="Somebody whom a case is about is asked to answer.",
        met="Their answer is recorded, or why there is none.",
        source=DIRECTIVE.format("22(1)"),
        limit="10wd",
        can_rest=True,
    ),
    DutyKind(
        "interview",
        "Interview",
        "to hold an interview",
        of="task",
        starts="An interview is planned.",
        met="It was held and its minutes are signed, or it is called off.",
        source=ISO.format("8.4.1"),
        limit="10wd",
        can_rest=True,
    ),
    DutyKind(
        "authorisation",
        "Answer whether the work may go on",
        "to answer whether the work may go on",
        of="task",
        starts="Somebody is asked whether the work may go on.",
        met="The answer is written down, or the question taken back.",
        source=OWN,
        limit="1wd",
    ),
    DutyKind(
        "policy_review",
        "Review of a policy",
        "to review the policy",
        of="policy",
        starts="A version of a policy comes into force.",
        met="The next version is published.",
        source=ISO.format("9.3"),
        limit="12m",
        can_rest=True,
    ),
    DutyKind(
        "campaign",
        "Acknowledgements of a policy",
        "to see that the policy is read",
        of="policy",
        starts="People are asked to acknowledge a policy.",
        met="Everybody who was asked has read it, or it is asked no more.",
        source=ISO.format("7.3"),
        limit="14d",
        is_gentle=True,
    ),
    DutyKind(
        "acknowledgement",
        "Acknowledge a policy",
        "to read the policy",
        of="acknowledgement",
        starts="Somebody is asked to acknowledge the version of a policy that is in force.",
        met="They say that they have read it.",
        source=ISO.format("7.3"),
        limit="14d",
        is_gentle=True,
    ),
)
KINDS = {kind.code: kind for kind in _KINDS}


def label_of(code: str) -> str:
    """Return a kind's words as they go on from a time; of an unknown one its code."""
    return KINDS[code].label if code in KINDS else code.replace("_", " ")


def name_of(code: str) -> str:
    """Return a kind's name; of an unknown one its code."""
    return KINDS[code].name if code in KINDS else code.replace("_", " ").capitalize()


def is_promised(code: str) -> bool:
    """Return whether a kind of duty is promised by a policy."""
    return code in KINDS and KINDS[code].is_promised
