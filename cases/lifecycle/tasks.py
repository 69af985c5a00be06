"""What a task on a concern or a case is. Pure."""

from django.db.models import TextChoices


class TaskKind(TextChoices):
    """What a task is; each runs on a clock of its own kind (escalation.rules.kinds)."""

    TASK = "task", "Task"
    SAFEGUARD_REVIEW = "safeguard_review", "Review of safeguards"
    CHECK_IN = "check_in", "Check-in"
    REFERRAL = "referral", "Referral"
    CORRECTIVE_ACTION = "corrective_action", "Corrective action"
    FLAG_REVIEW = "flag_review", "Review of a red flag"
    # what somebody is asked to decide
    APPROVE_CLOSING = "approve_closing", "Decide on a closing"
    # coaching and mediation
    FOLLOW_UP = "follow_up", "Follow-up of an agreement"
    RESPONSE = "response", "Answer of whom it is about"
    INTERVIEW = "interview", "Interview"
    APPROVE_TELLING = "approve_telling", "Read what is to be told"
    TELL = "tell", "Tell somebody, as promised"
    AUTHORISATION = "authorisation", "Answer whether the work may go on"
    APPROVE_TERMS = "approve_terms", "Decide on terms of reference"
    PLAN_STEP = "plan_step", "Step of the plan"


# What watches over people goes on after a case is closed, as does what was promised to be mended.
OUTLIVES_THE_CASE = frozenset(
    {
        TaskKind.SAFEGUARD_REVIEW,
        TaskKind.CHECK_IN,
        TaskKind.CORRECTIVE_ACTION,
        TaskKind.FLAG_REVIEW,
        TaskKind.FOLLOW_UP,
        TaskKind.TELL,
    }
)
# when one is done, the next can be opened by itself
REPEATING = frozenset({TaskKind.SAFEGUARD_REVIEW, TaskKind.CHECK_IN, TaskKind.FLAG_REVIEW})
# Another person decides on these: not whoever asked for it.
APPROVALS = frozenset({TaskKind.APPROVE_CLOSING, TaskKind.APPROVE_TELLING, TaskKind.APPROVE_TERMS})
# What is done by deciding on or recording something, on a page of its own: nobody opens or ends
# such a task by itself.
DECIDED_ELSEWHERE = frozenset(
    {
        TaskKind.APPROVE_CLOSING,
        TaskKind.APPROVE_TELLING,
        TaskKind.APPROVE_TERMS,
        TaskKind.AUTHORISATION,
        TaskKind.INTERVIEW,
        TaskKind.RESPONSE,
        TaskKind.TELL,
    }
)
# which of those somebody else can do
HANDED_ON = APPROVALS | {TaskKind.TELL}
