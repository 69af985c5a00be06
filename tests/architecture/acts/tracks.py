"""Acts of cases upon how a case is worked, and on what is kept of its sessions."""

from collections.abc import Callable

from cases import actions
from cases.lifecycle import Kind
from cases.lifecycle.tracks import Power, Present, Track, WhyTrack
from cases.models import Case
from common import days
from tests.architecture.acts.registry import act
from tests.world import World


def coached(w: World) -> Case:
    """Coach on a case of Olga's."""
    case = w.triage(w.file(kind=Kind.GUIDANCE)[0])
    return changed(w, case)


def changed(w: World, case: Case) -> Case:
    """Coach on a case from now on."""
    actions.change_track(
        case,
        by=w["olga"],
        track=Track.COACHING,
        power=Power.NOT_ASKED,
        why=WhyTrack.WISHED,
        words="They ask for it.",
        now=w.now,
    )
    return case


@act("cases.actions.change_track")
def _(w: World) -> Callable[[], object]:
    case = w.triage(w.file(kind=Kind.GUIDANCE)[0])
    return lambda: changed(w, case)


@act("cases.actions.hold_meeting")
def _(w: World) -> Callable[[], object]:
    case = coached(w)
    return lambda: actions.hold_meeting(
        case,
        by=w["olga"],
        held_on=days.day_of(w.now),
        present=[Present.AFFECTED],
        words="What to say.",
        now=w.now,
    )


@act("cases.actions.sign_agreement")
def _(w: World) -> Callable[[], object]:
    case = coached(w)
    return lambda: actions.sign_agreement(
        case,
        by=w["olga"],
        agreed=[Present.AFFECTED],
        words="No calls at night.",
        assignee=w["olga"],
        now=w.now,
    )
