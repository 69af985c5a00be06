"""How grave something is, in four levels: one list for all packages and parts of pages."""

from django.db.models import IntegerChoices


class Level(IntegerChoices):
    """How urgent or how severe."""

    LOW = 1, "Low"
    NORMAL = 2, "Normal"
    HIGH = 3, "High"
    DANGER = 4, "Someone may be in danger"
