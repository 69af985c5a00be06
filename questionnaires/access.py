"""Who keeps questionnaires, and which one is asked."""

from uuid import UUID

from people.rules import Role
from questionnaires.models import FormVersion

# who drafts and publishes, each what the other drafted
KEEPERS = (Role.ADMINISTRATOR, Role.HEAD)


def form_for(kind: str, category: str) -> FormVersion | None:
    """Return the version that is asked now of a kind and a category, by their codes.

    None where only the built-in questions are asked. One statement.
    """
    return FormVersion.objects.asked_of(kind, category).first()


def named_form(questionnaire: int, category: str) -> FormVersion | None:
    """Return the version of a questionnaire that is asked where it is named, of a category.

    None where it is not asked of it. One statement.
    """
    found = FormVersion.objects.by_name().filter(questionnaire=questionnaire).first()
    asked_of = found.categories if found is not None else []
    return found if not asked_of or category in asked_of else None


def version_of(pk: UUID | str | None) -> FormVersion | None:
    """Return a published version by its id, retired or replaced as it may be; None if none is."""
    try:
        known = UUID(str(pk))
    except ValueError:
        return None
    return FormVersion.objects.published().select_related("questionnaire").filter(pk=known).first()
