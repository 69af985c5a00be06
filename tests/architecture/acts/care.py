"""Acts of cases upon what protects people: signs that are marked, safeguards."""

from collections.abc import Callable

from cases import actions
from cases.lifecycle.risks import Answer, SafeguardKind
from cases.models import Authorisation, Safeguard, Task
from policies.models import Indicator
from tests.architecture.acts.registry import act
from tests.world import World


@act("cases.actions.mark_signs")
def _(w: World) -> Callable[[], object]:
    concern, _ = w.file()
    signs = Indicator.objects.offered()[:2]
    return lambda: actions.mark_signs(concern, by=w["olga"], signs=signs, now=w.now)


def placed(w: World) -> Safeguard:
    """Put a safeguard in place on a case of Olga's."""
    case = w.triage(w.file()[0])
    return actions.place_safeguard(
        case,
        by=w["olga"],
        kind=SafeguardKind.LEAVE,
        owner=w["olga"],
        words="From today.",
        now=w.now,
    )


@act("cases.actions.place_safeguard")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    kind = SafeguardKind.LEAVE
    return lambda: actions.place_safeguard(
        case, by=w["olga"], kind=kind, owner=w["olga"], words="", now=w.now
    )


@act("cases.actions.keep_safeguard")
def _(w: World) -> Callable[[], object]:
    guard = placed(w)
    Task.objects.filter(pk=guard.review_id).update(assignee=None)
    return lambda: actions.keep_safeguard(guard, by=w["olga"], owner=w["olga"], now=w.now)


@act("cases.actions.end_safeguard")
def _(w: World) -> Callable[[], object]:
    guard = placed(w)
    return lambda: actions.end_safeguard(guard, by=w["olga"], words="It held.", now=w.now)


def asked(w: World) -> Authorisation:
    """Let Olga ask her supervisor, who has no part in the case."""
    case = w.triage(w.file()[0])
    return actions.ask_authorisation(case, by=w["olga"], words="May we go on?", now=w.now)


@act("cases.actions.ask_authorisation")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    return lambda: actions.ask_authorisation(case, by=w["olga"], words="May we?", now=w.now)


@act("cases.actions.answer_authorisation")
def _(w: World) -> Callable[[], object]:
    asked_for = asked(w)
    return lambda: actions.answer_authorisation(
        asked_for, by=w["olga"], answer=Answer.GRANTED, words="He said yes.", now=w.now
    )
