"""Who works at Northmoor: 400 people in six units, who reports to whom, and the cast.

The names are made up. The cast are those who can sign in: one or more for every role.
"""

import random
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from people.models import Person, Unit
from people.rules import Role

HEADCOUNT = 400
TEAM = 9
# code: name, how many work there, the cast counted in; the independent person is in none
UNITS = {
    "field-services": ("Field services", 109),
    "care-at-home": ("Care at home", 96),
    "customer-support": ("Customer support", 72),
    "advisory": ("Advisory", 46),
    "corporate": ("Corporate", 44),
    "logistics": ("Logistics", 32),
}
CHIEF = "margaret.ellis"
HEAD = "amara.okafor"


@dataclass(frozen=True)
class Player:
    """Somebody who can sign in to the demonstration; without a role they are staff."""

    name: str
    unit: str | None
    roles: tuple[Role, ...] = ()
    manager: str = CHIEF
    is_on_duty: bool = False

    @property
    def username(self) -> str:
        """Return first.last."""
        return username(self.name)

    @property
    def role(self) -> str:
        """Return the role by which the list of personas knows them."""
        return self.roles[0] if self.roles else "staff"


CAST = [
    Player("Margaret Ellis", "corporate", (Role.LEADERSHIP,), manager=""),
    Player("Samuel Adeyemi", "corporate", (Role.LEADERSHIP,)),
    Player("Amara Okafor", "corporate", (Role.HEAD,)),
    Player("Ruth Lindqvist", "corporate", (Role.OFFICER,), HEAD, is_on_duty=True),
    Player("Tomás Aguilar", "corporate", (Role.OFFICER,), HEAD, is_on_duty=True),
    Player("Jo Marsh", "corporate", (Role.OFFICER,), HEAD, is_on_duty=True),
    Player("Priya Nair", "corporate", (Role.OFFICER,), HEAD),
    # outside the line, so that somebody is left whoever a concern is about
    Player("Henrik Dahl", None, (Role.INDEPENDENT,), manager=""),
    Player("Leila Haddad", "corporate", (Role.CUSTODIAN,)),
    Player("Owen Pryce", "advisory", (Role.CUSTODIAN,)),
    Player("Yuki Tanabe", "corporate", (Role.AUDITOR,)),
    Player("Marek Kowalczyk", "corporate", (Role.ADMINISTRATOR,)),
    Player("Chiara Bellini", "corporate", (Role.POLICY_OWNER,)),
    # they work elsewhere, and come onto a case until a day
    Player("Edith Rowe", None, (Role.EXPERT,), manager=""),
    Player("Agnes Holt", None, (Role.EXPERT,), manager=""),
    Player("Nadia Petrova", "field-services"),
    Player("Ben Carver", "care-at-home"),
]


def words(text: str) -> list[str]:
    """Return the words of a text, which are easier to read and to change than a list of them."""
    return text.split()


FIRST = words(
    "Abena Adam Aisha Alan Amina Ana Andrei Anika Arjun Astrid Ayodele Bashir Beatriz Bronwyn "
    "Callum Carmen Cem Chidi Claire Dafydd Daniela Darius Deepa Dimitri Elif Emeka Emily Erik "
    "Esther Fatima Fergus Femi Freya Gareth Giulia Goran Grace Hana Hassan Helen Ibrahim Imogen "
    "Ines Ivan Jamal Jana Joon Karim Katya Kofi Lars Latoya Lena Liam Lin Lucia Mahmoud Maja "
    "Malik Marta Mei Mihai Mira Nuria Nils Noor Oksana Olu Paolo Parveen Pedro Petra Rafael Rana "
    "Rosa Rowan Sana Sean Selma Simone Sofia Stefan Tariq Tess Thabo Uma Viktor Wanda Wei Yara "
    "Zeynep Zofia"
)
LAST = words(
    "Abara Achterberg Aydin Balogun Barlow Becker Bhatt Bianchi Blackwood Boateng Brankovic "
    "Bristow Cardoso Castellano Chaudhry Chen Cooke Costa Crawshaw Danso Demir Devlin Dlamini "
    "Dobson Duarte Eriksen Evans Farouk Fenwick Ferreira Fischer Fontaine Gallagher Georgiou "
    "Ghosh Grabowski Greaves Gupta Halloran Hartley Hoang Holm Hussain Ibarra Iqbal Ivanova "
    "Jarvis Jensen Kaplan Karlsson Kaya Kelleher Khalil Kim Kovacs Lambert Lang Lefebvre Lopes "
    "Mackay Mahlangu Marchetti Mbeki Mendes Moreau Mwangi Nasser Ndiaye Novak Nowak Oduya Olsen "
    "Onyango Osei Pascual Patel Pereira Pillai Popescu Quartey Rahman Ramos Reilly Ribeiro Rossi "
    "Sahin Sandoval Santos Scholz Sharma Siddiqui Silva Singh Stanton Suleiman Svensson Tanaka "
    "Thapa Tran Turner Vasquez Vogel Walczak Wang Weaver Yilmaz Zhang"
)
# what NFKD leaves as it is
LETTERS = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "đ": "d", "æ": "ae"})

WORDS = words(
    "amber anchor apple april arrow aspen autumn badger bamboo barley basket beacon birch bottle "
    "bramble bridge bronze butter candle canvas carpet castle cedar cherry cinder clover cobalt "
    "copper coral cotton cradle crystal cumin dahlia dapple desert dolphin ember engine fable "
    "falcon feather fennel ferry fiddle forest fossil garden ginger glacier granite gravel harbour "
    "hazel heather hollow honey indigo island ivory jacket jasmine juniper kettle lantern lavender "
    "lemon lichen linen lobster magnet maple marble meadow mellow meteor mirror mosaic mustard "
    "needle nettle nutmeg oatmeal olive orange orchard otter oyster paddle paper parcel pebble "
    "pencil pepper pigeon pillow planet plover pocket poplar quartz quill rabbit ribbon river "
    "rocket saddle saffron salmon satchel shadow silver sparrow spruce thimble thistle timber "
    "tulip tunnel umbrella velvet violet walnut willow winter yellow zephyr"
)


def username(name: str) -> str:
    """Return first.last in plain letters."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(LETTERS)
    parts = "".join(c for c in plain if c.isascii() and (c.isalpha() or c == " ")).split()
    return f"{parts[0]}.{parts[-1]}"


def password() -> str:
    """Return a password that can be typed: four words and four figures."""
    words = [secrets.choice(WORDS) for _ in range(4)]
    return "-".join([*words, f"{secrets.randbelow(10_000):04}"])


@dataclass
class Roster:
    """Everybody, unsaved, in the order in which they were hired."""

    units: dict[str, Unit]
    people: dict[str, Person] = field(default_factory=dict)

    def hire(
        self, name: str, unit: str | None, manager: Person | None, player: Player | None = None
    ) -> Person:
        """Add somebody under a user name that nobody else has."""
        plain = username(name)
        known = next(
            one
            for one in (plain, *(f"{plain}{n}" for n in range(2, HEADCOUNT)))
            if one not in self.people
        )
        person = Person(
            username=known,
            name=name,
            email=f"{known}@northmoor.example",
            unit=self.units[unit] if unit else None,
            manager=manager,
            roles=sorted(player.roles) if player else [],
            is_on_duty=bool(player and player.is_on_duty),
        )
        self.people[known] = person
        return person


def roster(units: dict[str, Unit]) -> Roster:
    """Return the 400: the cast, a director for each unit, team leads, and their teams."""
    chance = random.Random("northmoor")  # noqa: S311 - the same made-up people everywhere
    made = Roster(units)
    for player in CAST:
        made.hire(player.name, player.unit, made.people.get(player.manager), player)
    names = _names(chance, {player.name for player in CAST})
    for code, (_, size) in UNITS.items():
        director = made.hire(next(names), code, made.people[CHIEF])
        inside = sum(1 for person in made.people.values() if person.unit == units[code])
        _staff(made, names, code, size - inside, director)
    # the cast without a role works in a team like everybody else
    for player in CAST:
        if not player.roles and player.unit:
            made.people[player.username].manager = _a_lead(made, player.unit)
    return made


def _names(chance: random.Random, taken: set[str]) -> Iterator[str]:
    pairs = [f"{first} {last}" for first in FIRST for last in LAST]
    chance.shuffle(pairs)
    return (name for name in pairs if name not in taken)


def _staff(made: Roster, names: Iterator[str], unit: str, count: int, director: Person) -> None:
    lead = director
    for n in range(count):
        if n % (TEAM + 1) == 0:
            lead = made.hire(next(names), unit, director)
        else:
            made.hire(next(names), unit, lead)


def _a_lead(made: Roster, unit: str) -> Person:
    """Return the first team lead of a unit: whose manager reports to the chief."""
    return next(
        person
        for person in made.people.values()
        if person.unit == made.units[unit]
        and person.manager is not None
        and person.manager.manager == made.people[CHIEF]
        and not person.roles
        and person.username not in {player.username for player in CAST}
    )
