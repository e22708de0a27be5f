"""Made-up people; their phone numbers and mail domains are those reserved for fiction."""

from dataclasses import dataclass
from random import Random

from pydantic import JsonValue

_FIRST_NAMES = """
    Ada Aisha Alejandro Amara Ben Bianca Caleb Chloe Dana Dmitri Elena Elijah Fatima Felix Grace
    Hana Hector Imani Isaac Jamal Joy Kai Keiko Leah Luis Maya Marcus Nadia Noah Olivia Omar Priya
    Quinn Rosa Ravi Sam Sofia Theo Uma Victor Wendy Xavier Yusuf Zoe
""".split()  # noqa: SIM905 - A list of words reads better as text.
_LAST_NAMES = """
    Abbott Alvarez Banerjee Becker Boateng Calloway Castillo Chen Dawson Delgado Ellison Farouk
    Fischer Garner Haddad Hollis Ibrahim Jansen Kapoor Kessler Kowalski Lindgren Lowell Marsh
    Mendoza Nakamura Novak Okafor Osborne Patel Pruitt Quintero Ramsey Reyes Sandoval Sato Thorne
    Underwood Vance Weller Yoder Zielinski
""".split()  # noqa: SIM905 - As above.
_STREETS = """
    Lantern|Millstone|Foxglove|Larkspur|Copper Kettle|Windmill|Sugar Maple|Harrow|Bellflower|
    Thistledown|Cobbler|Quarry Bend|Silver Birch|Wagon Wheel|Juniper Hollow|Old Orchard
""".replace("\n", "").split("|")
_STREET_KINDS = ("Lane", "Street", "Avenue", "Court", "Drive", "Road")
_AREA_CODES = ("614", "614", "614", "740", "380")
_MAIL_DOMAINS = ("example.com", "example.com", "example.net", "example.org")
_TOWNS = {
    "43201": "Columbus",
    "43202": "Columbus",
    "43206": "Columbus",
    "43214": "Columbus",
    "43215": "Columbus",
    "43219": "Columbus",
    "43230": "Gahanna",
    "43212": "Grandview Heights",
    "43221": "Upper Arlington",
    "43016": "Dublin",
    "43017": "Dublin",
    "43035": "Lewis Center",
    "43065": "Powell",
    "43081": "Westerville",
    "43055": "Newark",
    "43056": "Heath",
}
_ZIPCODES = tuple(_TOWNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who books; `form` holds the values of the customer step by field key."""

    zipcode: str
    form: dict[str, JsonValue]


def make_person(rng: Random) -> Person:
    """Return somebody who lives where the company works."""
    first, last = rng.choice(_FIRST_NAMES), rng.choice(_LAST_NAMES)
    zipcode = rng.choice(_ZIPCODES)
    number = rng.randint(100, 199)
    street = f"{rng.choice(_STREETS).strip()} {rng.choice(_STREET_KINDS)}"
    form: dict[str, JsonValue] = {
        "firstName": first,
        "lastName": last,
        "phone": f"+1{rng.choice(_AREA_CODES)}5550{number}",
        "email": f"{first}.{last}@{rng.choice(_MAIL_DOMAINS)}".lower(),
        "address": {
            "street": f"{rng.randint(12, 2_480)} {street}",
            "city": _TOWNS[zipcode],
            "state": "OH",
            "zip": zipcode,
        },
    }
    return Person(zipcode=zipcode, form=form)
