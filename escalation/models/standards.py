"""What the office sets for each kind of duty: how long it may take, and which path follows."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db import models
from django.db.models import F, Q

from common.errors import RuleError
from common.levels import Level
from escalation.models.paths import STANDARD, Path, PathVersion, TimedPromise
from escalation.rules import Limit
from escalation.rules.kinds import ANY, KINDS, DutyKind
from escalation.rules.limits import LIMIT_MAX
from people.models import Person


class Scope(NamedTuple):
    """For what a standard holds: for one level of gravity, for what is filed as something, or all.

    `filed_as` is empty, or `kinds.GUIDANCE`.
    """

    level: int = ANY
    filed_as: str = ""

    @property
    def words(self) -> str:
        """Return it in words; nothing where it holds for all."""
        if self.filed_as:
            return "Requests for guidance"
        return str(Level(self.level).label) if self.level else ""


class InForce(NamedTuple):
    """How long a kind of duty may take, and on which path, as things are set now.

    Without a limit it is as a policy promises.
    """

    kind: DutyKind
    scope: Scope
    limit: Limit | None
    # what the office set; None where it runs as the list of kinds has it, on the standard path
    own: "Standard | None"

    @property
    def code(self) -> str:
        """Return the code of its path."""
        return self.own.path.code if self.own else STANDARD


Known = Mapping[tuple[str, Scope], "Standard"]


class StandardQuerySet(models.QuerySet["Standard"]):
    """Reads of the office's standards."""

    def in_force(self) -> list[InForce]:
        """Return what holds for each kind, by level where it has any, then what was set beside.

        Of what a policy promises there is only what the office has set in its place.
        """
        known = _known(self)
        return [one for kind in KINDS.values() for one in _lines(known, kind)]

    def timed(self, *kinds: str, level: int = ANY, filed_as: str = "") -> list[TimedPromise]:
        """Return what the engine needs to start clocks of these kinds.

        What nothing is set for runs as the list of kinds has it, on the standard path. Raises
        RuleError where no path is published.
        """
        scope = Scope(level, filed_as)
        known = _known(self.filter(kind__in=kinds).near(scope))
        found = [_in_force(known, KINDS[kind], scope) for kind in kinds]
        paths = _newest({STANDARD, *(one.code for one in found)})
        return [
            TimedPromise(
                one.kind.code, one.limit or Limit(), paths.get(one.code) or paths[STANDARD]
            )
            for one in found
        ]

    def over(
        self, promises: Iterable[TimedPromise], *, level: int, filed_as: str
    ) -> list[TimedPromise]:
        """Return what a policy promises, on the paths and in the shorter times that are set here.

        What is set is no promise: nobody outside is told of it, and it never takes longer.
        """
        promises, scope = list(promises), Scope(level, filed_as)
        known = _known(self.filter(kind__in=[one.kind for one in promises]).near(scope))
        owns = [(one, set_for(known, one.kind, scope)) for one in promises]
        newest = PathVersion.objects.newest_of(own.path_id for _, own in owns if own)
        return [
            one
            if own is None or own.path_id not in newest
            else TimedPromise(one.kind, own.within(one.limit), newest[own.path_id])
            for one, own in owns
        ]

    def near(self, scope: Scope) -> "StandardQuerySet":
        """Return those that could hold for something of this level, filed as this."""
        return self.filter(level__in={ANY, scope.level}, filed_as__in={"", scope.filed_as})


def _known(standards: StandardQuerySet) -> Known:
    return {(one.kind, one.scope): one for one in standards.select_related("path")}


def _lines(known: Known, kind: DutyKind) -> list[InForce]:
    """Return what holds for a kind in each scope for which something does."""
    usual = [] if kind.is_promised else [Scope(level) for level in kind.by_level or [ANY]]
    beside = sorted(scope for code, scope in known if code == kind.code)
    if kind.by_level:
        beside = [scope for scope in beside if scope.level != ANY or scope.filed_as]
    return [_in_force(known, kind, scope) for scope in dict.fromkeys([*usual, *beside])]


def _in_force(known: Known, kind: DutyKind, scope: Scope) -> InForce:
    own = set_for(known, kind.code, scope)
    if own is not None and own.limit:
        return InForce(kind, scope, Limit.read(own.limit), own)
    return InForce(kind, scope, None if kind.is_promised else kind.within(scope.level), own)


def set_for(known: Known, kind: str, scope: Scope) -> "Standard | None":
    """Return what is set: danger counts before what it is filed as, and that before a level."""
    level, filed_as = Scope(scope.level), Scope(filed_as=scope.filed_as)
    order = (level, filed_as) if scope.level == Level.DANGER else (filed_as, level)
    named = [one for one in order if one != Scope()]
    return next((known[kind, one] for one in [*named, Scope()] if (kind, one) in known), None)


def _newest(codes: Collection[str]) -> dict[str, PathVersion]:
    """Return the versions by which clocks of these paths start now, by code, with their steps."""
    paths = {
        one.path.code: one for one in PathVersion.objects.filter(path__code__in=codes).newest()
    }
    if STANDARD not in paths:
        msg = (
            "No escalation path is published yet, so nobody would be reminded. Nothing was "
            "changed. Ask an administrator to publish the standard path first."
        )
        raise RuleError(msg)
    return paths


class Standard(models.Model):
    """How long one kind of duty may take, for what it is set, and on which path.

    A clock that runs keeps what it was started with, unless what it runs on becomes more urgent.
    """

    kind = models.CharField(max_length=20)
    # 0: at any level for which nothing else is set
    level = models.PositiveSmallIntegerField(default=ANY)
    # what it was filed as (`kinds.GUIDANCE`); empty: whatever that is
    filed_as = models.CharField(max_length=10, blank=True, default="", db_default="")
    # as `Limit.code` writes it, in working time or not; empty: as the policy promises
    limit = models.CharField(max_length=LIMIT_MAX, blank=True)
    path = models.ForeignKey(Path, on_delete=models.PROTECT, related_name="standards")

    objects = StandardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "level", "filed_as"], name="escalation_standard_once"
            ),
            models.CheckConstraint(
                condition=Q(level=ANY) | Q(filed_as=""), name="escalation_standard_one_scope"
            ),
        ]

    class Privacy:
        plain = {"id", "kind", "level", "filed_as", "limit", "path"}

    def __str__(self) -> str:
        return f"{self.kind} within {self.limit or 'what is promised'}"

    @property
    def scope(self) -> Scope:
        """Return for what it holds."""
        return Scope(self.level, self.filed_as)

    def within(self, promised: Limit) -> Limit:
        """Return how long it may take where a policy promises so much: never longer than that."""
        own = Limit.read(self.limit) if self.limit else promised
        return own if own.is_within(promised) else promised


class StandardChange(models.Model):
    """A change by which something may come later: one person proposes it, another decides."""

    class State(models.TextChoices):
        """What became of it."""

        PROPOSED = "proposed", "Proposed"
        CONFIRMED = "confirmed", "Confirmed"
        DROPPED = "dropped", "Dropped"

    # as those of a standard
    kind = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField(default=ANY)
    filed_as = models.CharField(max_length=10, blank=True)
    limit = models.CharField(max_length=LIMIT_MAX, blank=True)
    path = models.ForeignKey(Path, on_delete=models.PROTECT, related_name="changes")
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "level", "filed_as"],
                condition=Q(state="proposed"),
                name="escalation_standardchange_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | Q(state="dropped", decided_by__isnull=False, decided_at__isnull=False)
                | (
                    Q(state="confirmed", decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                ),
                name="escalation_standardchange_two_people",
            ),
        ]

    class Privacy:
        personal = {"proposed_by", "decided_by"}
        plain = {
            "id", "kind", "level", "filed_as", "limit", "path", "state", "proposed_at",
            "decided_at",
        }  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} within {self.limit or 'what is promised'}, {self.state}"

    @property
    def scope(self) -> Scope:
        """Return for what it is to hold."""
        return Scope(self.level, self.filed_as)
