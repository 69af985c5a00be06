"""What may be done at once where a sign of pressure is seen. Pure."""

from django.db.models import TextChoices


class Remedy(TextChoices):
    """What an indicator proposes to do; whoever triages decides."""

    PAUSE_WORK = "pause_work", "Pause the work"
    AUTHORISE = "authorise", "Let a supervisor authorise what goes on"
    INTERMEDIARY = "intermediary", "Bring in a neutral intermediary"
    SECOND_PERSON = "second_person", "Let nobody meet them alone"
    SAFE_CONTACT = "safe_contact", "Reach them by a safe way only"
    CALL_EMERGENCY = "call_emergency", "Call the emergency services"
