"""What Northmoor promises and expects: the categories, the path, and eight policies."""

from dataclasses import dataclass

from common.levels import Level
from escalation.models import STANDARD, Scope
from escalation.rules import Anchor, Limit, Rung
from escalation.rules.kinds import GUIDANCE
from escalation.rules.ladders import Does, Given, Step
from people.rules import Role
from policies.actions import Text
from policies.models import HANDLING, Kind


@dataclass(frozen=True)
class Topic:
    """Something a concern can be about."""

    code: str
    label: str
    hint: str
    is_grave: bool = False


TOPICS = [
    Topic(
        "coercion",
        "Threats or coercion",
        "Someone is told to do something, or else.",
        is_grave=True,
    ),
    Topic(
        "exploitation",
        "Exploitation of a person",
        "Someone uses another person's need, age or illness for gain.",
        is_grave=True,
    ),
    Topic(
        "undue_influence",
        "Undue influence",
        "Someone answers, signs or decides for a person who could do it themselves.",
    ),
    Topic(
        "pressure_on_staff",
        "Pressure on you by a client or customer",
        "You are asked to bend a rule, a date or a figure.",
    ),
    Topic(
        "conflict_of_interest",
        "Gifts and conflicts of interest",
        "A gift, a relative, a second job, or a favour that may be expected back.",
    ),
    Topic(
        "fraud",
        "False records or fraud",
        "A record, invoice, date or signature that does not say what happened.",
    ),
    Topic("privacy", "Privacy", "Somebody wants to know what is not theirs to know."),
    Topic("safety", "Safety", "Somebody may be hurt by how the work is done.", is_grave=True),
    Topic(
        "service_fairness",
        "Hardship and fair service",
        "A rule hits somebody harder than it was meant to.",
    ),
    Topic("discrimination", "Discrimination", "Somebody is treated worse for who they are."),
    Topic("harassment", "Harassment", "Somebody is mocked, cornered, touched or worn down."),
    Topic(
        "retaliation",
        "Retaliation",
        "Somebody is made to pay for speaking up or for saying no.",
        is_grave=True,
    ),
    Topic("other", "Something else", "None of these, or you are not sure."),
]


@dataclass(frozen=True)
class Plan:
    """A path that was drafted by one and published by another, with its rungs."""

    code: str
    name: str
    steps: tuple[Step, ...]


def _step(when: str, does: Does, role: str = "", given: Given = Given.ALWAYS) -> Step:
    """Return a rung: `2wd start` is two working days after the start."""
    limit, anchor = when.rsplit(" ", 1)
    return Step(Rung(Anchor(anchor), Limit.read(limit)), does.value, role, given.value)


PLANS = [
    Plan(
        "guidance",
        "Guidance requests",
        (
            _step("1wd start", Does.REMIND, given=Given.UNOPENED),
            _step("2wd start", Does.REASSIGN, Role.OFFICER, Given.UNOPENED),
            _step("0d after", Does.REMIND),
            _step("1wd after", Does.NOTIFY, Role.HEAD),
            _step("3wd after", Does.HAND_OVER, Role.INDEPENDENT),
        ),
    ),
    Plan(
        "urgent",
        "Somebody may be in danger",
        (
            _step("2h start", Does.NOTIFY, Role.OFFICER, Given.UNASSIGNED),
            _step("4h start", Does.NOTIFY, Role.HEAD, Given.UNOPENED),
            _step("1d start", Does.HAND_OVER, Role.INDEPENDENT),
        ),
    ),
]
DANGER, ASKED = Scope(level=Level.DANGER), Scope(filed_as=GUIDANCE)
# what runs on which path, within which time; without one, within what the policy promises. What
# lasts until the outcome stays on the standard path: nobody is handed over who is being helped
STANDARDS = (
    ("policy_review", Scope(), Limit(months=36), STANDARD),
    ("acknowledge", DANGER, None, "urgent"),
    ("triage", DANGER, None, "urgent"),
    ("first_message", DANGER, Limit(days=1), "urgent"),
    ("acknowledge", ASKED, None, "guidance"),
    ("triage", ASKED, None, "guidance"),
    ("first_message", ASKED, Limit(working_days=3), "guidance"),
)
# what waits for the second person: the standard path, with two rungs before the limit
PROPOSED = (
    _step("12h before", Does.REMIND, given=Given.UNANSWERED),
    _step("0d after", Does.NOTIFY, Role.OFFICER, Given.UNASSIGNED),
)


@dataclass(frozen=True)
class Edition:
    """One version of a policy: when it came into force, in days before today, and what it says."""

    code: str
    owner: str
    since: int
    text: Text
    promises: tuple[tuple[Kind, Limit], ...] = ()


OWNER = "chiara.bellini"
OFFICE = "amara.okafor"

SPEAKING_UP_1 = """\
Anyone who works here, or for whom we work, may ask the ethics office before they act, or tell \
it what happened. You need no proof. An honest mistake is not held against you.

We write back within 7 days. We decide who looks into it within 5 working days. Within 3 months \
you hear what we found and what follows from it.

If we are late, a reminder goes to the officer who looks after it, the next day to the head of \
the office, and on the third day an independent person takes over.

Nobody may make you pay for speaking up. If it happens, tell us: that is a case of its own."""

SPEAKING_UP_2 = """\
Ask before you act, or tell us what happened. You may be a colleague, a client, a customer or \
somebody passing by. You need no proof, no account and no name.

What we promise
We write back within 7 days. Within 2 working days an officer has read it and decided what it \
is. Within 3 months you hear what we found and what follows from it.

If we are late
The officer who looks after it is reminded at once. After one day the head of the office is \
told. After three days an independent person, who answers to nobody here, takes over. Each of \
these steps is recorded, and nobody can switch them off.

Who reads it
The officers on duty. Never a person it is about, and nobody who reports to that person. You can \
name others who should not read it.

What you can rely on
Nobody may make you pay for speaking up, for asking, or for saying no to a client. If it \
happens, tell us: that is a case of its own, and it comes first."""

GIFTS_1 = """\
Do not accept gifts worth more than 50 pounds. Write down every gift in your team's register.

Never accept money. Never accept anything while a tender, a complaint or an assessment is open."""

GIFTS_2 = """\
A gift is fine when you could tell everybody about it: a card, a box of fruit for the whole \
team, a cup of tea. It is not fine when it could change what you decide, or look as if it had.

Take nothing worth more than 25 pounds, no money or vouchers at any value, and nothing at all \
while a tender, a complaint, an assessment or an inspection is open.

If refusing would hurt somebody, accept for the team, write it in the register the same day, and \
let your lead say thank you.

Not sure? Ask first. Three lines to the ethics office are enough."""

RECORDS_1 = """\
Every record says what was done, when, and by whom. A visit that did not take place is not \
written down as one. A date is the date of the work, not the date somebody needs.

If a record is wrong, add a correction with today's date and your name. Never overwrite.

Clients, funders and managers may ask for a record sooner. Nobody may ask for another record. If \
they do, say: "I can give you a true one today, or the full one on Friday." Then tell us."""

CONFLICTS_1 = """\
Tell your lead, or us, when a relative, a friend, a second job or money of your own touches what \
you decide here. Telling is not a confession: most conflicts only need somebody else to sign.

Do not assess, hire, buy from or supervise anyone close to you. Do not take work from a client \
beside your work for us.

A conflict that you told us about is ours to solve. One that you hid is yours."""

RESPECT_1 = """\
We speak to people as if they heard us, and about them as if they read it.

No jokes at the cost of where somebody comes from, how they speak, whom they love, what they \
believe or what their body can do. No touching that was not asked for. No shouting.

This holds for clients and customers too. If one of them insults or corners you, you may end the \
call or the visit, and nobody will ask you to go back alone."""

PRIVACY_1 = """\
Look at a client's file when your work needs it, and not otherwise. Do not pass on an address, a \
diagnosis or a debt to relatives, neighbours, employers or colleagues."""

PRIVACY_2 = """\
What clients tell us belongs to them. Open a file when your work today needs it, and not \
otherwise: each opening is recorded.

Relatives, landlords, employers and officials ask for addresses, visits and debts, and many mean \
well. The answer is the same for all: "I can pass on a message. I cannot say whether we know \
this person." Police requests go to Corporate, in writing.

No client in a private chat group, in a photo, or in a story told in the lift. Not without a \
name either."""

HARDSHIP_1 = """\
Rules are made for most people, and sometimes they hit one person harder than they were meant \
to. Then you may ask for an exception: a fee waived, a deadline moved, a visit more.

Ask for it here, before you promise anything. Say what the rule is, whom it hits and how, and \
what you propose. We decide by the same criteria for everybody: need, harm if nothing is done, \
fairness to others in the same place, and whether it can be undone.

You have an answer within 5 working days. Until then, nothing is taken from the person."""

PRESSURE_1 = """\
Clients and customers push: it is their money, their mother, their deadline. Pushing is not \
wrong. Giving way where somebody else pays for it is.

Say no to the act, not to the person. Name what you can do instead. Write down what was said, in \
their words, the same day. Tell your lead, and if your lead is the one who pushes, tell us.

Nobody here loses a bonus, a shift or a client for a no that follows this policy. If a client \
leaves because of it, that is our loss and not your fault."""

HANDLING_PROMISES_1 = (
    (Kind.ACKNOWLEDGE, Limit(days=7)),
    (Kind.FEEDBACK, Limit(months=3)),
    (Kind.TRIAGE, Limit(working_days=5)),
)
HANDLING_PROMISES_2 = (
    (Kind.ACKNOWLEDGE, Limit(days=7)),
    (Kind.FEEDBACK, Limit(months=3)),
    (Kind.TRIAGE, Limit(working_days=2)),
)

EDITIONS = [
    Edition(
        HANDLING,
        OFFICE,
        1100,
        Text("Speaking up", "How to ask us or tell us, and what we promise.", SPEAKING_UP_1),
        HANDLING_PROMISES_1,
    ),
    Edition(
        "gifts",
        OWNER,
        1090,
        Text("Gifts", "What you may accept, and what you write down.", GIFTS_1),
    ),
    Edition(
        "privacy",
        OWNER,
        1080,
        Text("Privacy of clients", "What clients tell us stays with us.", PRIVACY_1),
    ),
    Edition(
        "honest-records",
        OWNER,
        1079,
        Text("Honest records", "A record says what happened, whoever asks.", RECORDS_1),
    ),
    Edition(
        "conflicts-of-interest",
        OWNER,
        980,
        Text("Conflicts of interest", "Tell us, and it is ours to solve.", CONFLICTS_1),
    ),
    Edition(
        "respect", OWNER, 960, Text("Respect", "How we speak to people and about them.", RESPECT_1)
    ),
    Edition(
        "hardship-and-exceptions",
        OFFICE,
        700,
        Text(
            "Hardship and exceptions",
            "When a rule hits somebody harder than it was meant to.",
            HARDSHIP_1,
        ),
    ),
    Edition(
        "working-under-pressure",
        OFFICE,
        640,
        Text(
            "Working under client pressure",
            "How to say no to the act and not to the person.",
            PRESSURE_1,
        ),
    ),
    Edition(
        HANDLING,
        OFFICE,
        430,
        Text(
            "Speaking up", "How to ask us or tell us, what we promise, who reads it.", SPEAKING_UP_2
        ),
        HANDLING_PROMISES_2,
    ),
    Edition(
        "gifts",
        OWNER,
        390,
        Text("Gifts", "What you may accept, what you share, what you refuse.", GIFTS_2),
    ),
    Edition(
        "privacy",
        OWNER,
        300,
        Text("Privacy of clients", "What clients tell us belongs to them.", PRIVACY_2),
    ),
]
