"""How those are heard whom a case concerns. Pure."""

from django.db.models import TextChoices


class StatementState(TextChoices):
    """Whether somebody whom a case is about was heard (Directive (EU) 2019/1937, art. 22(1))."""

    ASKED = "asked", "Asked, and not answered yet"
    GIVEN = "given", "Answered"
    WAIVED = "waived", "Not heard"


class WhyUnheard(TextChoices):
    """Why there is no answer of somebody whom a case is about."""

    NOT_YET = "not_yet", "They may not be told yet"
    NO_ANSWER = "no_answer", "They did not answer in time"
    DECLINED = "declined", "They do not want to answer"
    UNREACHABLE = "unreachable", "They cannot be reached"
    NOTHING = "nothing", "Nothing is found about them"


class Shown(TextChoices):
    """How whoever was interviewed said what they think of the minutes."""

    SIGNED = "signed", "They signed them"
    WRITTEN = "written", "They wrote, by mail or letter"
    ALOUD = "aloud", "They said it, after they read them or heard them read"
