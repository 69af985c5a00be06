"""Stories that have become cases, and are open."""

from dataclasses import replace

from cases.lifecycle import (
    Bearing,
    Channel,
    ExhibitKind,
    Finding,
    Function,
    Ground,
    Kind,
    Level,
    Means,
    Mode,
    PartyRole,
    TaskKind,
    WhyBack,
)
from cases.lifecycle.outcomes import ForOrganisation, ForSubject
from cases.lifecycle.protection import Answer as How
from cases.lifecycle.protection import Asking, RemedyKind, RiskSign
from cases.lifecycle.risks import SafeguardKind
from cases.lifecycle.tracks import Power, Present, Track
from cases.models import Note
from ethicsdesk.demo.acts import (
    Answer,
    AskName,
    AskToClose,
    Do,
    GoBack,
    GoOn,
    Join,
    KeepSealed,
    LetOpen,
    Name,
    OpenName,
    Plan,
    Read,
    Say,
    Shut,
    Story,
    Triage,
    Write,
)
from ethicsdesk.demo.casework import (
    AddParty,
    Allege,
    AskSubject,
    Enter,
    Find,
    Follow,
    Interviewed,
    PlanStep,
    Strike,
    Terms,
)
from ethicsdesk.demo.clients import KeepFlag, NameClient
from ethicsdesk.demo.early import HoldSession, SignAgreement, WorkAs
from ethicsdesk.demo.guests import AGNES, EDITH, LetIn
from ethicsdesk.demo.redacting import Redacted
from ethicsdesk.demo.signs import AskLeave, BringAnswer, MarkSigns, Protect
from ethicsdesk.demo.stories.telling import (
    ANALYSIS,
    CALDER,
    DECISION,
    JO,
    LEILA,
    OBSERVED,
    OWEN,
    PRIYA,
    RUTH,
    TOMAS,
    dilemma,
    opened,
)
from ethicsdesk.demo.telling import Tell
from ethicsdesk.demo.watching import AskHow, Weigh
from ethicsdesk.demo.written import AddFile, Amend, Quote

SaidBy = Note.SaidBy

WORKED = [
    Story(
        12,
        Kind.GUIDANCE,
        "fraud",
        "field-services",
        "The client says if the valve test is not signed for Monday the line stands still. The "
        "test is on Wednesday. He offered to sign a paper that takes all responsibility. My lead "
        "says that paper is worth more than a test.",
        acts=opened(
            TOMAS,
            "High, advice first. Nothing has been signed. The work on the certificate is paused "
            "until the advice is given. Not an investigation.",
            NameClient(2.1, TOMAS, CALDER),
            Quote(
                2.2,
                TOMAS,
                "“It is only a date. The valve does not know what day it is.” So the site manager "
                "said, by phone.",
                SaidBy.REPORTER,
            ),
            Join(2.3, TOMAS, PRIYA),
            AddFile(
                3.2,
                PRIYA,
                "contract clause 7.2.txt",
                "7.2 The customer may ask for a partial start once two engineers looked.",
            ),
            Write(
                3.4,
                PRIYA,
                "A signature before the test makes the certificate false, whoever carries the "
                "responsibility. The contract allows a partial start. That is the way out to "
                "offer.",
                ANALYSIS,
            ),
            Amend(
                3.45,
                PRIYA,
                "A signature before the test makes the certificate false, whoever carries the "
                "responsibility. The contract allows a partial start with a visual check: clause "
                "7.2. That is the way out to offer.",
                "The clause and the check that it asks for were missing.",
            ),
            Redacted(
                3.5,
                TOMAS,
                "The safety engineer of the contract's other site",
                {"site manager": Ground.PERSONAL, "by phone": Ground.IRRELEVANT},
                reviewer=PRIYA,
                how="By internal mail, as PDF.",
            ),
            Answer(
                3.6,
                TOMAS,
                "Do not sign. Offer them a partial start on Monday after a visual check; the "
                "contract has a clause for it. Did they put the request in writing, or was it a "
                "call? Either is fine.",
            ),
            Say(4.4, "It was a call. I offered the partial start and they are thinking about it."),
            Read(5.2, TOMAS),
            Plan(
                5.3,
                TOMAS,
                TaskKind.TASK,
                "Ask the client's site for the call log of Friday.",
                does=PRIYA,
                within=5,
            ),
            KeepFlag(5.35, TOMAS, "A standstill is held against us as if it were our doing."),
            Plan(5.4, TOMAS, TaskKind.REFERRAL, "The safety engineer has it: ask what she found."),
            Answer(6.1, TOMAS, "Good. Tell me what they say; I keep this open until then."),
            urgency=Level.HIGH,
            severity=Level.HIGH,
        ),
        answers=dilemma(
            "A test first, a signature after.",
            "A day of standstill costs them more than we earn in a year.",
            "That somebody is hurt and my name is on it.",
        ),
    ),
    Story(
        15,
        Kind.REPORT,
        "coercion",
        "care-at-home",
        "He says he will send her pills back unless I come on my free day and clean his car. The "
        "son of a client has done this for three weeks now. I went twice. She does need the pills.",
        mode=Mode.NAMED,
        who=("Wanda Boateng", "wanda.boateng@northmoor.example"),
        danger=True,
        acts=opened(
            RUTH,
            "Someone may be in danger: medicine is used as a threat. The visits are done by two "
            "from today, and the nurse delivers the medicine.",
            MarkSigns(1.0, RUTH, ("threat", "condition", "asked_again")),
            Protect(
                1.15,
                RUTH,
                SafeguardKind.SECOND_PERSON,
                "Two go to every visit, and neither of them is the one who told us.",
            ),
            Protect(1.16, RUTH, SafeguardKind.CONTACT, "The district nurse delivers the pills."),
            AskLeave(
                1.18,
                RUTH,
                "The manager of care at home: may the visits go on while we look into it?",
            ),
            BringAnswer(
                1.9,
                RUTH,
                "Rang her at three. Yes, as long as two of them go and the son is not let in.",
            ),
            Write(
                1.2,
                RUTH,
                "Rang the district nurse at 11:20. She delivers the pills herself from tomorrow.",
            ),
            Write(
                2.6,
                RUTH,
                "Client alone at the kitchen table, pillbox filled to Sunday, fridge full. She "
                "asked that her son is not told who spoke.",
                OBSERVED,
            ),
            GoOn(2.7, RUTH),
            Answer(
                3.0,
                RUTH,
                "You will not go there alone again, and not on a free day. The two days are paid "
                "as work. Nobody holds it against you that you went.",
            ),
            Weigh(
                3.05,
                RUTH,
                (RiskSign.THREATENED, RiskSign.ALONE),
                "She is rung on her own phone, after six. Her team hears of a change of plan, and "
                "of nothing else.",
            ),
            AskHow(7.25, RUTH, How.NO, "Nobody said a word at work. He rang once and hung up."),
            Plan(
                3.1,
                RUTH,
                TaskKind.CHECK_IN,
                "Ring Wanda on her own phone, after six, not at the client's.",
                within=4,
                every="7d",
            ),
            Plan(
                3.2,
                RUTH,
                TaskKind.SAFEGUARD_REVIEW,
                "Two people on each visit; the nurse brings the medicine. Does it hold?",
                every="14d",
            ),
            LetIn(4.5, RUTH, AGNES, Function.CLINICAL, 40),
            Write(
                5.2,
                AGNES,
                "The doses hold with one delivery a day. If one is missed, ring the doctor first.",
            ),
            Say(5.5, "Thank you. He has stopped ringing me."),
            Do(7.3, RUTH, TaskKind.CHECK_IN, "She is well. He rang once and hung up."),
            Answer(7.4, RUTH, "I am glad. The two on each visit stay as they are."),
            urgency=Level.DANGER,
            severity=Level.HIGH,
            danger=True,
        ),
    ),
    Story(
        19,
        Kind.REPORT,
        "retaliation",
        "field-services",
        "Since I refused to sign the timesheets I get every Sunday. Until June I had one in four. "
        "The plan is made by the person whose timesheets they were.",
        mode=Mode.CONFIDENTIAL,
        who=("Nils Brankovic", "Private number with the custodian"),
        notify="nils.b@mail.example",
        acts=opened(
            JO,
            "If true it is retaliation, which comes first. The plans of six months are asked for.",
            Name(2.0, JO, "lead:field-services"),
            Write(
                4.0,
                JO,
                "Sundays per person, January to now: the reporter 4 of 26 until June, then 11 of "
                "14. Nobody else above 5 of 14.",
                ANALYSIS,
            ),
            AskName(
                5.0,
                JO,
                "I would like to know whose Sundays these are, to read the plans faster.",
            ),
            KeepSealed(
                5.9,
                LEILA,
                "The plans can be read for the whole team. Faster is not a reason to know a name.",
            ),
            Say(8.0, "This Sunday again. I have not said anything to anybody."),
            Answer(
                9.2,
                JO,
                "From next week the plan is made by somebody else, for the whole team, so that it "
                "does not point at you.",
            ),
            AskName(
                13.7,
                JO,
                "The lead has asked three people who complained. Whoever it is needs a place in "
                "another team before Sunday, and only a name can be moved.",
            ),
            LetOpen(13.85, OWEN, 7),
            OpenName(13.9, JO),
            urgency=Level.HIGH,
            severity=Level.HIGH,
        ),
    ),
    Story(
        26,
        Kind.REPORT,
        "undue_influence",
        "advisory",
        "An old client changes his will each time his neighbour drives him to us. The neighbour "
        "waits in the room. Yesterday I asked him to wait outside and he said that he is the one "
        "who hears well.",
        acts=opened(
            TOMAS,
            "The client's own wish has to be heard first, alone. No document until then.",
            Write(
                6.0,
                TOMAS,
                "Spoke with the client alone for forty minutes, with a hearing loop. He wants the "
                "house to go to his niece and is afraid of losing his lifts to the doctor.",
                OBSERVED,
            ),
            Write(
                9.0,
                TOMAS,
                "Offer him the transport service, so that the lift stops being the price.",
                DECISION,
            ),
            LetIn(10.0, TOMAS, EDITH, Function.LEGAL, 60),
            Write(
                12.0,
                EDITH,
                "Whether he could make the last will is for a court. Draw up no other one before a "
                "doctor has seen him alone, and keep the note of the forty minutes.",
                Note.Kind.ADVICE,
            ),
            severity=Level.HIGH,
        ),
        mode=Mode.NAMED,
        who=("Grace Lefebvre", "Room 2.11"),
    ),
    Story(
        33,
        Kind.GUIDANCE,
        "pressure_on_staff",
        "customer-support",
        "The largest customer wants to know which agent told his wife about the second account. "
        "It was me, she is the account holder. My manager thinks that a name would calm him down.",
        acts=opened(
            RUTH,
            "Advice. No name is given to the customer; the manager is told so today.",
            Answer(
                2.5,
                RUTH,
                "Your manager knows that no name goes out. If he rings you, say: the office "
                "answers this one. Then hang up, kindly.",
            ),
            Say(11.0, "He rang. I said it. My hands shook, but it worked."),
            Write(12.0, RUTH, "Ask Customer support for a rule: no names in complaints."),
            WorkAs(
                12.1,
                RUTH,
                Track.COACHING,
                Power.UNEQUAL,
                "The agent asks how to say no to the manager next time. The manager plans the "
                "shifts, so nobody mediates between the two: sessions with the agent alone.",
            ),
            HoldSession(
                14.2,
                RUTH,
                (Present.REPORTER, Present.GUIDE),
                "Three sentences to say no with, tried aloud. The second one fits.",
            ),
            HoldSession(
                19.2,
                RUTH,
                (Present.REPORTER, Present.SUPERVISOR),
                "The manager heard the sentence. Calls of this kind go to the office from now on.",
            ),
            SignAgreement(
                19.3,
                RUTH,
                (Present.REPORTER, Present.SUPERVISOR),
                "Calls of customers about other callers are given to the office. Nobody is "
                "asked for a name at the desk.",
            ),
            AskToClose(
                32.4,
                RUTH,
                Finding.ADVISED,
                "Advice was asked for, given and followed. No name went out.",
                "We think this has come to its end: no name went out, and it stays so. Come back "
                "any day if he waits for you again.",
                "Complaints reach agents with the name of whoever served the customer. They need "
                "not.",
            ),
        ),
        answers=dilemma(
            "An account holder may know about her account.",
            "He pays for a third of our desk.",
            "That he waits for me outside.",
        ),
    ),
    Story(
        47,
        Kind.REPORT,
        "conflict_of_interest",
        "corporate",
        "The firm that won the cleaning tender belongs to the partner of somebody on the panel. It "
        "is no secret in the canteen. In the file it is not mentioned.",
        acts=opened(
            PRIYA,
            "Plain to check: the declaration of each member of the panel, and the register.",
            Write(
                5.0,
                PRIYA,
                "Four declarations in the file, five members. The fifth was asked for on the day "
                "after the decision.",
                ANALYSIS,
            ),
            AddParty(1.5, PRIYA, PartyRole.SUBJECT, "Fifth member of the panel"),
            AddParty(1.6, PRIYA, PartyRole.WITNESS, "Clerk of the panel", "Room 1.07"),
            Allege(
                1.8,
                PRIYA,
                "The fifth member sat on the panel although the firm belongs to their partner.",
            ),
            Allege(1.9, PRIYA, "Their declaration was asked for after the decision alone."),
            Allege(1.92, PRIYA, "The fifth member sat on the panel."),
            Strike(1.95, PRIYA, 3, "It is the first one again, entered twice."),
            Terms(
                3.0,
                PRIYA,
                "Whether somebody decided on the cleaning tender who had an interest in it, and "
                "whether it was declared.",
                "The cleaning tender of this spring, its panel and its file.",
                "The register of companies first, then the file of the tender, then the panel: in "
                "that order, so that nobody is asked for what a record says.",
                outside="Whether the firm cleans well.",
                limits="Nobody of the panel hears who told us.",
                questions=(
                    "Whose is the firm, and since when? Who was present when it was decided?",
                    "On which day was each declaration asked for, and handed in?",
                ),
            ),
            PlanStep(3.1, PRIYA, "Fetch the file of the second tender from the archive.", 47),
            GoOn(4.0, PRIYA),
            Enter(
                4.5,
                PRIYA,
                "Extract of the company register, cleaning firm",
                of=1,
                how=Bearing.SUPPORTS,
                source="Downloaded from the register by two of us.",
                place="File store, folder of this case",
            ),
            Enter(
                4.8,
                PRIYA,
                "Minutes of the panel, with the list of who was present",
                of=1,
                how=Bearing.SUPPORTS,
                source="Handed over by the clerk, in the original.",
                place="Cabinet of the office",
                moved="Copied; the original is back with the clerk, receipt in the cabinet",
            ),
            Enter(
                5.2,
                PRIYA,
                "Mail with which the fifth declaration was asked for",
                of=2,
                how=Bearing.SUPPORTS,
                kind=ExhibitKind.DATA,
                place="File store, folder of this case",
            ),
            Enter(
                6.0,
                PRIYA,
                "What the clerk says: all five were asked by word of mouth",
                of=2,
                how=Bearing.CONTRADICTS,
                kind=ExhibitKind.STATEMENT,
            ),
            Interviewed(
                7.0,
                PRIYA,
                "Who was asked for a declaration, when, and how. Not: who told us.",
                minutes="All five were asked by word of mouth before the first meeting. Four "
                "handed it in. The fifth was reminded after the decision.",
                objections="The fifth was reminded on the day of the decision, not after it.",
            ),
            AskSubject(
                8.0,
                PRIYA,
                "That a firm of your partner won, and that your declaration is not in the file.",
                answer="I told the chair. I thought that this was the declaration.",
            ),
            Tell(8.1, PRIYA, "hearing", PartyRole.SUBJECT, within=28),
            Tell(8.2, PRIYA, "begun", within=30),
            GoOn(10.0, PRIYA),
            Find(
                11.0,
                PRIYA,
                1,
                Finding.SUBSTANTIATED,
                "Register and minutes say the same, and nobody disputes it. The partner owns the "
                "firm since before the tender.",
            ),
            Follow(
                11.5,
                PRIYA,
                1,
                (ForSubject.CONVERSATION, ForSubject.TRANSFER),
                (ForOrganisation.PROCESS, ForOrganisation.REDRESS),
                "They told the chair and hid nothing, but stayed in the room. They decide on no "
                "tender for two years; the tender is looked at again.",
                departs="Others hid it. This one said it aloud, and nobody wrote it down.",
            ),
            Write(
                12.0, PRIYA, "The tender is looked at again by people from another unit.", DECISION
            ),
            GoBack(
                20.0,
                PRIYA,
                WhyBack.NEW,
                "A second firm of the same partner stands in the register, in another tender.",
            ),
            Tell(33.0, PRIYA, "delay", within=21),
            Tell(33.1, PRIYA, "delay", PartyRole.SUBJECT, within=21),
            Terms(
                37.0,
                PRIYA,
                "Whether somebody decided on either tender who had an interest in it, and whether "
                "it was declared.",
                "The cleaning tenders of this spring and of last autumn, their panels and files.",
                "",
                outside="Whether the firms clean well.",
                limits="Nobody of the panels hears who told us.",
                questions=(
                    "Whose are the firms, and since when? Who was present when it was decided?",
                    "On which day was each declaration asked for, and handed in?",
                ),
                change="A second firm of the same partner stands in the register, in the tender of "
                "last autumn.",
            ),
            Interviewed(38.0, PRIYA, "Whether the second tender had the same panel."),
            GoOn(40.0, PRIYA),
            by=RUTH,
            severity=Level.HIGH,
        ),
    ),
    Story(
        58,
        Kind.REPORT,
        "harassment",
        "field-services",
        "A customer puts his hand on every young technician who comes. We laugh about it and send "
        "the older ones. The new one does not laugh. She asked me whether this is part of the job.",
        channel=Channel.IN_PERSON,
        mode=Mode.NAMED,
        who=("Viktor Danso", "Depot south"),
        keyed_by=RUTH,
        acts=opened(
            RUTH,
            "Nobody goes there alone; the customer gets a letter. Hear all who went there since "
            "spring.",
            Quote(
                3.0,
                RUTH,
                "“You get used to it, that is what they told me. I do not want to get used to it.”",
                SaidBy.AFFECTED,
                "a technician in her third month",
                "Ruth Lindqvist and Jo Marsh, in our room",
            ),
            GoOn(6.5, RUTH),
            GoOn(37.0, RUTH),
            GoOn(48.8, RUTH),
            AddParty(7.0, RUTH, PartyRole.AFFECTED, "The technician in her third month"),
            Tell(7.1, RUTH, "begun", PartyRole.AFFECTED, Means.IN_PERSON, within=35),
            Weigh(
                7.2,
                RUTH,
                (RiskSign.INSECURE,),
                "She is asked in person, away from the depot. Her first appraisal is read by two.",
                PartyRole.AFFECTED,
                asking=Asking.IN_PERSON,
            ),
            AskHow(
                50.2,
                RUTH,
                How.YES,
                "Her appraisal of last week says “not a team player”, the first that is not good. "
                "It was written by the dispatcher whose customer had the letter.",
                PartyRole.AFFECTED,
                Asking.IN_PERSON,
                (RemedyKind.RECORD, 21, "The appraisal is taken out and written anew by two."),
            ),
            Answer(10.0, RUTH, "The customer has a letter, and a visit by two until he answers."),
            Tell(
                49.5,
                RUTH,
                "outcome",
                PartyRole.AFFECTED,
                words="What you told us is so. The customer was told in writing that it ends, and "
                "nobody goes there alone. Your hours stay as they are.",
                is_read=True,
            ),
            urgency=Level.HIGH,
            severity=Level.HIGH,
        ),
    ),
    Story(
        71,
        Kind.EXCEPTION,
        "service_fairness",
        "advisory",
        "A widow asks us to act on a form her husband signed the day before he died. The rule "
        "wants a form not older than a week when we act. It was in his coat.",
        acts=opened(
            TOMAS,
            "Ask the three criteria. It can be undone for a year, so the risk is small.",
            Write(20.0, TOMAS, "Two requests like this in three years, both granted.", ANALYSIS),
        ),
        mode=Mode.NAMED,
        who=("Paolo Scholz", "paolo.scholz@northmoor.example"),
        answers={
            "rule": "A form is valid for seven days.",
            "instead": "Count the days from the funeral.",
            "hardship": "She would have to go to court for the rent of two months.",
        },
    ),
    # -- feedback is overdue: every rung was climbed
    Story(
        104,
        Kind.REPORT,
        "fraud",
        "field-services",
        "Overtime is booked to the wrong project on request. The client with money left in "
        "December pays for the one without. Our lead calls it balance. I have kept a list since "
        "August.",
        acts=opened(
            JO,
            "Compare bookings with the door log for three months before anybody is heard.",
            GoOn(8.0, JO),
            GoOn(38.5, JO),
            GoBack(48.0, JO, WhyBack.MISSING, "Without October nothing can be compared."),
            Write(9.0, JO, "Door log asked for. Answer promised within ten days."),
            Write(40.0, JO, "Door log came without October. Asked again.", Note.Kind.NOTE),
            AskName(
                20.0,
                JO,
                "The list the reporter kept is the only proof. We want to take it over from them "
                "in person, outside the depot.",
            ),
            LetOpen(20.7, LEILA, 3),
            OpenName(21.0, JO),
            Shut(30.0),
            Say(62.0, "May I ask whether anything happens? I still have the list."),
            severity=Level.HIGH,
        ),
        notify="a.reader@mail.example",
        mode=Mode.CONFIDENTIAL,
        who=("Karim Lopes", "karim.lopes@northmoor.example"),
    ),
]

# after so many days each reporter hears how it goes: an interim update
UPDATES = (24.0, 49.0, 74.0, 99.0)
UPDATE = (
    "A short word, so that you know: it is not forgotten. We are still looking into it, and you "
    "hear from me again within four weeks, sooner if something moves."
)


def _kept_up(story: Story) -> Story:
    """Return a story in which the lead tells the reporter how it goes every few weeks."""
    lead = next(act.lead or act.who for act in story.acts if isinstance(act, Triage))
    updates = (Answer(after, lead, UPDATE) for after in UPDATES)
    return replace(story, acts=(*story.acts, *updates))


OPEN = [_kept_up(story) for story in WORKED]
