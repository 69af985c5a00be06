"""Write past concerns many at once, as the actions would have written them, and really sealed.

The rows come in the state of `now`; the ledger's entries are returned, since they are recorded in
the order of time. A test compares both with what the actions write.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from cases.lifecycle import Mode
from ethicsdesk.demo.copying import copy
from ethicsdesk.demo.history import Plan
from ethicsdesk.demo.office import Office, Rows
from ethicsdesk.demo.past import Past
from ledger import actions as ledger
from ledger.actions import Act
from safes import actions as safes
from safes.access import KEYSTORE
from safes.actions import Fresh, Holder
from safes.rules import Receipt


def write(
    plans: Sequence[Plan], office: Office, *, now: datetime, is_lean: bool = False
) -> list[Act]:
    """Write concerns with everything on them; return the ledger's entries, the oldest first.

    Of lean ones there is what a list shows alone, and a concern opens through its case.
    """
    receipts = [Receipt.new() for _ in plans]
    cases = _case_safes(plans, office, now=now)
    concern_safes = _make_safes(
        "concern",
        [
            _readers(receipt, office, case, is_lean=is_lean)
            for receipt, case in zip(receipts, cases, strict=True)
        ],
    )
    vaults = iter(
        _make_safes(
            "identity",
            [office.custodians for plan in plans if _has_vault(plan, is_lean=is_lean)],
        )
    )
    references = iter(_case_numbers(sum(case is not None for case in cases)))
    rows = Rows()
    for plan, receipt, fresh, case in zip(plans, receipts, concern_safes, cases, strict=True):
        past = Past(plan, office, rows, now, is_lean=is_lean)
        vault = next(vaults).safe if _has_vault(plan, is_lean=is_lean) else None
        past.file(receipt, fresh, vault)
        if case is not None:
            past.open_case(case, next(references))
        past.keep_time()
    rows.save()
    return sorted(
        (act for act in rows.acts if act.at <= now), key=lambda act: (act.at, act.subject)
    )


def _make_safes(kind: str, holders: Sequence[Sequence[Holder]]) -> list[Fresh]:
    made, outer_keys, grants = safes.rows_for(kind, holders)
    copy(outer_keys, using=KEYSTORE)
    copy([fresh.safe for fresh in made])
    copy(grants)
    return made


def record(acts: Sequence[Act]) -> None:
    """Append entries to the ledger as `ledger.actions.record_all` does."""
    for rows in ledger.rows_for(acts):
        copy(rows)


def _is_case(plan: Plan, now: datetime) -> bool:
    return plan.withdrawn is None and plan.triaged <= now


def _case_safes(plans: Iterable[Plan], office: Office, *, now: datetime) -> list[Fresh | None]:
    wanted = [
        office.of_case(plan, is_closed=plan.closed <= now) if _is_case(plan, now) else None
        for plan in plans
    ]
    made = iter(_make_safes("case", [holders for holders in wanted if holders]))
    return [next(made) if holders else None for holders in wanted]


def _has_vault(plan: Plan, *, is_lean: bool) -> bool:
    return plan.mode == Mode.CONFIDENTIAL and not is_lean


def _readers(
    receipt: Receipt, office: Office, case: Fresh | None, *, is_lean: bool
) -> list[Holder]:
    """Return the six who hold a concern: its reporter, those on duty, the two next in line."""
    through = [Holder.of_safe(case.safe)] if case is not None else []
    if is_lean and through:
        return through
    return [Holder(receipt.opener.public), *office.readers, *office.waiting, *through]


def _case_numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_case_number') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]
