"""Words for what nobody wrote by hand: a narrative, a reason, an answer, an outcome."""

import random

from cases.lifecycle import Finding, Kind

CLIENTS = (
    "a client", "one of our oldest clients", "a customer", "the tenant on the third floor",
    "the owner of the house", "the site manager", "a customer whom I have known for years",
    "the family", "the son of a client", "the buyer", "their project lead", "my team lead",
    "the regional manager", "a contractor", "the funder's officer",
)  # fmt: skip

# By topic: what somebody does or wants. `{who}` is one of CLIENTS.
OPENINGS: dict[str, tuple[str, ...]] = {
    "coercion": (
        "{who} told me that I could forget the contract unless I came alone.",
        "{who} said he knows where my children go to school, and then asked again.",
        "{who} keeps the key to the lorry until we sign the hours he wrote.",
    ),
    "exploitation": (
        "{who} has the bank card of a woman we look after and buys for himself with it.",
        "{who} lets an old man pay twice for the same repair.",
        "{who} makes a client work in the kitchen for the room she rents.",
    ),
    "undue_influence": (
        "{who} answers each question that I put to the client.",
        "{who} wrote the client's letter, and the client does not know what it says.",
        "{who} is always in the room when something is signed.",
    ),
    "pressure_on_staff": (
        "{who} wants the report to say what the next payment needs.",
        "{who} asks me for a date that is two weeks before the visit.",
        "{who} wants me to ring his rival and say that I am a customer.",
        "{who} expects me to answer on Sundays and copies my manager when I do not.",
    ),
    "conflict_of_interest": (
        "{who} invited the two of us who decide to a weekend at the sea.",
        "{who} offered my brother a place as an apprentice a week before the tender.",
        "{who} left vouchers for each of us at the desk.",
    ),
    "fraud": (
        "{who} asked me to write two visits where there was one.",
        "{who} wants the invoice split so that nobody has to approve it.",
        "{who} puts hours of one project on another when the money runs out.",
        "{who} signed for somebody who was not there.",
    ),
    "privacy": (
        "{who} wants to know which of the neighbours we visit.",
        "{who} asked for the list of everybody who is behind with the rent.",
        "{who} read a file on my screen over my shoulder and now repeats it.",
    ),
    "safety": (
        "{who} wants us to start before the scaffold is signed off.",
        "{who} sends one person where the plan says two.",
        "{who} switched the alarm off because it disturbs the guests.",
    ),
    "service_fairness": (
        "{who} has missed the deadline by a day, because of a funeral.",
        "{who} cannot pay the deposit and cannot move without it.",
        "{who} needs the visit in the evening, and the rule says mornings.",
        "{who} was given a waiver that the next in the line was refused.",
    ),
    "discrimination": (
        "{who} does not want anybody with a headscarf in the house.",
        "{who} gives the short routes to those who come from where he comes from.",
        "{who} asked for somebody younger, and got somebody younger.",
    ),
    "harassment": (
        "{who} comments on my body each time, and the others look at their shoes.",
        "{who} sends messages at night that have nothing to do with the work.",
        "{who} shouts until somebody cries and then sends flowers.",
    ),
    "retaliation": (
        "{who} took me off the account a day after I had asked about the invoice.",
        "{who} has not greeted me since I said no, and my leave was refused.",
    ),
    "other": (
        "{who} wants something that feels wrong, and I cannot say which rule it breaks.",
        "{who} asked me to keep a secret from my own team.",
    ),
}
# What makes it hard.
AND_THEN = (
    "It was said as a joke, and then a second time without one.",
    "My lead knows and says that everybody does it.",
    "If I say no, somebody else will say yes by the evening.",
    "There is nothing in writing.",
    "I have a note of the day and of what was said.",
    "It has happened three times since the summer.",
    "He was friendly about it, which makes it worse.",
    "It would help a person who needs help, and that is why I ask.",
    "I laughed, and since then it is harder to say anything.",
    "Two colleagues heard it.",
)
SO = (
    "I have not answered yet.",
    "I said that I would have to ask.",
    "I said no and I am not sure that it was heard.",
    "I did it once and I do not want to do it again.",
    "I would like to know what I can offer instead.",
    "Please do not let it come back to me.",
    "I can wait, but not for long.",
    "I do not want anybody punished. I want it to stop.",
)
REASONS = (
    "Plain enough to look into; nobody is in danger.",
    "One conversation will show whether there is more to it.",
    "It has happened before in this unit, so it is looked at as a pattern.",
    "The record can be checked without asking anybody.",
    "Advice first. If it goes on, an investigation.",
)
FIRST_ANSWERS = (
    "Thank you for telling us. I have read it and will look after it.",
    "Thank you. You did right to ask before you answered. You hear from me within two weeks.",
    "I have read it twice. Do nothing more for now, and write down what was said.",
)
NOTES = (
    "Spoke with the lead of the team for half an hour. She had not heard of it.",
    "Records of the last three months asked for.",
    "Two people tell it the same way, in different words.",
    "The dates in the file fit what the reporter says.",
    "Nothing in the register for that week.",
)
OUTCOMES: dict[Finding, tuple[tuple[str, str], ...]] = {
    Finding.SUBSTANTIATED: (
        (
            "Two people and the record say the same.",
            "It happened as you said. It has stopped, and who did it has been spoken to.",
        ),
        (
            "Admitted when asked.",
            (
                "You were right. The client has a letter from the head of the unit, and you have a "
                "colleague with you from now on."
            ),
        ),
    ),
    Finding.PARTLY: (
        (
            "One of the two occasions can be shown.",
            (
                "One of the two could be shown, the other not. The rule was unclear, and is now "
                "written in one sentence."
            ),
        ),
    ),
    Finding.UNSUBSTANTIATED: (
        (
            "The record and those who were there say otherwise.",
            (
                "We looked at it and found that it was not so. It was right to ask, and nobody "
                "holds it against you."
            ),
        ),
    ),
    Finding.INSUFFICIENT: (
        (
            "Nobody else was there and nothing was written down.",
            "We could not find out. If something more comes up, write here: it is opened again.",
        ),
    ),
    Finding.OUT_OF_SCOPE: (
        (
            "Advice was given before anything happened.",
            (
                "You can say no to the act and yes to the person. Offer the other date, and if "
                "they push, give them my name."
            ),
        ),
        (
            "Granted by the criteria: clear need, small harm to others, can be undone.",
            (
                "Yes, this once, and it is written down why. Tell them that it is the rule that "
                "bent, and not you."
            ),
        ),
    ),
}


def narrative(chance: random.Random, topic: str) -> str:
    """Return what somebody might have written about a topic."""
    opening = chance.choice(OPENINGS[topic]).format(who=chance.choice(CLIENTS))
    middle = chance.sample(AND_THEN, 2)
    return " ".join([opening[0].upper() + opening[1:], *middle, chance.choice(SO)])


def outcome(chance: random.Random, finding: Finding, kind: Kind) -> tuple[str, str]:
    """Return what a finding rests on, and what the reporter is told."""
    found = OUTCOMES[finding]
    if finding == Finding.OUT_OF_SCOPE:
        return found[1 if kind == Kind.EXCEPTION else 0]
    return chance.choice(found)
