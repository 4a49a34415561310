"""Invented names. Two word lists and an ending make a company; none is meant to be a real one."""

from __future__ import annotations

from hedgerow.demo.chance import below


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = _words(
    "Amber Anvil Aspen Barley Basalt Beacon Birch Bramble Brook Canvas Cedar Cinder Clover Cobble Copper Coral Cosmic "
    "Crescent Dapple Dawn Delta Drift Dusk Echo Ember Fallow Fathom Fern Flint Foxglove Frost Gable Garnet Glade Gorse "
    "Granite Harbor Hazel Heath Heron Hollow Indigo Iris Ivory Juniper Kelp Kestrel Lantern Larch Lichen Linden Lumen "
    "Lunar Maple Marble Marsh Meadow Mica Mistral Moss Nectar Nimbus North Oaken Ochre Onyx Orchard Otter Pebble "
    "Pepper Pine Plover Prism Quartz Quill Raven Reed Ridge Rowan Russet Saffron Sage Sedge Shale Silver Slate Sparrow "
    "Spruce Sterling Stone Summit Sunlit Thistle Tidal Timber Topaz Tundra Umber Velvet Verdant Violet Walnut Willow "
    "Winter Wren Yarrow Zephyr"
)
_SECOND = _words(
    "Analytics Apps Atlas Bakery Bench Bikes Books Bridge Camera Cargo Chart Clinic Cloud Code Commerce Courier Craft "
    "Data Depot Desk Energy Field Finance Foods Forge Freight Games Garden Grid Health Homes Kitchen Labs Ledger "
    "Learning Lens Logic Logistics Loop Maps Market Media Metrics Mobility Motors Networks Notes Optics Outfitters "
    "Parcel Path Pay Pharma Photo Planner Play Press Radio Retail Robotics Sail School Signal Software Solar Space "
    "Sports Stack Stays Studio Supply Systems Tables Tickets Tools Trade Travel Tutors Vault Ventures Voice Water "
    "Weather Works Yard"
)
_ENDING = ("", "", "", " Group", " Co", " Ltd", " GmbH", " Inc", " Collective", " Partners")
_GIVEN = _words(
    "ada ben cleo dev elin finn gia hugo ines jon kai lena milo nora omar pia quinn rosa sami tess uma vik wes xan "
    "yara zoe"
)
_SUBJECTS = (
    "Events arrive late", "How do we filter internal users?", "Invoice address change", "Replay does not load",
    "Flag evaluates differently on the server", "Export stopped half-way", "Question on person profiles",
    "Billing limit reached earlier than expected", "SSO set-up", "Funnel shows no conversion",
)
_INDUSTRIES = _words("software retail health finance education media logistics games travel energy")
_COUNTRIES = _words("US DE GB FR NL SE CA ES BR AU IN JP")


def company_name(key: int) -> str:
    first = _FIRST[below(key, 1, len(_FIRST))]
    second = _SECOND[below(key, 2, len(_SECOND))]
    return first + " " + second + _ENDING[below(key, 3, len(_ENDING))]


def domain_of(name: str, number: int) -> str:
    """Under .example, which nobody can own; the number keeps two companies of one name apart."""
    base = "".join(c for c in name.lower() if c.isascii() and c.isalnum())
    return f"{base}{number}.example"


def person(key: int, position: int) -> str:
    return _GIVEN[below(key, position, len(_GIVEN))]


def ticket_subject(key: int, position: int) -> str:
    return _SUBJECTS[below(key, position, len(_SUBJECTS))]


def industry(key: int) -> str:
    return _INDUSTRIES[below(key, 11, len(_INDUSTRIES))]


def country(key: int, region: str) -> str:
    choice = _COUNTRIES[below(key, 12, len(_COUNTRIES))]
    return choice if region == "EU" or choice not in ("DE", "FR", "NL", "SE", "ES") else "US"
