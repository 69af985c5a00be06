"""A questionnaire for tests: one question that always is asked, and some that hang on it."""

from dataclasses import replace

from questionnaires import actions
from questionnaires.models import FormVersion
from questionnaires.rules import Condition, Option, Question, Section, Sheet, Sort
from tests.world import World

DEADLINE = Question("deadline", Sort.YES_NO, "Is there a deadline?", is_required=True)
WHEN = Question("when", Sort.DAY, "When does it end?", shown_if=Condition("deadline", ("yes",)))
WHO = Question(
    "who",
    Sort.LINE,
    "Who presses you?",
    is_required=True,
    names_people=True,
    shown_if=Condition("deadline", ("yes",)),
)
HOW = Question(
    "how",
    Sort.CHOICES,
    "How do they press?",
    options=(Option("call", "By calling"), Option("mail", "By mail")),
)
WORDS = Question("words", Sort.TEXT, "What did they say?")
SHEET = Sheet(
    kind="report",
    categories=("other",),
    sections=(
        Section("The deadline", "As far as you know.", (DEADLINE, WHEN, WHO)),
        Section("How", "", (HOW, WORDS)),
    ),
)


def drafted(world: World, sheet: Sheet = SHEET, *, code: str = "coercion") -> FormVersion:
    """Return a draft of adam's."""
    draft = actions.make_form(code=code, name=code.title(), by=world["adam"], now=world.now)
    return changed(world, draft, sheet)


def changed(world: World, draft: FormVersion, sheet: Sheet, *, by: str = "adam") -> FormVersion:
    """Let somebody write a draft anew."""
    actions.change_form(
        draft,
        edit=lambda _: sheet,
        what="question_changed",
        seen=draft.mark,
        by=world[by],
        now=world.now,
    )
    return FormVersion.objects.get(pk=draft.pk)


def published(world: World, sheet: Sheet = SHEET, *, code: str = "coercion") -> FormVersion:
    """Return what adam drafted and hana published."""
    return _published(world, drafted(world, sheet, code=code))


def next_version(world: World, before: FormVersion, sheet: Sheet) -> FormVersion:
    """Return the next version, published."""
    draft = actions.draft_form(before.questionnaire, by=world["adam"], now=world.now)
    return _published(world, changed(world, draft, sheet))


def renamed(sheet: Sheet, key: str, label: str) -> Sheet:
    """Return a sheet in which a question is asked in other words."""
    sections = [
        replace(
            section,
            questions=tuple(
                replace(one, label=label) if one.key == key else one for one in section.questions
            ),
        )
        for section in sheet.sections
    ]
    return replace(sheet, sections=tuple(sections))


def _published(world: World, draft: FormVersion) -> FormVersion:
    actions.publish_form(draft, seen=draft.mark, by=world["hana"], now=world.now)
    return FormVersion.objects.select_related("questionnaire").get(pk=draft.pk)
