"""The shapes of clocks, paths and calendars over the API."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from common.serializers import Query
from escalation.lifecycle import State
from escalation.models import Calendar, CalendarDay, Clock, PathVersion, Standard
from escalation.rules.kinds import KINDS
from escalation.rules.ladders import Does, Given, Step
from escalation.rules.schedules import Anchor
from people.models import Unit

# on what a clock can run
SUBJECTS = list(dict.fromkeys(kind.of for kind in KINDS.values()))


@extend_schema_serializer(
    component_name="Clock",
    examples=[
        OpenApiExample(
            "A clock that ran out",
            value={
                "id": "6d0c1c9e-3c1b-4c55-9d5c-0d9a3f2b7a10",
                "kind": "acknowledge",
                "about": "concern",
                "reference": "2026-0131",
                "unit": "field",
                "state": "breached",
                "started_at": "2026-03-16T00:00:00Z",
                "due_at": "2026-03-23T00:00:00Z",
                "met_at": None,
                "breached_at": "2026-03-23T00:00:04Z",
                "paused_until": None,
                "paused_for": 0,
                "path": "standard",
                "steps_taken": 1,
            },
        )
    ],
)
class ClockOut(serializers.Serializer[Clock]):
    """A time limit: what has to be done by when, and what happened."""

    id = serializers.UUIDField(help_text="It stays the same while the clock is kept.")
    kind = serializers.CharField(help_text=f"What has to be done, one of: {', '.join(KINDS)}.")
    about = serializers.CharField(
        source="subject_kind", help_text=f"What it runs on, one of: {', '.join(SUBJECTS)}."
    )
    reference = serializers.SerializerMethodField()
    unit = serializers.SerializerMethodField()
    state = serializers.ChoiceField(
        choices=State.choices, help_text="Whether it runs, rests, ran out, was kept or cancelled."
    )
    started_at = serializers.DateTimeField(
        help_text="For an anonymous reporter the midnight before."
    )
    due_at = serializers.DateTimeField(help_text="When its limit runs out.")
    met_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was kept; null where it was not yet."
    )
    breached_at = serializers.DateTimeField(
        allow_null=True, help_text="When it ran out; it stays when the clock is met late."
    )
    paused_until = serializers.DateTimeField(
        allow_null=True, help_text="While it rests: when it runs again by itself."
    )
    paused_for = serializers.SerializerMethodField()
    path = serializers.SerializerMethodField()
    steps_taken = serializers.SerializerMethodField()

    @extend_schema_field(
        {
            "type": ["string", "null"],
            "description": "Of the case or policy; null before there is one, and of tasks.",
        }
    )
    def get_reference(self, clock: Clock) -> str | None:
        """Return the reference of the case, as far as the program may see it."""
        references: dict[Any, str] = self.context["references"]
        return references.get(clock.pk)

    @extend_schema_field(
        {"type": "integer", "description": "Seconds for which it rested in pauses that are over."}
    )
    def get_paused_for(self, clock: Clock) -> int:
        """Return for how long it was paused."""
        return int(clock.paused_for.total_seconds())

    @extend_schema_field(
        {"type": ["string", "null"], "description": "Its code; null where the reference is."}
    )
    def get_unit(self, clock: Clock) -> str | None:
        """Return the code of the unit, to whoever may see the case."""
        is_known = clock.pk in self.context["references"]
        return clock.unit.code if clock.unit is not None and is_known else None

    @extend_schema_field(
        {
            "type": ["string", "null"],
            "description": "The code of the path on which it runs; null where the reference is.",
        }
    )
    def get_path(self, clock: Clock) -> str | None:
        """Return its path, to whoever may see the case: it tells how urgent that is."""
        return clock.path.path.code if clock.pk in self.context["references"] else None

    @extend_schema_field({"type": "integer", "description": "Of its escalation path."})
    def get_steps_taken(self, clock: Clock) -> int:
        """Return how many steps of its path were taken."""
        return clock.next_step - 1


@extend_schema_serializer(
    component_name="Calendar",
    examples=[
        OpenApiExample(
            "An office in Nepal",
            value={
                "code": "kathmandu",
                "name": "Kathmandu",
                "zone": "Asia/Kathmandu",
                "country": "NP",
                "region": "",
                "week": ["10:00-17:00"] * 5 + ["", "10:00-17:00"],
                "is_office": False,
                "units": ["kathmandu"],
            },
        )
    ],
)
class CalendarOut(serializers.Serializer[Calendar]):
    """A calendar: its zone, the hours of its week, and which units work by it."""

    code = serializers.SlugField(help_text="By which its days are asked for.")
    name = serializers.CharField(help_text="As people speak of it.")
    zone = serializers.SerializerMethodField()
    country = serializers.CharField(help_text="ISO 3166-1; empty without public holidays.")
    region = serializers.CharField(help_text="Of the country, where its holidays differ.")
    week = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        help_text="From Monday: the hours of each day, empty where nobody works.",
    )
    is_office = serializers.BooleanField(
        help_text="Whether every unit without a calendar of its own works by it."
    )
    units = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "description": "As the IANA names it."})
    def get_zone(self, calendar: Calendar) -> str:
        """Return its zone, or the office's where it has none of its own."""
        return calendar.zone_info.key

    @extend_schema_field(
        {
            "type": "array",
            "items": {"type": "string"},
            "description": "The codes of the units that were given it.",
        }
    )
    def get_units(self, calendar: Calendar) -> list[str]:
        """Return the codes of the units that were given it."""
        return sorted(given.unit.code for given in calendar.units.all())


@extend_schema_serializer(
    component_name="CalendarDay",
    examples=[
        OpenApiExample(
            "A public holiday",
            value={"day": "2026-12-25", "name": "Christmas Day", "hours": "", "kind": "law"},
        )
    ],
)
class CalendarDayOut(serializers.Serializer[CalendarDay]):
    """A day that differs from its week."""

    day = serializers.DateField(help_text="By the clocks of the calendar.")
    name = serializers.CharField(help_text="Why it differs: Christmas Day.")
    hours = serializers.CharField(help_text="Empty where it is closed.")
    kind = serializers.ChoiceField(
        source="source", choices=CalendarDay.Source.choices, help_text="Who says so."
    )


class States(serializers.CharField):
    """Several states in one parameter, with commas between. Cleans to a list."""

    default_error_messages = {"no_state": "There is no state {state}."}

    def to_internal_value(self, data: Any) -> Any:
        """Return the states."""
        states = [one.strip() for one in str(data).split(",")]
        for state in states:
            if state not in State:
                self.fail("no_state", state=state)
        return states


class ClockFilters(Query):
    """Which clocks."""

    state = States(
        required=False,
        help_text="One state, or several with commas between: running,breached,paused.",
    )
    kind = serializers.ChoiceField(
        choices=list(KINDS), required=False, help_text="What has to be done."
    )
    unit: "serializers.SlugRelatedField[Unit]" = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Unit.objects.all(),
        required=False,
        error_messages={"does_not_exist": "There is no unit {value}."},
        help_text="The code of a unit. Of clocks that run on a case; before there is one, "
        "nobody is told of which unit it is.",
    )
    due_after = serializers.DateTimeField(
        required=False, help_text="Due at this moment (ISO 8601) or later."
    )
    due_before = serializers.DateTimeField(
        required=False, help_text="Due before this moment (ISO 8601)."
    )

    LOOKUPS = {"state": "state__in", "due_after": "due_at__gte", "due_before": "due_at__lt"}

    def lookups(self) -> dict[str, Any]:
        """Return the conditions, but for the unit."""
        return {
            self.LOOKUPS.get(name, name): value
            for name, value in self.validated_data.items()
            if name != "unit"
        }


@extend_schema_serializer(component_name="Rung")
class RungOut(serializers.Serializer[Step]):
    """One rung of a path: when it comes, on what condition, what it does, and whom it reaches."""

    n = serializers.IntegerField(min_value=1, help_text="Its place, from 1.")
    anchor = serializers.ChoiceField(
        source="rung.anchor", choices=Anchor.choices, help_text="From where its time is counted."
    )
    limit = serializers.CharField(
        source="rung.limit.code",
        help_text="How long from there: months m, days d, hours h, working days wd, working hours "
        "wh; 0d is at once.",
    )
    given = serializers.ChoiceField(
        choices=Given.choices, help_text="What has to hold for it to be taken."
    )
    does = serializers.ChoiceField(choices=Does.choices, help_text="What it does.")
    role = serializers.CharField(
        help_text="officer, head or independent, for example; empty where it reaches the owner."
    )
    words = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "description": "The same for a person to read."})
    def get_words(self, step: Step) -> str:
        """Return the rung as a sentence."""
        return f"{step.title}, {step.when}, {step.given_words}."


@extend_schema_serializer(
    component_name="Path",
    examples=[
        OpenApiExample(
            "A path with the rung that closes it",
            value={
                "code": "standard",
                "name": "Standard",
                "version": 4,
                "published_at": "2026-02-02T09:30:00Z",
                "rungs": [
                    {
                        "n": 1,
                        "anchor": "after",
                        "limit": "3d",
                        "given": "always",
                        "does": "hand_over",
                        "role": "independent",
                        "words": "Hand over to the independent person, 3 days after the limit, in "
                        "any case.",
                    }
                ],
            },
        )
    ],
)
class PathOut(serializers.Serializer[PathVersion]):
    """An escalation path, by the version that clocks follow which start now."""

    code = serializers.SlugField(
        source="path.code", help_text="By which standards and clocks name it."
    )
    name = serializers.CharField(source="path.name", help_text="As people speak of it.")
    version = serializers.IntegerField(
        source="n", min_value=1, help_text="Which version clocks follow that start now."
    )
    published_at = serializers.DateTimeField(help_text="Since when they do.")
    rungs = RungOut(source="ladder", many=True, help_text="In the order in which they come.")


@extend_schema_serializer(
    component_name="Standard",
    examples=[
        OpenApiExample(
            "Triage where somebody may be in danger",
            value={
                "kind": "triage",
                "level": 4,
                "filed_as": None,
                "limit": "1wd",
                "path": "urgent",
            },
        )
    ],
)
class StandardOut(serializers.Serializer[Standard]):
    """What the office has set for a kind of duty, in place of its usual time and path."""

    kind = serializers.ChoiceField(choices=list(KINDS), help_text="What has to be done.")
    level = serializers.SerializerMethodField()
    filed_as = serializers.SerializerMethodField()
    limit = serializers.SerializerMethodField()
    path = serializers.SlugField(source="path.code", help_text="The code of its path.")

    @extend_schema_field(
        {
            "type": ["integer", "null"],
            "description": "From 1, low, to 4, someone may be in danger; null at any other level.",
        }
    )
    def get_level(self, standard: Standard) -> int | None:
        """Return for which level it holds alone."""
        return standard.level or None

    @extend_schema_field(
        {
            "type": ["string", "null"],
            "description": "guidance where it holds for requests for guidance alone, else null.",
        }
    )
    def get_filed_as(self, standard: Standard) -> str | None:
        """Return for what it holds alone."""
        return standard.filed_as or None

    @extend_schema_field(
        {
            "type": ["string", "null"],
            "description": "Months m, days d, hours h, working days wd, working hours wh; null "
            "where it is as long as the policy promises.",
        }
    )
    def get_limit(self, standard: Standard) -> str | None:
        """Return how long it may take."""
        return standard.limit or None
