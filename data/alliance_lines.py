"""Industry of the 155 mm example in early 2023: the lines at work, by stage.

Rows of a table, one to a line: long lines and hand-made columns are on purpose.
"""

# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass

from sources import Source, assumed, cited, derived, fact

ROUND, BODY, CHARGE, POWDER, EXPLOSIVE = "Round", "Shell body", "Charge", "Powder", "Explosive"


NOT_REPORTED = assumed("not reported; one or two shifts in ordinary times")


@dataclass(frozen=True)
class StartLine:
    """A line at work in early 2023; `now` is its output a month with the `shifts` it works."""

    name: str
    item: str
    member: str
    site: str
    producer: str
    now: float
    shifts: int
    source: Source
    pattern: Source = NOT_REPORTED


# fmt: off
# -- filled rounds ---------------------------------------------------------------------------------
EUROPE = fact(35).middle
REPORTED = {
    "Unterluess": fact(65).low / 12,
    "Expal": (fact(57).low - fact(55).low) / 12,
    "KNDS France": fact(79).low,
    "Simmel": fact(85).low / 12,
    "Mecar": (fact(84).low - fact(82).low - fact(85).low) / 12,
    "Karlskoga": 1_000,
    "ZVS": fact(89).high / 12,
    "PGZ": fact(94).low / 2 / 12,
    "BAE": fact(74).high / 12,
}
REST = EUROPE - sum(REPORTED.values())
REST_SHARES = {"MKE": 0.45, "VMZ": 0.20, "STV": 0.20, "Granada": 0.15}
ONE_SHIFT_UNTERLUESS = derived("the same machines can make 3.5 times as much: one shift", 65)


def _rest(name: str) -> tuple[float, Source]:
    share = REST_SHARES[name]
    why = assumed(
        f"{share:.0%} of what is left of Europe's {EUROPE:,.0f} a month after the producers with figures: {REST:,.1f}", 35
    )
    return share * REST, why


FILLING = (
    StartLine("Unterluess filling", ROUND, "Germany", "Unterluess", "Rheinmetall",
              REPORTED["Unterluess"], 1, derived("40,000 a year made / 12", 65), ONE_SHIFT_UNTERLUESS),
    StartLine("Expal filling", ROUND, "Spain", "Expal plants", "Rheinmetall Expal",
              REPORTED["Expal"], 1, derived("group with Expal about 100,000 before 2022 - 70,000 without, / 12", 57, 55)),
    StartLine("Granada filling", ROUND, "Spain", "Granada", "FMG", _rest("Granada")[0], 2, _rest("Granada")[1],
              cited(271, reason="fully used since October 2022, so not one shift")),
    StartLine("La Chapelle filling", ROUND, "France", "La Chapelle-Saint-Ursin", "KNDS France",
              REPORTED["KNDS France"], 2, cited(79), assumed("continuous work came later and doubled output", 283)),
    StartLine("Simmel filling", ROUND, "Italy", "Colleferro", "KNDS Italy", REPORTED["Simmel"], 1, derived("20,000 / 12", 85)),
    StartLine("Mecar filling", ROUND, "Belgium", "Seneffe", "KNDS Belgium",
              REPORTED["Mecar"], 1, derived("group 60,000 - France 30,000 - Italy 20,000, / 12", 84, 82, 85)),
    StartLine("Karlskoga filling", ROUND, "Sweden", "Karlskoga", "Nammo", REPORTED["Karlskoga"], 2,
              assumed("20 times the pre-war output is 200,000 a year: 10,000 / 12 = 833, by early 2023 a fifth more", 70),
              assumed("five teams on seven days doubled it by the end of 2024", 279, 71)),
    StartLine("Dubnica filling", ROUND, "Slovakia", "Dubnica", "ZVS", REPORTED["ZVS"], 2, derived("50,000 / 12", 89)),
    StartLine("Dezamet filling", ROUND, "Poland", "Nowa Deba", "PGZ", REPORTED["PGZ"], 1,
              assumed("half of the 30,000 a year of 2025", 94)),
    StartLine("Glascoed filling", ROUND, "United Kingdom", "Glascoed", "BAE Systems", REPORTED["BAE"], 1,
              derived("upper end, 5,000 / 12; low against a forge that runs all day", 74, 282)),
    StartLine("Sopot filling", ROUND, "Bulgaria", "Sopot", "VMZ", _rest("VMZ")[0], 1, _rest("VMZ")[1]),
    StartLine("Policka filling", ROUND, "Czechia", "Policka", "STV", _rest("STV")[0], 1, _rest("STV")[1]),
    StartLine("Kirikkale filling", ROUND, "Turkiye", "Kirikkale", "MKE", _rest("MKE")[0], 2, _rest("MKE")[1]),
    StartLine("Iowa filling", ROUND, "United States", "Iowa AAP", "American Ordnance", 14_000, 1,
              cited(106, 105), assumed("reached 40,000 a month by August 2024 on the same site: x2.9", 110)),
    StartLine("Canada filling", ROUND, "Canada", "Repentigny", "GD-OTS Canada", fact(103).low, 2, cited(103)),
)

# -- shell bodies: reported, or 5 % more than the filling they feed ------------------------------------
SPARE = 1.05


def _bodies(filled: float) -> tuple[float, Source]:
    return SPARE * filled, assumed(f"5 % more than the {filled:,.0f} rounds a month that it feeds")


TARBES = fact(87).low
_FED = {
    "DE": REPORTED["Unterluess"], "ES": REPORTED["Expal"] + _rest("Granada")[0], "IT": REPORTED["Simmel"],
    "BE": REPORTED["Mecar"], "SK": REPORTED["ZVS"], "UK": REPORTED["BAE"], "TR": _rest("MKE")[0], "BG": _rest("VMZ")[0],
    "CZ": _rest("STV")[0],
}
NAMMO = SPARE * EUROPE - TARBES - SPARE * sum(_FED.values())
_NAMMO_WHY = f"of what is left of 1.05 x {EUROPE:,.0f}: {NAMMO:,.0f}; feeds Karlskoga and bodies bought in Poland"
SCRANTON = fact(224).high
BODIES = (
    StartLine("Unterluess bodies", BODY, "Germany", "Unterluess", "Rheinmetall", _bodies(_FED["DE"])[0], 1,
              _bodies(_FED["DE"])[1], ONE_SHIFT_UNTERLUESS),
    StartLine("Expal bodies", BODY, "Spain", "Expal plants", "Rheinmetall Expal", _bodies(_FED["ES"])[0], 1, _bodies(_FED["ES"])[1]),
    StartLine("Tarbes bodies", BODY, "France", "Tarbes", "Forges de Tarbes", TARBES, 1, cited(87)),
    StartLine("Simmel bodies", BODY, "Italy", "Colleferro", "KNDS Italy", _bodies(_FED["IT"])[0], 1, _bodies(_FED["IT"])[1]),
    StartLine("Mecar bodies", BODY, "Belgium", "Seneffe", "KNDS Belgium", _bodies(_FED["BE"])[0], 1, _bodies(_FED["BE"])[1]),
    StartLine("Raufoss bodies", BODY, "Norway", "Raufoss", "Nammo", 0.4 * NAMMO, 2, assumed(f"40 % {_NAMMO_WHY}", 273)),
    StartLine("Sastamala bodies", BODY, "Finland", "Sastamala", "Nammo", 0.6 * NAMMO, 2, assumed(f"60 % {_NAMMO_WHY}", 273)),
    StartLine("Snina bodies", BODY, "Slovakia", "Snina", "ZVS", _bodies(_FED["SK"])[0], 2, _bodies(_FED["SK"])[1]),
    StartLine("Washington bodies", BODY, "United Kingdom", "Washington", "BAE Systems", _bodies(_FED["UK"])[0], 1, _bodies(_FED["UK"])[1]),
    StartLine("Sopot bodies", BODY, "Bulgaria", "Sopot", "VMZ", _bodies(_FED["BG"])[0], 1, _bodies(_FED["BG"])[1]),
    StartLine("Czech bodies", BODY, "Czechia", "Policka", "STV", _bodies(_FED["CZ"])[0], 1, _bodies(_FED["CZ"])[1]),
    StartLine("Kirikkale bodies", BODY, "Turkiye", "Kirikkale", "MKE", _bodies(_FED["TR"])[0], 2, _bodies(_FED["TR"])[1]),
    StartLine("Scranton bodies", BODY, "United States", "Scranton", "General Dynamics", SCRANTON, 3, cited(224),
              cited(287, reason="around the clock")),
    StartLine("Wilkes-Barre bodies", BODY, "United States", "Wilkes-Barre", "General Dynamics", SPARE * 14_000 - SCRANTON, 1,
              assumed("5 % more than the 14,000 a month filled, less Scranton", 106, 224)),
    StartLine("Ingersoll bodies", BODY, "Canada", "Ingersoll", "IMT Defence", SPARE * fact(103).low, 2,
              assumed("5 % more than the 3,000 a month filled", 103)),
)

# -- energetics: together about 10 % above today's use, as far as nothing is reported -----------------
_SPREAD = "share of a capacity for 155 mm about 10 % above today's use; national figures are not public"
_CONTINUOUS = cited(281, reason="four teams around the clock since October 2022")
_FULL = assumed("round the clock on working days; the site counts as fully used", 205)
POWDERS = (
    StartLine("Aschau powder", POWDER, "Germany", "Aschau", "Nitrochemie", 150, 4,
              assumed("30 % of the group's 6,000 t a year / 12; the rest is other calibres", 262), _CONTINUOUS),
    StartLine("Clermont powder", POWDER, "Belgium", "Clermont", "Eurenco", 40, 3, assumed(_SPREAD), _FULL),
    StartLine("Karlskoga powder", POWDER, "Sweden", "Bjorkborn", "Eurenco", 25, 3, assumed(_SPREAD), cited(280)),
    StartLine("Pardubice powder", POWDER, "Czechia", "Pardubice", "Explosia", 40, 3, assumed(_SPREAD), _FULL),
    StartLine("Murcia powder", POWDER, "Spain", "Murcia", "Rheinmetall Expal", 30, 2, assumed(_SPREAD)),
    StartLine("Vihtavuori powder", POWDER, "Finland", "Vihtavuori", "Nammo", 14, 2, assumed(_SPREAD, 246)),
    StartLine("Pionki powder", POWDER, "Poland", "Pionki", "PGZ", 10, 2, assumed(_SPREAD)),
    StartLine("Kirikkale powder", POWDER, "Turkiye", "Kirikkale", "MKE", 30, 2, assumed(_SPREAD)),
    StartLine("Radford powder", POWDER, "United States", "Radford", "BAE Systems OSI", 170, 2, assumed(_SPREAD, 136)),
    StartLine("Valleyfield powder", POWDER, "Canada", "Valleyfield", "GD-OTS Canada", 40, 2, assumed(_SPREAD)),
)
CHARGES = (
    StartLine("Bergerac charges", CHARGE, "France", "Bergerac", "Eurenco", 500_000 / 5 / 12, 2,
              derived("500,000 modules a year / 5 modules a charge (300,000 for 60,000) / 12", 187, 161)),
    StartLine("Aschau charges", CHARGE, "Germany", "Aschau", "Nitrochemie", 6_500, 3, assumed(_SPREAD), _FULL),
    StartLine("Pardubice charges", CHARGE, "Czechia", "Pardubice", "Explosia", 4_000, 2, assumed(_SPREAD)),
    StartLine("Murcia charges", CHARGE, "Spain", "Murcia", "Rheinmetall Expal", 3_000, 2, assumed(_SPREAD)),
    StartLine("Pionki charges", CHARGE, "Poland", "Pionki", "PGZ", 1_200, 1, assumed(_SPREAD)),
    StartLine("Kirikkale charges", CHARGE, "Turkiye", "Kirikkale", "MKE", 2_700, 2, assumed(_SPREAD)),
    StartLine("Crane charges", CHARGE, "United States", "Crane", "US Army", 15_000, 2, assumed(_SPREAD, 136)),
    StartLine("Valleyfield charges", CHARGE, "Canada", "Valleyfield", "GD-OTS Canada", 3_200, 2, assumed(_SPREAD)),
)
EXPLOSIVES = (
    StartLine("Bydgoszcz explosive", EXPLOSIVE, "Poland", "Bydgoszcz", "Nitro-Chem", 180, 3,
              assumed("a third of the 6,000 t of TNT a year at hand in Europe / 12, and some", 267, 268), _FULL),
    StartLine("Saetre explosive", EXPLOSIVE, "Norway", "Saetre", "Chemring Nobel", 35, 2, assumed(_SPREAD, 226)),
    StartLine("Karlskoga explosive", EXPLOSIVE, "Sweden", "Bjorkborn", "Eurenco", 35, 3, assumed(_SPREAD), cited(280)),
    StartLine("Holston explosive", EXPLOSIVE, "United States", "Holston", "BAE Systems OSI", 150, 2, assumed(_SPREAD, 136)),
    StartLine("Kirikkale explosive", EXPLOSIVE, "Turkiye", "Kirikkale", "MKE", 30, 2, assumed(_SPREAD)),
)
LINES = (*FILLING, *BODIES, *POWDERS, *CHARGES, *EXPLOSIVES)
