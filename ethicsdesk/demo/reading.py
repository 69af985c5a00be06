"""Northmoor asks everybody to read its policy on gifts: a campaign that has run for some days."""

from datetime import datetime, timedelta

from django.db.models import F

from common import days
from escalation.rules import Limit
from ethicsdesk.demo.organisation import Organisation
from people.middleware import act_as
from policies import actions as policies
from policies.models import Acknowledgement, Policy

CODE, WITHIN = "gifts", Limit(days=14)
RAN, READ = timedelta(days=9), timedelta(days=6)
# of how many one has not read it, by unit: some are quicker than others
ONE_IN = {"customer-support": 2, "logistics": 3, "care-at-home": 5}
USUAL = 9


def play(made: Organisation, *, now: datetime) -> None:
    """Ask everybody, and let most read it: all of the office, of others who can sign in nobody."""
    policy = Policy.objects.select_related("owner__unit").get(code=CODE)
    begun = days.midnight(days.day_of(now - RAN)) + timedelta(hours=9)
    policies.start_campaign(
        policy,
        by=policy.owner,
        audience=policies.Audience(),
        limit=WITHIN,
        is_material=True,
        now=begun,
    )
    policies.see_to_campaigns(now=begun)
    cast = {person.pk for name, person in made.people.items() if name in made.passwords}
    asked = Acknowledgement.objects.owed().select_related("person", "unit")
    for n, one in enumerate(asked.annotate(name=F("person__name")).order_by("name", "pk")):
        one_in = ONE_IN.get(one.unit.code, USUAL) if one.unit else USUAL
        is_office = one.person.is_office
        if one.person_id in cast and not is_office:
            continue
        if is_office or n % one_in:
            at = begun + READ * ((n % 40) + 1) / 40
            policies.acknowledge(one.pk, by=one.person, now=at)
    act_as(None)
