"""Northmoor asks who reports coercion a little more: one questionnaire, and a draft of its next."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from ethicsdesk.demo.organisation import Organisation
from questionnaires import actions
from questionnaires.models import FormVersion
from questionnaires.rules import Condition, Option, Question, Section, Sheet, Sort
from questionnaires.rules.editing import with_question

CODE, NAME = "coercion", "Coercion"
DRAFTS, PUBLISHES = "marek.kowalczyk", "amara.okafor"
PUBLISHED, DRAFTED = timedelta(days=40), timedelta(days=1)
SHEET = Sheet(
    kind="report",
    categories=("coercion",),
    sections=(
        Section(
            "What is asked of you",
            "Answer what you know. Nobody expects you to have proof.",
            (
                Question(
                    "consequence",
                    Sort.CHOICES,
                    "What would follow if you said no?",
                    "As it was said, or as you understood it.",
                    options=(
                        Option("work", "I would lose work, hours or pay"),
                        Option("care", "Somebody would go without care or medicine"),
                        Option("harm", "Somebody would be hurt"),
                        Option("told", "Something about me would be told"),
                        Option("unsaid", "It was not said"),
                    ),
                ),
                Question("deadline", Sort.YES_NO, "Were you told until when?", is_required=True),
                Question(
                    "until",
                    Sort.DAY,
                    "Until when?",
                    is_required=True,
                    shown_if=Condition("deadline", ("yes",)),
                ),
            ),
        ),
        Section(
            "Who and how often",
            "",
            (
                Question(
                    "presses",
                    Sort.LINE,
                    "Who says so?",
                    "Leave it open if you would rather not say.",
                    names_people=True,
                ),
                Question("times", Sort.NUMBER, "How many times was it said?"),
                Question(
                    "complied",
                    Sort.CHOICE,
                    "Have you done it?",
                    "Nobody holds it against you.",
                    options=(
                        Option("no", "No"),
                        Option("once", "Once"),
                        Option("more", "More than once"),
                    ),
                ),
                Question(
                    "since",
                    Sort.TEXT,
                    "What has happened since?",
                    shown_if=Condition("complied", ("once", "more")),
                ),
            ),
        ),
    ),
)
ADDED = Question("", Sort.YES_NO, "Is there somewhere you can go if it gets worse?")
# what those answered whose stories the demo tells, by how they can be reached
ANSWERED: Mapping[str, Mapping[str, object]] = {
    "wanda.boateng@northmoor.example": {
        "consequence": ["care"],
        "deadline": "no",
        "presses": "The son of a client. He is none of us.",
        "times": 3,
        "complied": "more",
        "since": "He asked for the windows too.",
    }
}


def publish(made: Organisation, now: datetime) -> None:
    """Let one draft it and another publish it."""
    by = made.people[DRAFTS]
    draft = actions.make_form(code=CODE, name=NAME, by=by, now=now)
    actions.change_form(
        draft, edit=lambda _: SHEET, what="question_added", seen=draft.mark, by=by, now=now
    )
    read = FormVersion.objects.get(pk=draft.pk)
    actions.publish_form(
        read, seen=read.mark, by=made.people[PUBLISHES], now=now + timedelta(hours=3)
    )


def draft_next(made: Organisation, now: datetime) -> None:
    """Draft the next version, which waits for somebody else to publish it."""
    by = made.people[PUBLISHES]
    newest = FormVersion.objects.published().get(questionnaire__code=CODE)
    draft = actions.draft_form(newest.questionnaire, by=by, now=now)
    edit = partial(with_question, question=ADDED, n=2)
    actions.change_form(draft, edit=edit, what="question_added", seen=draft.mark, by=by, now=now)
