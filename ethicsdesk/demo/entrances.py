"""Northmoor gives its clients and their families an entrance of their own, and its questions."""

from datetime import datetime, timedelta

from cases import actions as cases
from cases.actions import Words
from ethicsdesk.demo.organisation import Organisation
from questionnaires import actions
from questionnaires.lifecycle import BY_NAME
from questionnaires.models import FormVersion
from questionnaires.rules import Option, Question, Section, Sheet, Sort

OPENED = timedelta(days=30)
DRAFTS, PUBLISHES = "marek.kowalczyk", "amara.okafor"
CODE, NAME = "clients", "Clients and families"
SHEET = Sheet(
    kind=BY_NAME,
    sections=(
        Section(
            "You and Northmoor",
            "Answer what you like. The visits go on as they are, whatever you write.",
            (
                Question(
                    "who",
                    Sort.CHOICE,
                    "Who are you to us?",
                    options=(
                        Option("client", "You visit me"),
                        Option("family", "You visit somebody of my family"),
                        Option("other", "Somebody else"),
                    ),
                ),
                Question("asked", Sort.YES_NO, "Were you asked for money, gifts or silence?"),
                Question("fear", Sort.TEXT, "Do you fear that the visits may stop?"),
            ),
        ),
    ),
)
WORDS = Words(
    title="For our clients and their families",
    intro="Is something about our visits not right? Did anybody ask you for something they may "
    "not ask for? Tell the ethics office. Your carers do not see what you write, and the visits go "
    "on as they are.",
)


def play(made: Organisation, now: datetime) -> None:
    """Let one draft what it asks, another publish it, and the head open the entrance."""
    by, head = made.people[DRAFTS], made.people[PUBLISHES]
    draft = actions.make_form(code=CODE, name=NAME, by=by, now=now)
    actions.change_form(
        draft, edit=lambda _: SHEET, what="question_added", seen=draft.mark, by=by, now=now
    )
    read = FormVersion.objects.select_related("questionnaire").get(pk=draft.pk)
    actions.publish_form(read, seen=read.mark, by=head, now=now)
    words = Words(WORDS.title, WORDS.intro, WORDS.language, read.questionnaire)
    cases.open_entrance(words=words, by=head, now=now)
