"""Acts of questionnaires: from a draft to one that nobody is asked any more."""

from collections.abc import Callable
from functools import partial

from questionnaires import actions as forms
from questionnaires.rules.editing import with_section
from tests.architecture.acts.registry import act
from tests.questionnaires.sheets import drafted, published
from tests.world import World


@act("questionnaires.actions.make_form")
def _(w: World) -> Callable[[], object]:
    return lambda: forms.make_form(code="gifts", name="Gifts", by=w["adam"], now=w.now)


@act("questionnaires.actions.draft_form")
def _(w: World) -> Callable[[], object]:
    form = published(w).questionnaire
    return lambda: forms.draft_form(form, by=w["adam"], now=w.now)


@act("questionnaires.actions.change_form")
def _(w: World) -> Callable[[], object]:
    draft = drafted(w)
    edit = partial(with_section, title="More", intro="")
    told = {"what": "section_added", "seen": draft.mark}
    return lambda: forms.change_form(draft, edit=edit, **told, by=w["adam"], now=w.now)


@act("questionnaires.actions.publish_form")
def _(w: World) -> Callable[[], object]:
    draft = drafted(w)
    return lambda: forms.publish_form(draft, seen=draft.mark, by=w["hana"], now=w.now)


@act("questionnaires.actions.discard_form")
def _(w: World) -> Callable[[], object]:
    draft = drafted(w)
    return lambda: forms.discard_form(draft, by=w["adam"], now=w.now)


@act("questionnaires.actions.retire_form")
def _(w: World) -> Callable[[], object]:
    form = published(w).questionnaire
    return lambda: forms.retire_form(form, by=w["adam"], now=w.now)
