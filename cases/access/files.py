"""Who may come near a file: whoever may come near the concern or case to which it belongs."""

from django.core.exceptions import PermissionDenied

from cases.access.areas import require, safe_of, seen_by
from cases.access.gate import can_answer, member_of, require_can_answer, require_visible
from cases.lifecycle import Area, works_in
from cases.models import Attachment, Case
from people.models import Person
from safes.models import Safe


def safe_of_file(file: Attachment) -> Safe:
    """Return where the words and the keys of a file are sealed."""
    about = file.about
    return safe_of(about, Area.EVIDENCE) if isinstance(about, Case) else about.safe


def require_file(person: Person, file: Attachment) -> None:
    """Refuse whoever may not see what a file belongs to."""
    about = file.about
    if not isinstance(about, Case):
        require_visible(person, about)
    elif not Case.objects.visible_to(person).filter(
        pk=about.pk
    ).exists() or Area.EVIDENCE not in seen_by(member_of(person, about)):
        raise PermissionDenied


def works_on_file(person: Person, file: Attachment) -> bool:
    """Return whether somebody works on what a file belongs to: on a case, its team does."""
    about = file.about
    if isinstance(about, Case):
        member = member_of(person, about)
        return member is not None and works_in(member.function, member.areas, Area.EVIDENCE)
    return can_answer(person, about)


def require_file_work(person: Person, file: Attachment) -> None:
    """Refuse whoever does not work on what a file belongs to."""
    about = file.about
    if isinstance(about, Case):
        require(person, about, Area.EVIDENCE)
    else:
        require_can_answer(person, about)
