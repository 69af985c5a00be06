"""What the office sets for each kind of duty: how long it may take, and which path follows."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.db import models

from common.errors import RuleError
from escalation.models.paths import STANDARD, Path, PathVersion, TimedPromise
from escalation.rules import Limit
from escalation.rules.kinds import ANY, KINDS, DutyKind
from escalation.rules.limits import LIMIT_MAX


class InForce(NamedTuple):
    """How long a kind of duty may take at a level, and on which path, as things are set now."""

    kind: DutyKind
    level: int
    limit: Limit
    # what the office set; None where it runs as the list of kinds has it, on the standard path
    own: "Standard | None"

    @property
    def code(self) -> str:
        """Return the code of its path."""
        return self.own.path.code if self.own else STANDARD


class StandardQuerySet(models.QuerySet["Standard"]):
    """Reads of the office's standards."""

    def in_force(self) -> list[InForce]:
        """Return what holds for each kind that no policy promises, by level where it has any."""
        known = _by_level(self)
        return [
            _in_force(known, kind, level)
            for kind in KINDS.values()
            if not kind.is_promised
            for level in kind.by_level or [ANY]
        ]

    def timed(self, *kinds: str, level: int = ANY) -> list[TimedPromise]:
        """Return what the engine needs to start clocks of these kinds, at a level of gravity.

        What nothing is set for runs as the list of kinds has it, on the standard path. Raises
        RuleError where no path is published.
        """
        known = _by_level(self.filter(kind__in=kinds, level__in={ANY, level}))
        found = [_in_force(known, KINDS[kind], level) for kind in kinds]
        paths = _newest({STANDARD, *(one.code for one in found)})
        return [
            TimedPromise(one.kind.code, one.limit, paths.get(one.code) or paths[STANDARD])
            for one in found
        ]


def _by_level(standards: StandardQuerySet) -> dict[tuple[str, int], "Standard"]:
    return {(one.kind, one.level): one for one in standards.select_related("path")}


def _in_force(known: Mapping[tuple[str, int], "Standard"], kind: DutyKind, level: int) -> InForce:
    own = known.get((kind.code, level)) or known.get((kind.code, ANY))
    limit = Limit.read(own.limit) if own else kind.within(level)
    return InForce(kind, level, limit, own)


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
    """How long one kind of duty may take, at one level of gravity or at any, and on which path.

    A clock that runs keeps what it was started with.
    """

    kind = models.CharField(max_length=20)
    # 0: at any level for which nothing else is set
    level = models.PositiveSmallIntegerField(default=ANY)
    # as `Limit.code` writes it; in working time or not
    limit = models.CharField(max_length=LIMIT_MAX)
    path = models.ForeignKey(Path, on_delete=models.PROTECT, related_name="standards")

    objects = StandardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "level"], name="escalation_standard_once"),
        ]

    class Privacy:
        plain = {"id", "kind", "level", "limit", "path"}

    def __str__(self) -> str:
        return f"{self.kind} within {self.limit}"
