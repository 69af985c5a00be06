"""Stories that came to an end, with each finding."""

from cases.lifecycle import Channel, Finding, Kind, Level, Mode
from cases.models import Note
from ethicsdesk.demo.acts import (
    Answer,
    Close,
    Say,
    Story,
    Write,
)
from ethicsdesk.demo.stories.telling import (
    ANALYSIS,
    JO,
    OBSERVED,
    PRIYA,
    RUTH,
    TOMAS,
    dilemma,
    opened,
)
from ethicsdesk.demo.written import Quote

CLOSED = [
    Story(
        38,
        Kind.GUIDANCE,
        "pressure_on_staff",
        "advisory",
        "My client asks me to be his sister for a phone call. He needs the bank to say something "
        "that it says to relatives only. He is deaf and the bank will not write to him.",
        acts=opened(
            RUTH,
            "Advice. The need is real, the way is not.",
            Close(
                6.0,
                RUTH,
                Finding.OUT_OF_SCOPE,
                "Nothing was done yet. The bank has a relay service, which it did not mention.",
                "Thank you for asking first. Say no to being his sister and yes to the call: the "
                "bank has a relay service for deaf customers, and the number is in the guide under "
                "“calls for a client”. Sit beside him while he uses it.",
            ),
            Say(8.0, "It worked at the second try. Thank you."),
        ),
        answers=dilemma(
            "We say who we are.",
            "Without it he waits six weeks.",
            "That it becomes a habit.",
        ),
    ),
    Story(
        52,
        Kind.REPORT,
        "privacy",
        "care-at-home",
        "A photo of a client's living room is in our private group. It was meant to show how to "
        "move the bed. One can see his letters on the table.",
        acts=opened(
            JO,
            "Plain facts, quickly mended.",
            Write(2.0, JO, "Photo deleted by all eleven, seen on their phones.", OBSERVED),
            Close(
                12.0,
                JO,
                Finding.SUBSTANTIATED,
                "The photo was shared with eleven people. No harm meant, and none found. The "
                "client was told and took it well.",
                "You were right. The photo is gone, the client knows, and each team will go "
                "through the one page on photos next month. Nobody was told that it was you.",
            ),
            Say(15.0),
        ),
    ),
    Story(
        66,
        Kind.REPORT,
        "discrimination",
        "customer-support",
        "A client asks for an agent “who speaks proper English” and gets one. I was taken off his "
        "account in the middle of a call. I was born three streets from here.",
        mode=Mode.NAMED,
        who=("Parveen Rahman", "parveen.rahman@northmoor.example"),
        acts=opened(
            TOMAS,
            "A client's wish about who somebody is, is not an instruction. Hear the shift lead.",
            Quote(
                4.0,
                TOMAS,
                "“I wanted to spare her the next sentence. I see whom I spared.”",
                Note.SaidBy.SUBJECT,
                "the shift lead",
            ),
            Close(
                20.0,
                TOMAS,
                Finding.SUBSTANTIATED,
                "She was taken off because of her accent, at the client's wish. The shift lead "
                "said so himself.",
                "It happened as you said, and it should not have. The account is yours again if "
                "you want it. The client has a letter: he may change agents for their work, and "
                "for nothing else.",
            ),
            Say(21.0, "I do want it. Thank you for not asking me to forgive anybody."),
            urgency=Level.HIGH,
        ),
    ),
    Story(
        93,
        Kind.REPORT,
        "conflict_of_interest",
        "field-services",
        "Two bottles and an envelope stood on my seat after the acceptance. I gave the bottles to "
        "the team and the envelope is in my drawer, unopened. I do not know who put it there.",
        mode=Mode.NAMED,
        who=("Nadia Petrova", "nadia.petrova@northmoor.example"),
        acts=opened(
            RUTH,
            "Collect the envelope today, with two people, and write it down.",
            Write(
                1.5,
                RUTH,
                "Envelope opened by two of us: six notes of fifty, no letter.",
                OBSERVED,
            ),
            Close(
                24.0,
                RUTH,
                Finding.SUBSTANTIATED,
                "Money was left by the contractor's foreman, who said so when asked. Returned.",
                "The money went back, with a letter to the contractor's director. You did "
                "everything right, and it is written down that you did.",
            ),
            Say(30.0),
        ),
    ),
    Story(
        127,
        Kind.REPORT,
        "safety",
        "field-services",
        "We are told to skip the second measurement when the customer is in a hurry. The first one "
        "was never wrong, they say. Somebody wrote 4.0 into nine forms in a row.",
        acts=opened(
            PRIYA,
            "Nine forms can be checked against the instrument's memory.",
            Write(
                8.0,
                PRIYA,
                "The instrument remembers two measurements for three of the nine forms. The other "
                "six have one.",
                ANALYSIS,
            ),
            Close(
                41.0,
                PRIYA,
                Finding.PARTLY,
                "Six of nine second measurements are missing. That somebody ordered it could not "
                "be shown.",
                "Six of the nine were never made. We could not show that anybody ordered it, and "
                "the six sites were measured again: all safe. The form now takes the number from "
                "the instrument itself.",
            ),
            by=JO,
            severity=Level.HIGH,
        ),
    ),
    Story(
        160,
        Kind.REPORT,
        "fraud",
        "care-at-home",
        "Visits of ten minutes stand in the book as thirty. The tablet closes the visit by itself "
        "if one forgets, and somebody forgets a lot.",
        channel=Channel.HOTLINE,
        keyed_by=RUTH,
        acts=opened(
            TOMAS,
            "Compare the tablet's closings with the door sensors of the homes that have them.",
            Close(
                58.0,
                TOMAS,
                Finding.UNSUBSTANTIATED,
                "Of 212 visits, 9 closed by themselves, by seven different people, and the door "
                "sensors show no shorter stays.",
                "We looked at two hundred visits. Nine were closed by the tablet itself, spread "
                "over many people, and the doors show that the time was spent there. It was right "
                "to ask, and the tablet now warns after half an hour.",
            ),
        ),
    ),
    Story(
        205,
        Kind.REPORT,
        "undue_influence",
        "customer-support",
        "A caller presses widows to sign for a second contract while I am on the line. He says he "
        "is a friend of the family. I have heard the same voice for three families.",
        mode=Mode.CONFIDENTIAL,
        who=("Tess Oduya", "tess.oduya@northmoor.example"),
        acts=opened(
            RUTH,
            "Three families, one voice. Stop the contracts, then listen to the calls.",
            Write(6.0, RUTH, "Three recordings heard with the fraud team: one voice.", ANALYSIS),
            Close(
                35.0,
                RUTH,
                Finding.SUBSTANTIATED,
                "One man, three families. The contracts are undone, the police has the calls.",
                "You heard right: it was one man. The three contracts are undone and the police "
                "has what it needs. Your ear did that.",
            ),
            Say(36.0, "I am glad. I would like to be told if there is a trial."),
            urgency=Level.HIGH,
            severity=Level.HIGH,
        ),
    ),
    Story(
        262,
        Kind.REPORT,
        "harassment",
        "corporate",
        "Somebody leaves notes on my desk about my clothes. Never signed, always after the weekly "
        "round. I have kept them all.",
        acts=opened(
            JO,
            "Keep the notes, change nothing that could warn whoever writes them.",
            Write(15.0, JO, "Asked the reporter three times for the notes; no answer yet."),
            Answer(30.0, JO, "I would need to see the notes to go on. A photo is enough."),
            Close(
                84.0,
                JO,
                Finding.INSUFFICIENT,
                "Without the notes nothing can be compared. The reporter did not come back.",
                "We could not go on without the notes. If you come back with them, this is opened "
                "again, whenever that is. The weekly round now ends in another room.",
            ),
        ),
    ),
    Story(
        344,
        Kind.EXCEPTION,
        "service_fairness",
        "care-at-home",
        "May a visit be made by video for a client who is afraid of people after a burglary? The "
        "rule says twice a week in person. She opens the door to nobody, and has lost weight.",
        mode=Mode.NAMED,
        who=("Freya Singh", "freya.singh@northmoor.example"),
        acts=opened(
            TOMAS,
            "Need is clear, harm if nothing is done is clear, and it can be undone any day.",
            Close(
                5.0,
                TOMAS,
                Finding.OUT_OF_SCOPE,
                "Granted for six weeks: one by video, one by somebody she knew before.",
                "Yes, for six weeks: one visit by video, the other by Ben, whom she knew before. "
                "Then we look again.",
            ),
            Say(7.0, "She opened the door to Ben on the second day."),
        ),
        answers={
            "rule": "Two visits a week in person.",
            "instead": "One by video for a while.",
            "hardship": "She eats less each week.",
        },
    ),
    Story(
        421,
        Kind.REPORT,
        "exploitation",
        "care-at-home",
        "The landlord lets our client sleep in the shed and takes the whole of her pension. She "
        "says that it is kind of him. She cooks for eleven people.",
        danger=True,
        acts=opened(
            RUTH,
            "Someone is in danger now. Housing and the adult protection team were told within the "
            "hour, with her consent.",
            Write(
                0.95 + 0.4, RUTH, "She came with one bag. A room is found until Monday.", OBSERVED
            ),
            Write(9.0, RUTH, "She has a flat and her own bank card since today."),
            Close(
                44.0,
                RUTH,
                Finding.SUBSTANTIATED,
                "All of it was true and some of it worse. The authorities have taken over.",
                "It was true. She lives in a flat of her own and cooks for one. The rest is with "
                "the authorities, who may ask you to speak; you may say no.",
            ),
            Say(46.0, "I met her in the market. She did not recognise me and was laughing."),
            urgency=Level.DANGER,
            severity=Level.HIGH,
            danger=True,
        ),
    ),
    Story(
        506,
        Kind.REPORT,
        "coercion",
        "logistics",
        "A customer holds back the papers of our driver until he unloads alone, against the rule. "
        "It has happened at the same gate four times. He is paid by the trip, so he unloads.",
        channel=Channel.POST,
        keyed_by=JO,
        acts=opened(
            JO,
            "Papers are not a tool. The gate gets a letter, the drivers a number to call.",
            Close(
                30.0,
                JO,
                Finding.SUBSTANTIATED,
                "The gate's own log shows the four waits. The customer apologised in writing.",
                "The four waits are in the customer's own log, and they have apologised. Drivers "
                "who wait for papers are paid for the wait from now on.",
            ),
            urgency=Level.HIGH,
        ),
    ),
]
