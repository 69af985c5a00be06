"""The catalogue of scripts: the approved texts by which people are told something."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from common.languages import direction
from people.models import Person
from policies.rules.scripts import Approval, Audience, Milestone

TEXT_MAX, LANGUAGE_MAX = 4_000, 12


class ScriptQuerySet(models.QuerySet["Script"]):
    """Reads of the catalogue."""

    def newest(self) -> "ScriptQuerySet":
        """Return the newest published version of each script, in the order of the list."""
        published = Script.objects.filter(
            code=OuterRef("code"), state=Script.State.PUBLISHED
        ).order_by("-n")
        newest = self.filter(pk=Subquery(published.values("pk")[:1]))
        return newest.order_by("audience", "position", "language")

    def offered(self) -> "ScriptQuerySet":
        """Return what can be told with now."""
        return self.newest().filter(is_offered=True)

    def waiting(self) -> "ScriptQuerySet":
        """Return what waits for a second person, the oldest first."""
        drafts = self.filter(state=Script.State.PROPOSED).select_related("made_by")
        return drafts.order_by("made_at", "pk")


class Script(models.Model):
    """One version of an approved text: at which milestone, to whom, in which language.

    A change is another version, which counts once a second person has published it; what was told
    keeps the version from which it was written.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits for a second person"
        PUBLISHED = "published", "Published"
        DROPPED = "dropped", "Dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    # audience, milestone and language, as its address has them
    code = models.SlugField(max_length=50)
    n = models.PositiveIntegerField()
    audience = models.CharField(max_length=10, choices=Audience)
    milestone = models.CharField(max_length=14, choices=Milestone)
    language = models.CharField(max_length=LANGUAGE_MAX, default="en")
    # where its milestone stands among the others
    position = models.PositiveSmallIntegerField()
    # {blanks} are filled by the case, [gaps] by whoever writes
    text = models.TextField()
    approval = models.CharField(max_length=10, choices=Approval)
    is_offered = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    # nobody: it came with the software
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    # who published or dropped it, and when
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ScriptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "n"], name="policies_script_n"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="proposed"), name="policies_script_one_waits"
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(made_by=None, decided_by=None)
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("made_by"))),
                name="policies_script_published_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None)
                | (~Q(state="proposed") & Q(decided_at__isnull=False)),
                name="policies_script_decided_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(milestone=Milestone.OUTCOME) | Q(approval=Approval.ALWAYS),
                name="policies_script_outcome_by_two",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="published"),
            )
        ]

    class Privacy:
        personal = {"made_by", "decided_by"}
        plain = {
            "id", "code", "n", "audience", "milestone", "language", "position", "text", "approval",
            "is_offered", "state", "made_at", "decided_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_milestone_display()}: {self.get_audience_display().lower()}"

    @property
    def direction(self) -> str:
        """Return the direction in which its language is written."""
        return direction(self.language)
