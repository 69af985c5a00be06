"""What can happen in a story after it was filed: each act is one act of the office or the reporter.

`after` is in days since the filing. The stage plays the acts in the order of time.
"""

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cases import access, actions
from cases.forms.intake import labels
from cases.lifecycle import Channel, Finding, Given, Kind, Level, Mode, Phase, TaskKind, WhyBack
from cases.models import Case, Category, Closing, Concern, IdentityRequest, Note, Task
from common import days
from escalation.rules import Limit
from ethicsdesk.demo.history import RISK_OF
from people.models import Person
from safes.rules import Opener, Receipt


@dataclass
class Scene:
    """Where a story is: its concern, its receipt, its case, and everybody by user name."""

    people: dict[str, Person]
    openers: dict[str, Opener]
    receipt: Receipt
    reference: str = ""

    @property
    def concern(self) -> Concern:
        """Return the concern as it is now."""
        known = Concern.objects.select_related("safe", "case__safe", "case__lead", "owner", "unit")
        return known.get(ref=self.reference)

    @property
    def case(self) -> Case:
        """Return the case that the concern became."""
        case = self.concern.case
        if case is None:
            raise AssertionError
        return case


@dataclass(frozen=True)
class Act:
    """Something that happens some days after the filing."""

    after: float

    @property
    def is_office(self) -> bool:
        """Return whether somebody at work does it, in working hours."""
        return True

    @abstractmethod
    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""


@dataclass(frozen=True)
class Read(Act):
    """Somebody of the office reads the concern, or its case."""

    who: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by, opener, concern = scene.people[self.who], scene.openers[self.who], scene.concern
        if concern.case is None:
            actions.read_concern(concern, by=by, opener=opener, now=now)
        else:
            actions.read_case(concern.case, by=by, opener=opener, now=now)


@dataclass(frozen=True)
class Assign(Act):
    """An officer gives it to somebody, whosever turn it is, or takes it."""

    who: str
    to: str = ""
    why: Given = Given.KNOWS_IT
    words: str = ""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by, to = scene.people[self.who], scene.people[self.to or self.who]
        actions.assign(scene.concern, by=by, to=to, now=now, why=self.why, words=self.words)


@dataclass(frozen=True)
class Answer(Act):
    """The office writes to the reporter."""

    who: str
    text: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by, opener = scene.people[self.who], scene.openers[self.who]
        actions.answer(scene.concern, by=by, text=self.text, now=now, opener=opener)


@dataclass(frozen=True)
class Say(Act):
    """The reporter comes back and writes."""

    text: str = ""

    @property
    def is_office(self) -> bool:
        """Return whether somebody at work does it, in working hours."""
        return False

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it; without words the reporter only reads."""
        actions.read_by_reporter(scene.concern, now=now)
        if self.text:
            opener = scene.receipt.opener
            actions.say(scene.concern, text=self.text, now=now, opener=opener)


@dataclass(frozen=True)
class Withdraw(Act):
    """The reporter takes it back."""

    @property
    def is_office(self) -> bool:
        """Return whether somebody at work does it, in working hours."""
        return False

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.withdraw(scene.concern, now=now)


@dataclass(frozen=True)
class Triage(Act):
    """An officer decides what it is, and opens a case."""

    who: str
    reason: str
    urgency: Level = Level.NORMAL
    severity: Level = Level.NORMAL
    lead: str = ""
    danger: bool = False
    category: str = ""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        concern = scene.concern
        code = self.category or concern.category_id
        actions.triage(
            concern,
            by=scene.people[self.who],
            opener=scene.openers[self.who],
            category=Category.objects.get(pk=code),
            urgency=self.urgency,
            weighed=actions.Weighed(*RISK_OF[self.severity]),
            in_danger=self.danger,
            reason=self.reason,
            lead=scene.people[self.lead or self.who],
            given=Given.KNOWS_IT if self.lead else None,
            now=now,
        )


@dataclass(frozen=True)
class GoOn(Act):
    """A member takes the investigation on to its next phase."""

    who: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        case = scene.case
        actions.go_on(case, by=scene.people[self.who], at=Phase(case.phase), now=now)


@dataclass(frozen=True)
class GoBack(Act):
    """A member takes the investigation back to the phase before."""

    who: str
    why: WhyBack
    words: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        case = scene.case
        actions.go_back(
            case,
            by=scene.people[self.who],
            at=Phase(case.phase),
            why=self.why,
            words=self.words,
            opener=scene.openers[self.who],
            now=now,
        )


@dataclass(frozen=True)
class Write(Act):
    """A member of the team signs a note."""

    who: str
    text: str
    kind: Note.Kind = Note.Kind.NOTE

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by, opener = scene.people[self.who], scene.openers[self.who]
        actions.sign_note(scene.case, by=by, kind=self.kind, text=self.text, now=now, opener=opener)


@dataclass(frozen=True)
class Join(Act):
    """A member brings a colleague in."""

    who: str
    person: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.add_member(
            scene.case,
            by=scene.people[self.who],
            opener=scene.openers[self.who],
            person=scene.people[self.person],
            now=now,
        )


@dataclass(frozen=True)
class Name(Act):
    """A member names whom it is about, by user name, or `lead:` and a unit for one of its leads."""

    who: str
    person: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by, person = scene.people[self.who], scene.people[self.person]
        actions.name_party(scene.case, by=by, person=person, now=now)


@dataclass(frozen=True)
class Plan(Act):
    """A member of the team opens a task; whoever does it may have done it some days later."""

    who: str
    what: TaskKind
    words: str
    does: str = ""
    within: int = 0
    every: str = ""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.add_task(
            scene.case,
            by=scene.people[self.who],
            kind=self.what,
            assignee=scene.people[self.does or self.who],
            words=self.words,
            due_on=days.day_of(now) + timedelta(days=self.within) if self.within else None,
            every=Limit.read(self.every) if self.every else None,
            opener=scene.openers[self.who],
            now=now,
        )


@dataclass(frozen=True)
class Do(Act):
    """A member of the team does the task of a kind that is open the longest."""

    who: str
    what: TaskKind
    words: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        task = Task.objects.open().filter(case=scene.case, kind=self.what).order_by("opened_at")[0]
        by, opener = scene.people[self.who], scene.openers[self.who]
        actions.finish_task(task, by=by, words=self.words, opener=opener, now=now)


@dataclass(frozen=True)
class AskName(Act):
    """A member of the team asks to open the reporter's identity."""

    who: str
    reason: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by = scene.people[self.who]
        actions.ask_identity(scene.concern, by=by, reason=self.reason, now=now)


@dataclass(frozen=True)
class LetOpen(Act):
    """A custodian agrees, for some days."""

    who: str
    for_days: int

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        actions.grant_identity(
            _asked(scene),
            by=scene.people[self.who],
            opener=scene.openers[self.who],
            for_days=self.for_days,
            now=now,
        )


@dataclass(frozen=True)
class KeepSealed(Act):
    """A custodian refuses."""

    who: str
    reason: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by = scene.people[self.who]
        actions.refuse_identity(_asked(scene), by=by, reason=self.reason, now=now)


@dataclass(frozen=True)
class OpenName(Act):
    """Whoever was let opens the identity."""

    who: str

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        by, opener = scene.people[self.who], scene.openers[self.who]
        actions.open_identity(scene.concern, by=by, opener=opener, now=now)


@dataclass(frozen=True)
class Shut(Act):
    """The worker comes by and shuts what is over."""

    @property
    def is_office(self) -> bool:
        """Return whether somebody at work does it, in working hours."""
        return False

    def play(self, scene: Scene, now: datetime) -> None:  # noqa: ARG002 - it is for every scene
        """Do it."""
        actions.expire_identities(now=now)


def _asked(scene: Scene) -> IdentityRequest:
    """Return what was asked last."""
    asked = IdentityRequest.objects.select_related("safe", "vault", "requested_by")
    return asked.filter(concern=scene.concern).latest("requested_at")


@dataclass(frozen=True)
class AskToClose(Act):
    """Somebody asks that the case is closed with a finding, and another person decides on it."""

    who: str
    finding: Finding
    reason: str
    message: str
    lessons: str = ""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        self.ask(scene, now)

    def ask(self, scene: Scene, now: datetime) -> Closing:
        """Ask the next who may decide."""
        by = scene.people[self.who]
        return actions.ask_to_close(
            scene.case,
            by=by,
            approver=access.may_decide(scene.case, by)[0],
            finding=self.finding,
            reason=self.reason,
            message=self.message,
            lessons=self.lessons,
            now=now,
            opener=scene.openers[self.who],
        )


@dataclass(frozen=True)
class Close(AskToClose):
    """The case is closed with a finding by two, and the reporter hears the outcome."""

    def play(self, scene: Scene, now: datetime) -> None:
        """Do it."""
        closing = self.ask(scene, now)
        decider = closing.task.assignee
        if decider is None:
            raise AssertionError
        opener = scene.openers[decider.username]
        actions.approve_closing(closing, by=decider, opener=opener, now=now)


@dataclass(frozen=True)
class Story:
    """What somebody told the office, `ago` days before today, and what became of it."""

    ago: float
    kind: Kind
    topic: str
    unit: str
    text: str
    acts: tuple[Act, ...] = ()
    mode: Mode = Mode.ANONYMOUS
    channel: Channel = Channel.WEB
    about: str = ""
    danger: bool = False
    # name and contact of whoever is not anonymous
    who: tuple[str, str] = ("", "")
    notify: str = ""
    # what was asked beside it, by the name of the question
    answers: dict[str, str] = field(default_factory=dict)
    # who keyed it in, where it came by another way than the web
    keyed_by: str = ""
    files: tuple[tuple[str, str], ...] = ()

    @property
    def narrative(self) -> str:
        """Return the words as the form puts them together: each answer under its question."""
        known = labels()
        asked = [f"{known[name]}\n{text}" for name, text in self.answers.items()]
        return "\n\n".join([self.text, *asked])
