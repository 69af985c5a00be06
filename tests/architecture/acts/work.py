"""Acts of cases upon the work: identities, members, walls, tasks, phases, the end."""

from collections.abc import Callable
from datetime import timedelta

from cases import actions
from cases.lifecycle import Function, Mode, Phase, TaskKind, WhyBack
from cases.models import Case, Concern, IdentityRequest, Member, Note, Task
from people import actions as people
from people.middleware import act_as
from people.rules import Role
from safes import actions as safes
from tests.architecture.acts.registry import act
from tests.world import World


def asked(w: World) -> tuple[Concern, IdentityRequest]:
    """Return a confidential concern of Olga's case, and her request to open its identity."""
    identity = actions.Identity("Rita Reporter")
    concern, _ = w.file(mode=Mode.CONFIDENTIAL, identity=identity)
    w.triage(concern)
    act_as(w["olga"])
    return concern, actions.ask_identity(concern, by=w["olga"], reason="I must call.", now=w.now)


def granted(w: World) -> tuple[Concern, IdentityRequest]:
    """Return the same, granted for a day."""
    concern, request = asked(w)
    act_as(w["carl"])
    opener = w.openers["carl"]
    actions.grant_identity(request, by=w["carl"], opener=opener, for_days=1, now=w.now)
    act_as(w["olga"])
    return concern, request


@act("cases.actions.ask_identity")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file(mode=Mode.CONFIDENTIAL, identity=actions.Identity("Rita Reporter"))
    actions.assign(concern, by=w["olga"], to=w["olga"], now=w.now)
    act_as(w["olga"])
    return lambda: actions.ask_identity(concern, by=w["olga"], reason="I must call.", now=w.now)


@act("cases.actions.withdraw_identity")
def _(w: World) -> Callable[[], object]:
    _, request = granted(w)
    return lambda: actions.withdraw_identity(request, by=w["olga"], now=w.now)


@act("cases.actions.grant_identity")
def _(w: World) -> Callable[[], object]:
    _, request = asked(w)
    act_as(w["carl"])
    opener = w.openers["carl"]
    return lambda: actions.grant_identity(
        request, by=w["carl"], opener=opener, for_days=1, now=w.now
    )


@act("cases.actions.refuse_identity")
def _(w: World) -> Callable[[], object]:
    _, request = asked(w)
    act_as(w["carl"])
    return lambda: actions.refuse_identity(request, by=w["carl"], reason="Write.", now=w.now)


@act("cases.actions.open_identity")
def _(w: World) -> Callable[[], object]:
    concern, _ = granted(w)
    opener = w.openers["olga"]
    return lambda: actions.open_identity(concern, by=w["olga"], opener=opener, now=w.now)


@act("cases.actions.expire_identities")
def _(w: World) -> Callable[[], object]:
    granted(w)
    return lambda: actions.expire_identities(now=w.now + timedelta(days=2))


@act("cases.actions.find_names_due")
def _(w: World) -> Callable[[], object]:
    identity = actions.Identity("Rita Reporter")
    w.file(mode=Mode.CONFIDENTIAL, identity=identity)
    w.hire("cora", Role.CUSTODIAN)
    return lambda: actions.find_names_due(now=w.now)


@act("cases.actions.hand_on_names")
def _(w: World) -> Callable[[], object]:
    identity = actions.Identity("Rita Reporter")
    concern, _ = w.file(mode=Mode.CONFIDENTIAL, identity=identity)
    assert concern.identity_safe is not None
    safes.miss(concern.identity_safe, [w.hire("cora", Role.CUSTODIAN)], now=w.now)
    opener = w.openers["carl"]
    return lambda: actions.hand_on_names(by=w["carl"], opener=opener, now=w.now)


@act("cases.actions.sign_note")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.sign_note(
        case, by=w["olga"], kind=Note.Kind.NOTE, text="I rang.", now=w.now
    )


@act("cases.actions.amend_note")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    note = actions.sign_note(case, by=w["olga"], kind=Note.Kind.NOTE, text="I rang.", now=w.now)
    return lambda: actions.amend_note(
        note, by=w["olga"], over=1, why="A slip.", text="I called.", now=w.now
    )


@act("cases.actions.add_member")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.add_member(
        case, by=w["olga"], opener=w.openers["olga"], person=w["otto"], now=w.now
    )


def _guest(w: World) -> Member:
    case = w.triage(w.file()[0])
    return actions.add_member(
        case,
        by=w["olga"],
        opener=w.openers["olga"],
        person=w["otto"],
        until=w.now + timedelta(days=10),
        now=w.now,
    )


@act("cases.actions.change_function")
def _(w: World) -> Callable[[], object]:
    member = _guest(w)
    return lambda: actions.change_function(
        member, by=w["olga"], opener=w.openers["olga"], function=Function.HR, now=w.now
    )


@act("cases.actions.extend_guest")
def _(w: World) -> Callable[[], object]:
    member, until = _guest(w), w.now + timedelta(days=20)
    return lambda: actions.extend_guest(
        member, by=w["olga"], until=until, reason="The log came late.", now=w.now
    )


@act("cases.actions.end_place")
def _(w: World) -> Callable[[], object]:
    member = _guest(w)
    return lambda: actions.end_place(member, by=w["olga"], now=w.now)


@act("cases.actions.name_party")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.name_party(case, by=w["olga"], person=w["omar"], now=w.now)


@act("cases.actions.name_party_of_concern")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.name_party_of_concern(
        concern, by=w["olga"], opener=w.openers["olga"], person=w["omar"], now=w.now
    )


@act("cases.actions.exclude_readers")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.exclude_readers(concern, persons=[w["omar"]], now=w.now)


@act("cases.actions.recuse_from_case")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.recuse_from_case(
        case,
        by=w["olga"],
        opener=w.openers["olga"],
        to=w["omar"],
        reason="We are cousins.",
        now=w.now,
    )


@act("cases.actions.recuse_from_concern")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    return lambda: actions.recuse_from_concern(
        concern, by=w["olga"], reason="We are cousins.", now=w.now
    )


@act("cases.actions.enforce_walls")
def _(w: World) -> Callable[[], object]:
    w.triage(w.file(about="It was Stan.", excluded=(w["stan"],))[0])
    people.declare_tie(w["olga"], about=w["stan"], now=w.now)
    return lambda: actions.enforce_walls(now=w.now)


@act("cases.actions.grant_view")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.grant_view(case, by=w["olga"], person=w["anna"], now=w.now)


def with_task(w: World) -> Task:
    """Return a task of Olga's on a case of hers."""
    case = w.triage(w.file()[0])
    return cases_task(w, case)


def cases_task(w: World, case: Case) -> Task:
    """Add a task to a case."""
    return actions.add_task(
        case, by=w["olga"], kind=TaskKind.TASK, assignee=w["olga"], words="Ask.", now=w.now
    )


@act("cases.actions.add_task")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: cases_task(w, case)


@act("cases.actions.finish_task")
def _(w: World) -> Callable[[], object]:
    task = with_task(w)
    return lambda: actions.finish_task(task, by=w["olga"], words="", now=w.now)


@act("cases.actions.cancel_task")
def _(w: World) -> Callable[[], object]:
    task = with_task(w)
    return lambda: actions.cancel_task(task, by=w["olga"], reason="Not needed.", now=w.now)


@act("cases.actions.hand_task")
def _(w: World) -> Callable[[], object]:
    task = with_task(w)
    return lambda: actions.hand_task(task, by=w["olga"], to=w["olga"], now=w.now)


@act("cases.actions.go_on")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.go_on(case, by=w["olga"], at=Phase.PLANNING, now=w.now)


@act("cases.actions.go_back")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.go_back(
        case, by=w["olga"], at=Phase.PLANNING, why=WhyBack.MISTAKE, words="Advice.", now=w.now
    )
