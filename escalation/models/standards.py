"""What the office sets for each kind of duty: how long it may take, and which path follows."""

from collections.abc import Collection

from django.db import models

from common.errors import RuleError
from escalation.models.paths import STANDARD, Path, PathVersion, TimedPromise
from escalation.rules import Limit
from escalation.rules.kinds import ANY, KINDS
from escalation.rules.limits import LIMIT_MAX


class StandardQuerySet(models.QuerySet["Standard"]):
    """Reads of the office's standards."""

    def timed(self, *kinds: str, level: int = ANY) -> list[TimedPromise]:
        """Return what the engine needs to start clocks of these kinds, at a level of gravity.

        What nothing is set for runs as the list of kinds has it, on the standard path. Raises
        RuleError where no path is published.
        """
        known = {
            (one.kind, one.level): one
            for one in self.filter(kind__in=kinds, level__in={ANY, level}).select_related("path")
        }
        own = {kind: known.get((kind, level)) or known.get((kind, ANY)) for kind in kinds}
        codes = {kind: one.path.code if one else STANDARD for kind, one in own.items()}
        paths = _newest({*codes.values(), STANDARD})
        return [
            TimedPromise(
                kind,
                Limit.read(one.limit) if one else KINDS[kind].within(level),
                paths.get(codes[kind]) or paths[STANDARD],
            )
            for kind, one in own.items()
        ]


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
