"""Who answers for a concern, a case and a task, as it stands on their open clocks."""

from cases.lifecycle import CLOCKS_OF, CLOCKS_OF_CASES, CLOCKS_OF_TASKS, Level
from cases.models import Case, Concern, Task
from escalation import actions as escalation
from people.models import Person


def note_owner(concern: Concern) -> None:
    """Write down on the open clocks of a concern, and of its case, who answers for them.

    That is the lead of the case; before there is one, whoever looks after the concern, or has it
    from an escalation.
    """
    case = concern.case
    early = concern.owner_id or concern.handed_to_id
    escalation.give(
        subject_kind=CLOCKS_OF,
        subject_ids=[concern.pk],
        owner=case.lead_id if case else early,
        unit=concern.unit_id,
    )
    if case is not None:
        escalation.give(
            subject_kind=CLOCKS_OF_CASES,
            subject_ids=[case.pk],
            owner=case.lead_id,
            unit=case.unit_id,
        )


def note_doer(task: Task) -> None:
    """Write down on the clock of a task who does it."""
    escalation.give(
        subject_kind=CLOCKS_OF_TASKS,
        subject_ids=[task.pk],
        owner=task.assignee_id,
        unit=task.about.unit_id,
    )


def in_charge(of: Case | Concern) -> Person | None:
    """Return who answers for a case, or for a concern that has none yet."""
    if isinstance(of, Case):
        return of.lead
    return of.case.lead if of.case else of.owner or of.handed_to


def why_triage_runs_on(concern: Concern, by: Person) -> str:
    """Return why somebody may not let the triage of a concern rest; nothing where they may.

    Somebody in danger waits for nothing, and who passes by does not stop what nobody looks after.
    """
    if concern.urgency == Level.DANGER:
        return "Somebody may be in danger here, so its triage does not rest."
    if in_charge(concern) != by:
        return "Only whoever looks after it lets its triage rest. Take it over first."
    return ""
