"""What has changed from one version of a questionnaire to another."""

from dataclasses import dataclass

from questionnaires.rules.sheets import Condition, Question, Sheet


@dataclass(frozen=True)
class Change:
    """One difference: of what, and what it said in either version; empty where it was not there."""

    of: str
    was: str
    now: str


def compare(before: Sheet, after: Sheet) -> list[Change]:
    """Return what differs; a question is the same where its key is."""
    found = [
        *_differing("Asked of", _scope(before), _scope(after)),
        *_differing("Language", before.language, after.language),
        *_differing("Order", _order(before, after), _order(after, before)),
        *_sections(before, after),
    ]
    olds, news = ({one.key: one for one in sheet.questions} for sheet in (before, after))
    found += [
        change
        for key in dict.fromkeys([*olds, *news])
        for change in _of_question(olds.get(key), news.get(key), before, after)
    ]
    return found


def _differing(of: str, was: str, now: str) -> list[Change]:
    return [Change(of, was, now)] if was != now else []


def _scope(sheet: Sheet) -> str:
    return f"{sheet.kind or 'every kind'}, {', '.join(sheet.categories) or 'all categories'}"


def _order(sheet: Sheet, other: Sheet) -> str:
    """Return, in its order, what stands in both."""
    both = {one.key for one in other.questions}
    return ", ".join(one.key for one in sheet.questions if one.key in both)


def _sections(before: Sheet, after: Sheet) -> list[Change]:
    """Return what the headings say differently, the first with the first."""
    olds, news = (
        [": ".join(filter(None, [one.title, one.intro])) for one in sheet.sections]
        for sheet in (before, after)
    )
    longest = max(len(olds), len(news))
    olds, news = ([*some, *[""] * (longest - len(some))] for some in (olds, news))
    pairs = enumerate(zip(olds, news, strict=True), start=1)
    return [Change(f"Section {n}", was, now) for n, (was, now) in pairs if was != now]


def _of_question(
    was: Question | None, now: Question | None, before: Sheet, after: Sheet
) -> list[Change]:
    if was is not None and now is not None:
        olds, news = _told(was, before), _told(now, after)
        return [
            Change(f"Question “{now.label}”: {what}", olds[what], news[what])
            for what in olds
            if olds[what] != news[what]
        ]
    gone = [Change(f"Question “{was.label}”", _whole(was, before), "")] if was else []
    come = [Change(f"Question “{now.label}”", "", _whole(now, after))] if now else []
    return [*gone, *come]


def _whole(question: Question, sheet: Sheet) -> str:
    """Return what else a question says than its words."""
    offered = ", ".join(one.label for one in question.options)
    told = [question.hint, question.sort.label, offered]
    told.append("has to be answered" if question.is_required else "")
    told.append(f"asked {when_asked(question.shown_if, sheet)}")
    return "; ".join(filter(None, told))


def _told(question: Question, sheet: Sheet) -> dict[str, str]:
    return {
        "words": question.label,
        "hint": question.hint,
        "answer": question.sort.label,
        "has to be answered": _yes(is_so=question.is_required),
        "asks for names": _yes(is_so=question.names_people),
        "answers offered": ", ".join(one.label for one in question.options),
        "asked": when_asked(question.shown_if, sheet),
    }


def _yes(*, is_so: bool) -> str:
    return "yes" if is_so else "no"


def when_asked(hangs: Condition | None, sheet: Sheet) -> str:
    """Return when a question is asked: `always`, or `only if “…” is …`."""
    if hangs is None:
        return "always"
    other = sheet.question(hangs.key)
    if other is None:
        return f"only if {hangs.key} is {' or '.join(hangs.codes)}"
    return f"only if “{other.label}” is {' or '.join(map(other.said, hangs.codes))}"
