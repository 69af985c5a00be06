"""Acts of cases upon what they have to do with each other: links, merging, splitting."""

from collections.abc import Callable

from cases import actions
from cases.lifecycle import Level
from cases.lifecycle.links import LinkKind
from cases.models import Concern, Link
from people.middleware import act_as
from tests.architecture.acts.registry import act
from tests.world import World


def linked(w: World) -> Link:
    """Link two concerns that wait."""
    one, other = w.file()[0], w.file()[0]
    act_as(w["olga"])
    return actions.link(
        one, other, kind=LinkKind.RELATED, by=w["olga"], reason="The same.", now=w.now
    )


@act("cases.actions.link")
def _(w: World) -> Callable[[], object]:
    return lambda: linked(w)


@act("cases.actions.unlink")
def _(w: World) -> Callable[[], object]:
    made = linked(w)
    return lambda: actions.unlink(made, by=w["olga"], now=w.now)


@act("cases.actions.merge")
def _(w: World) -> Callable[[], object]:
    case, into = w.triage(w.file()[0]), w.triage(w.file()[0])
    act_as(w["olga"])
    return lambda: actions.merge(
        case,
        into=into,
        by=w["olga"],
        opener=w.openers["olga"],
        bring=[],
        reason="One matter.",
        now=w.now,
    )


@act("cases.actions.take_out")
def _(w: World) -> Callable[[], object]:
    case, concern = w.triage(w.file()[0]), w.file()[0]
    act_as(w["olga"])
    actions.join(
        concern,
        into=case,
        by=w["olga"],
        opener=w.openers["olga"],
        urgency=Level.NORMAL,
        severity=Level.NORMAL,
        in_danger=False,
        reason="It is the same visit.",
        now=w.now,
    )
    return lambda: actions.take_out(
        Concern.objects.get(pk=concern.pk),
        by=w["olga"],
        opener=w.openers["olga"],
        lead=w["olga"],
        reason="Another matter.",
        now=w.now,
    )


@act("cases.actions.split")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file()[0])
    act_as(w["olga"])
    first, _ = (
        actions.add_allegation(
            case, by=w["olga"], category=w.category, text=text, now=w.now, opener=w.openers["olga"]
        )
        for text in ("The one.", "The other.")
    )
    return lambda: actions.split(
        case,
        allegations=[first],
        by=w["olga"],
        opener=w.openers["olga"],
        lead=w["olga"],
        summary="The one",
        reason="Another matter.",
        now=w.now,
    )
