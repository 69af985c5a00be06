"""What people were told of a case at its milestones, and by when they were to hear again."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from cases.lifecycle import Means, PartyRole, TellingState, WhyUntold
from cases.models.cases import Case
from cases.models.categories import signed
from cases.models.concerns import Concern
from cases.models.talk import Message
from cases.models.tasks import Task
from cases.models.work import Party
from people.models import Person
from policies.models import Script
from policies.rules.scripts import Audience, Milestone
from safes.models import only_on_record

# it goes with its case or its concern, and never alone
WITH_WHAT_IT_TELLS_OF = only_on_record(
    "e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_case c WHERE c.id = OLD.case_id)"
    " OR e.safes @> (SELECT ARRAY[c.safe_id] FROM cases_concern c WHERE c.id = OLD.concern_id)"
)
AUDIENCES = {PartyRole.AFFECTED: Audience.AFFECTED, PartyRole.SUBJECT: Audience.SUBJECT}
OPEN = (TellingState.WAITING, TellingState.APPROVED)


class TellingQuerySet(models.QuerySet["Telling"]):
    """Reads of what people are told."""

    def locked(self, pk: uuid.UUID) -> "Telling":
        """Return one, held until the commit."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def open(self) -> "TellingQuerySet":
        """Return what is written and not told yet."""
        return self.filter(state__in=OPEN)

    def promises(self) -> "TellingQuerySet":
        """Return what was told with a day by which somebody hears again, the oldest first."""
        told = self.filter(state=TellingState.TOLD, until__isnull=False)
        return told.order_by("told_on", "until")


class Telling(models.Model):
    """That somebody is told something at a milestone, from a script, or why they are not.

    A reporter is told on their concern, whoever else is concerned on the case. The words are sealed
    to these, and of what a reporter was told they are those of the message. Once it was told, sent
    back or taken back it stays as it is; only that the promise in it was kept is added.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="tellings")
    concern = models.ForeignKey(
        Concern, on_delete=models.CASCADE, null=True, related_name="tellings"
    )
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="tellings")
    milestone = models.CharField(max_length=14, choices=Milestone)
    # the version from which it was written; none: they are not told
    script = models.ForeignKey(Script, on_delete=models.PROTECT, null=True, related_name="+")
    is_changed = models.BooleanField(default=False)
    needs_approval = models.BooleanField(default=False)
    # who was asked to read it before it goes
    task = models.OneToOneField(Task, on_delete=models.CASCADE, null=True, related_name="telling")
    state = models.CharField(max_length=10, choices=TellingState)
    why = models.CharField(max_length=12, choices=WhyUntold, blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    means = models.CharField(max_length=10, choices=Means, blank=True)
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    told_on = models.DateField(null=True)
    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, null=True, related_name="telling"
    )
    # by which day it says that they hear again, whoever sees to it, and on which day they did
    until = models.DateField(null=True)
    promise = models.OneToOneField(
        Task, on_delete=models.CASCADE, null=True, related_name="promised_in"
    )
    kept_on = models.DateField(null=True)

    objects = TellingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(concern__isnull=False, case=None, party=None)
                | Q(concern=None, case__isnull=False, party__isnull=False),
                name="cases_telling_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(needs_approval=False)
                | ~Q(state__in=[TellingState.APPROVED, TellingState.TOLD])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("made_by"))),
                name="cases_telling_by_two",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=TellingState.TOLD, told_on__isnull=False, told_by__isnull=False)
                    & ~Q(means="")
                )
                | (
                    ~Q(state=TellingState.TOLD)
                    & Q(told_on=None, told_by=None, means="", promise=None, kept_on=None)
                ),
                name="cases_telling_told_on_a_day",
            ),
            models.CheckConstraint(
                condition=(Q(state=TellingState.WAIVED, script=None) & ~Q(why=""))
                | (~Q(state=TellingState.WAIVED) & Q(script__isnull=False, why="")),
                name="cases_telling_or_why_not",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=False) | Q(promise=None, kept_on=None),
                name="cases_telling_promises_a_day",
            ),
            models.CheckConstraint(
                condition=Q(kept_on=None) | Q(kept_on__gte=F("told_on")),
                name="cases_telling_kept_afterwards",
            ),
            models.UniqueConstraint(
                fields=["concern", "milestone"],
                condition=Q(state__in=OPEN),
                name="cases_telling_reporter_once",
            ),
            models.UniqueConstraint(
                fields=["party", "milestone"],
                condition=Q(state__in=OPEN),
                name="cases_telling_party_once",
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="cases_telling_case"),
            models.Index(fields=["concern"], name="cases_telling_concern"),
        ]
        triggers = [
            signed(
                "ended",
                when=pgtrigger.Condition("OLD.state NOT IN ('waiting', 'approved')"),
                otherwise="NEW.case_id IS NOT DISTINCT FROM OLD.case_id",
                beside=["kept_on"],
            ),
            WITH_WHAT_IT_TELLS_OF,
        ]

    class Privacy:
        personal = {"made_by", "decided_by", "told_by"}
        plain = {
            "id", "case", "concern", "party", "milestone", "script", "is_changed",
            "needs_approval", "task", "state", "why", "made_at", "decided_at", "means", "told_on",
            "message", "until", "promise", "kept_on",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.concern_id or self.party_id} {self.milestone} {self.state}"

    @property
    def audience(self) -> Audience:
        """Return to whom it is told."""
        return audience_of(self.party)

    @property
    def subject(self) -> str:
        """Return by which name the ledger knows what it is told of."""
        return f"case:{self.case_id}" if self.case_id else f"concern:{self.concern_id}"

    @property
    def was_late(self) -> bool:
        """Return whether the promise in it was kept after its day."""
        return self.kept_on is not None and self.until is not None and self.kept_on > self.until


def audience_of(party: Party | None) -> Audience:
    """Return as what a party is told; nobody: a reporter."""
    return Audience.REPORTER if party is None else AUDIENCES[PartyRole(party.role)]
