"""Stories that wait for somebody to decide what they are, and some that were taken back."""

from cases.lifecycle import Channel, Kind, Mode
from ethicsdesk.demo.acts import (
    Answer,
    AskName,
    Assign,
    Read,
    Say,
    Story,
    Withdraw,
)
from ethicsdesk.demo.clients import NameClient
from ethicsdesk.demo.signs import MarkSigns
from ethicsdesk.demo.stories.telling import CALDER, JO, PRIYA, RUTH, TOMAS, dilemma

# a saved e-mail, as a mail program keeps it
MESSAGE = """\
Received: from desk-114.northmoor.example ([198.51.100.14]) by mx.northmoor.example
Message-ID: <20261012164109.1F2@desk-114.northmoor.example>
X-Mailer: Example Mail 4.1
From: Gareth Pike <gareth.pike@northmoor.example>
To: Boiler visits <boiler-visits@northmoor.example>
Date: Mon, 12 Oct 2026 17:41:09 +0100
Subject: Re: The date
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="part"

--part
Content-Type: text/html; charset=utf-8

<p>It is only a date. Everybody in the programme does it.</p>
<p>Sign it as 28 September and we talk about the rest on Friday.</p>
--part
Content-Type: application/pdf
Content-Disposition: attachment; filename="inspection report.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjcKJSBub3RoaW5nIGlzIGluIGl0Cg==
--part--
"""

NEW = [
    Story(
        0.02,
        Kind.REPORT,
        "exploitation",
        "care-at-home",
        "Her nephew answers for her and keeps her bank card. I have visited Mrs D. twice a week "
        "since spring. For a month he has been there each time. When I ask her something he says "
        "what she thinks, and she looks at the floor. Today the fridge was empty and she whispered "
        "that she is not allowed to ring anyone. He told me I would be off the rota if I made "
        "trouble.",
        danger=True,
        mode=Mode.CONFIDENTIAL,
        who=("Rosa Quartey", "rosa.quartey@northmoor.example"),
        channel=Channel.PHONE,
        keyed_by=RUTH,
        acts=(
            MarkSigns(0.01, RUTH, ("spoken_for", "papers_or_money", "isolation", "retaliation")),
        ),
    ),
    Story(
        0.08,
        Kind.GUIDANCE,
        "service_fairness",
        "customer-support",
        "He lost his job and asks me to waive the late fee a third time. The system lets me do it "
        "twice. He was polite, he cried, and I told him I would see what I can do. My colleague "
        "says everybody has a story.",
        answers=dilemma(
            "Two waivers a year, then a payment plan.",
            "The plan starts with the fee he cannot pay.",
            "That I promised something I may not keep.",
        ),
        channel=Channel.CHAT,
        mode=Mode.NAMED,
        who=("Callum Osei", "Ring after four"),
        keyed_by=TOMAS,
    ),
    Story(
        0.3,
        Kind.GUIDANCE,
        "conflict_of_interest",
        "logistics",
        "May I accept a box of fruit from a client at Christmas? It is for the five of us in the "
        "loading bay. He knows that his contract comes up in January, and so do we.",
        answers=dilemma(
            "Nothing while a contract is open.",
            "He would be hurt, and the fruit will go off.",
            "Looking mean, or looking bought.",
        ),
    ),
    Story(
        1.1,
        Kind.GUIDANCE,
        "pressure_on_staff",
        "field-services",
        "Client wants the inspection report dated 28 September, the visit was on 14 October. If it "
        "is not dated in September they lose the grant, and we lose the client. I was on site on "
        "14 October. Samuel said to find a way.",
        acts=(NameClient(0.8, TOMAS, CALDER),),
        answers=dilemma(
            "The date of the work on every signed record.",
            "The grant rules look at the date, not at the work.",
            "Losing the client, and my place on the team.",
        ),
        files=(
            ("Re the date.eml", MESSAGE),
            ("IMG_2071.jpg", "Visit log\n14 October, 09:41\nBoiler room, both pumps running"),
            ("minutes.pdf", "%PDF-1.7\nwhat is left of a file that broke on its way\n"),
        ),
    ),
    Story(
        1.4,
        Kind.REPORT,
        "fraud",
        "corporate",
        "Regional lead asked me to leave two complaints out of the monthly return. He said they "
        "were settled and would only confuse the board. They were settled because we paid. I have "
        "not sent the return yet and it is due on Friday.",
        channel=Channel.EMAIL,
        mode=Mode.CONFIDENTIAL,
        who=("Deepa Mendes", "deepa.mendes@northmoor.example"),
        notify="deepa.mendes@northmoor.example",
        keyed_by=JO,
    ),
    Story(
        2.2,
        Kind.EXCEPTION,
        "service_fairness",
        "care-at-home",
        "May we keep visiting a man whose contract ended on Friday? His daughter arrives from "
        "abroad in ten days. Without the morning visit nobody checks his insulin. The rule is that "
        "the visits stop with the contract, and the rota for next week is already full.",
        mode=Mode.NAMED,
        who=("Ben Carver", "ben.carver@northmoor.example"),
        acts=(
            Read(0.3, RUTH),
            Assign(0.31, RUTH, TOMAS, words="He has spoken with the daughter before."),
        ),
        answers={
            "rule": "Visits end with the contract.",
            "instead": "Ten mornings more, half an hour each.",
            "hardship": "He lives alone and has missed doses before.",
        },
    ),
    # -- late: nobody took it, and the path is climbed
    Story(
        4.3,
        Kind.REPORT,
        "harassment",
        "customer-support",
        "Team chat mocks a client's accent. Somebody records the calls, cuts the funny part and "
        "sends it round before lunch. Our lead laughs with the rest. Yesterday the client asked me "
        "why people giggle when he rings.",
    ),
    Story(
        6.2,
        Kind.GUIDANCE,
        "privacy",
        "customer-support",
        "Asked to share a tenant's new address with his brother. The brother says that their "
        "mother is dying. The tenant asked us in June to tell nobody where he lives, and did not "
        "say why.",
        answers=dilemma(
            "Nobody learns where a client lives.",
            "If he is telling the truth, a week matters.",
            "That I keep a son from his mother, or lead somebody to a door.",
        ),
    ),
    Story(
        9.4,
        Kind.REPORT,
        "safety",
        "logistics",
        "The night lorry goes out with a strap missing because the customer pays by the hour of "
        "arrival. Three of us have said so. The answer is that it has always held. On Thursday the "
        "load had moved a hand's breadth when I opened the doors.",
        mode=Mode.CONFIDENTIAL,
        who=("Stefan Kovacs", "Number is on the rota"),
        channel=Channel.HOTLINE,
        keyed_by=TOMAS,
    ),
    # -- taken, answered, not yet decided
    Story(
        2.6,
        Kind.GUIDANCE,
        "conflict_of_interest",
        "advisory",
        "Supplier offers to pay for the conference, tender closes Friday. Flight, two nights, and "
        "a seat at their table. I sit on the panel. They say that every other member has accepted.",
        acts=(
            Read(0.4, TOMAS),
            Assign(0.41, TOMAS),
            Answer(
                0.5,
                TOMAS,
                "Thank you for asking before you answered them. Do not accept or refuse yet. Could "
                "you tell me whether the offer came in writing, and who else it went to?",
            ),
            Say(1.6, "By e-mail, to all five of us. I can forward it."),
        ),
        answers=dilemma(
            "Nothing while a tender is open.",
            "Everybody else on the panel seems to have said yes.",
            "Being the one who spoils it.",
        ),
    ),
    Story(
        3.1,
        Kind.GUIDANCE,
        "pressure_on_staff",
        "care-at-home",
        "Daughter wants me to write that her father ate, so that he is not moved. He has eaten "
        "half a meal in four days. She says that a home would kill him sooner than hunger would, "
        "and she may be right.",
        mode=Mode.CONFIDENTIAL,
        who=("Amina Walczak", "amina.walczak@northmoor.example"),
        acts=(
            Read(0.2, JO),
            Assign(0.21, JO),
            Answer(
                0.6,
                JO,
                "You did right not to write it. Write what he ate, in grams if you can, and ring "
                "the nurse today: that is care, not betrayal. I will call you this afternoon about "
                "how to tell his daughter.",
            ),
            AskName(
                2.2,
                JO,
                "I promised to ring this afternoon, and the number they left goes to the whole "
                "floor. I need to know whom to ask for.",
            ),
        ),
        answers=dilemma(
            "What happened, as it happened.",
            "The record decides where he lives.",
            "That my honesty puts him in a home.",
        ),
    ),
    # -- about an officer: she never learns of it
    Story(
        5.3,
        Kind.REPORT,
        "privacy",
        "corporate",
        "Jo Marsh talked about a case at the table next to ours. No names, but the street and the "
        "dog, so everybody from Care at home knew who it was. She stopped when I sat down. I like "
        "her, and this is the one place that has to be silent.",
        about="Jo Marsh",
        mode=Mode.CONFIDENTIAL,
        who=("Imogen Farouk", "imogen.farouk@northmoor.example"),
        acts=(
            Read(0.5, RUTH),
            Assign(0.55, RUTH),
            Answer(
                0.9,
                RUTH,
                "Thank you. The person whom this is about cannot see it and will not hear of it "
                "from us while I look into it. Could you write down who else sat there?",
            ),
        ),
    ),
]

WITHDRAWN = [
    Story(
        24,
        Kind.GUIDANCE,
        "other",
        "advisory",
        "My client wants a reference for his son, whom I have met once. He did not say that the "
        "contract depends on it. He said it while he was signing.",
        acts=(
            Read(0.8, PRIYA),
            Say(1.2, "He withdrew the request himself. No need to go on, thank you."),
            Withdraw(1.21),
        ),
    ),
    Story(
        118,
        Kind.REPORT,
        "discrimination",
        "logistics",
        "The early slots always go to the same three. I thought it was because I am from "
        "elsewhere. I have now seen the list of requests, and they simply asked first.",
        acts=(Withdraw(0.9),),
    ),
    Story(
        301,
        Kind.EXCEPTION,
        "service_fairness",
        "customer-support",
        "A customer in hospital could not return the form in time. I would like to count the day "
        "she was discharged instead.",
        mode=Mode.NAMED,
        who=("Lucia Tran", "Desk 14"),
        acts=(Read(0.2, TOMAS), Withdraw(1.3)),
    ),
]
