"""Investments of the 155 mm example: the plants and expansions announced since February 2023.

Rows of a table, one to a line: long lines and hand-made columns are on purpose.
"""

# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass

from alliance_lines import BODY, CHARGE, EXPLOSIVE, POWDER, ROUND
from sources import Source, assumed, cited, derived

USD, GBP, CZK, CAD, NOK, PLN = 1.08, 0.87, 24.0, 1.46, 11.4, 4.27
"""Currency units for one euro, 2023 means; from memory, so every figure that uses one is assumed."""


@dataclass(frozen=True)
class NewLine:
    """A line that a plant opens; `per_year` is its capacity with that many `shifts`."""

    name: str
    item: str
    member: str
    site: str
    producer: str
    per_year: float
    source: Source
    shifts: int = 4


@dataclass(frozen=True)
class Plant:
    """An investment; capex in millions of euros, lead in months from decision to opening."""

    name: str
    capex: float
    capex_source: Source
    lead: int
    lead_source: Source
    kind: str = "new line"
    ramp_up: str = "Plant ramp-up"
    firm: float | None = None
    firm_source: Source | None = None
    group: str | None = None
    requires: str | None = None
    status: str = "option"
    start: str | None = None
    start_source: Source | None = None


# fmt: off
# -- new plants -----------------------------------------------------------------------------------
_NOT_SAID = "not reported; as similar plants"
_YEARS_WORTH = assumed("a year's worth of its output under contract first; firms ask for firm orders", 4, 207)
_CALL_OFF = assumed("the first call-off of a framework, 200,000 rounds, was also meant to enable the line", 126, 128)


def _usd(millions: float) -> float:
    return millions / USD


PLANTS = (
    Plant("Unterluess plant", 500, cited(147), 15, cited(149), ramp_up="Unterluess ramp-up", firm=200_000, firm_source=_CALL_OFF),
    Plant("Baisogala plant", 300, cited(151, reason="upper end, at ground-breaking"), 14, cited(152), firm=100_000, firm_source=_YEARS_WORTH),
    Plant("Latvia plant", 275, cited(154), 12, cited(155), firm=50_000, firm_source=_YEARS_WORTH),
    Plant("Sopot plant", 1_000, cited(156), 14, cited(158), firm=100_000, firm_source=_YEARS_WORTH),
    Plant("Dezamet plant", 305, cited(200, reason="PLN 1.3bn, about EUR 305m"), 25, derived("24 to 27", 201),
          firm=130_000, firm_source=_YEARS_WORTH),
    Plant("Niewiadow plant", 250 / PLN, assumed("250m, taken as PLN, / 4.27", 98), 24, cited(98), firm=180_000,
          firm_source=_YEARS_WORTH, group="Polish private plant"),
    Plant("Polska Amunicja plant", 150, assumed(_NOT_SAID, 97), 30, assumed(_NOT_SAID, 97), firm=100_000, firm_source=_YEARS_WORTH,
          group="Polish private plant"),
    Plant("Dubnica plant", 100, cited(192), 18, cited(194), firm=140_000, firm_source=assumed("half a year's worth", 4)),
    Plant("Snina plant", 80, cited(195, reason="over 80m on the site"), 18, assumed(_NOT_SAID), firm=90_000,
          firm_source=assumed("three months' worth", 4)),
    Plant("Varpalota rounds", 200, assumed("state aid of EUR 60m; order of magnitude of similar plants", 165), 24, cited(164),
          firm=50_000, firm_source=_YEARS_WORTH),
    Plant("Elling plant", 150, assumed("only the programme of DKK 8.6bn is reported, not the plant", 172), 27, derived("24 to 30", 174),
          firm=120_000, firm_source=_YEARS_WORTH),
    Plant("Glascoed plant", 86, assumed("half of GBP 150m on munitions sites / 0.87", 180), 24, assumed(_NOT_SAID, 181), firm=75_000,
          firm_source=_YEARS_WORTH),
    Plant("Arca plant", 60, assumed(_NOT_SAID, 104), 12, assumed(_NOT_SAID), firm=116_000,
          firm_source=cited(104, reason="its export order")),
    Plant("Lavrio again", 30, assumed(_NOT_SAID, 210), 12, assumed(_NOT_SAID, 210), kind="reactivation"),
    Plant("Camden plant", _usd(110), assumed("USD 110m / 1.08", 216), 22, assumed("mid-2023 to April 2025", 215)),
    Plant("Iowa complex", _usd(633.5), assumed("USD 632m to 635m / 1.08", 217), 40, cited(219)),
    Plant("Mesquite plant", _usd(576), assumed("USD 576m / 1.08", 212), 18, assumed("opened May 2024; makes no bodies yet: see Scenarios", 212, 214)),
    Plant("Third line Mecar", 15, cited(86), 24, cited(86, reason="over two years")),
    Plant("Raufoss line", 1_083 / NOK, assumed("NOK 1,083m / 11.4", 168), 21, derived("18 to 24", 169)),
    Plant("Bergerac powder", 150, cited(183, reason="upper end"), 11, cited(189), ramp_up="Expansion ramp-up", firm=90_000,
          firm_source=assumed("a year's worth of the rounds it serves", 186)),
    Plant("Bergerac powder, second line", 50, derived("the first line's EUR 150m x 600 t / 1,800 t", 183, 184), 12, assumed(_NOT_SAID, 184),
          ramp_up="Expansion ramp-up", requires="Bergerac powder"),
    Plant("Saxony powder", 750, derived("middle of 700 to 800", 207), 36, assumed("about three years for powder", 261), firm=800_000,
          firm_source=cited(207), group="German powder"),
    Plant("Pionki powder plant", 651 / PLN, assumed("PLN 651m / 4.27", 202), 36, assumed("about three years for powder", 261)),
    Plant("Victoria plant", 535, cited(160), 36, cited(162), firm=60_000, firm_source=_YEARS_WORTH),
    Plant("Strazske plant", 300, cited(197), 24, cited(198), firm=100_000, firm_source=_YEARS_WORTH),
    Plant("Varpalota explosive", 200, derived("middle of 100 to 300", 166), 48, cited(167), status="committed", start="2023-01",
          start_source=cited(166, reason="announced 4 January 2023")),
    Plant("Pori plant", 227.5, derived("middle of 200 to 255", 176), 39, derived("middle of 36 to 42", 177)),
    Plant("Nora plant", 90, assumed(_NOT_SAID, 178), 24, cited(179), firm=100_000, firm_source=assumed("under a quarter of the rounds it serves", 178)),
    Plant("Kentucky plant", _usd(435), assumed("USD 435m / 1.08", 225), 40, assumed("as the Iowa complex", 219)),
    Plant("British explosive plant", 1_500 / 6 / GBP, assumed("GBP 1.5bn / 6 plants / 0.87", 182), 36, assumed(_NOT_SAID, 182)),
)

_RM, _TENS = "Rheinmetall", "'tens of thousands' a year"
NEW_LINES: dict[str, tuple[NewLine, ...]] = {
    "Unterluess plant": (
        NewLine("Unterluess new filling", ROUND, "Germany", "Unterluess", _RM, 350_000, cited(148)),
        NewLine("Unterluess new bodies", BODY, "Germany", "Unterluess", _RM, 350_000, cited(148)),
    ),
    "Baisogala plant": (
        NewLine("Baisogala filling", ROUND, "Lithuania", "Baisogala", _RM, 100_000, cited(100, reason="upper end; 10,000 is said too")),
        NewLine("Baisogala bodies", BODY, "Lithuania", "Baisogala", _RM, 100_000, cited(100, reason="upper end; 10,000 is said too")),
    ),
    "Latvia plant": (
        NewLine("Latvia filling", ROUND, "Latvia", "Latvian plant", _RM, 50_000, assumed(f"{_TENS}: 50,000", 101)),
        NewLine("Latvia bodies", BODY, "Latvia", "Latvian plant", _RM, 50_000, assumed(f"{_TENS}: 50,000", 101)),
    ),
    "Sopot plant": (
        NewLine("Sopot new filling", ROUND, "Bulgaria", "Sopot", "VMZ and Rheinmetall", 100_000, cited(157)),
        NewLine("Sopot new bodies", BODY, "Bulgaria", "Sopot", "VMZ and Rheinmetall", 100_000, cited(157)),
        NewLine("Sopot powder", POWDER, "Bulgaria", "Sopot", "VMZ and Rheinmetall", 1_300, cited(159)),
        NewLine("Sopot charges", CHARGE, "Bulgaria", "Sopot", "VMZ and Rheinmetall", 30_000,
                derived("150,000 modules / 5 modules a charge", 156, 161)),
    ),
    "Dezamet plant": (
        NewLine("Dezamet new filling", ROUND, "Poland", "Nowa Deba", "PGZ", 130_000, cited(96)),
        NewLine("Dezamet new bodies", BODY, "Poland", "Nowa Deba", "PGZ", 130_000, cited(96)),
    ),
    "Niewiadow plant": (NewLine("Niewiadow filling", ROUND, "Poland", "Niewiadow", "Niewiadow Group", 180_000, cited(98)),),
    "Polska Amunicja plant": (
        NewLine("Polska Amunicja filling", ROUND, "Poland", "Polska Amunicja", "Polska Amunicja", 100_000, cited(97)),
    ),
    "Dubnica plant": (
        NewLine("Dubnica new filling", ROUND, "Slovakia", "Dubnica", "ZVS", 280_000 * 3.45 / (1.9 * 7 / 5),
                derived("280,000 on two shifts and seven days (1.9 x 7/5), x 3.45 for a full pattern", 193, 92)),
    ),
    "Snina plant": (NewLine("Snina new bodies", BODY, "Slovakia", "Snina", "ZVS", 360_000, cited(196)),),
    "Varpalota rounds": (
        NewLine("Varpalota filling", ROUND, "Hungary", "Varpalota", "Rheinmetall and N7", 50_000, assumed("not reported; 200 jobs", 164)),
    ),
    "Elling plant": (
        NewLine("Elling filling", ROUND, "Denmark", "Elling", "Nammo", 120_000, cited(102, reason="a hope, not a contract figure")),
    ),
    "Glascoed plant": (
        NewLine("Glascoed new filling", ROUND, "United Kingdom", "Glascoed", "BAE Systems", 75_000,
                derived("80,000 after expansion - 5,000 today", 77, 74)),
    ),
    "Arca plant": (NewLine("Arca filling", ROUND, "Turkiye", "Arca", "Arca Defense", 116_000, assumed("the order of a year", 104)),),
    "Lavrio again": (
        NewLine("Lavrio filling", ROUND, "Greece", "Lavrio", "Hellenic Ammunition", 30_000, assumed("not reported; 120 to 300 jobs", 210)),
        NewLine("Lavrio explosive", EXPLOSIVE, "Greece", "Lavrio", "Hellenic Ammunition", 300, assumed("not reported", 210)),
    ),
    "Camden plant": (NewLine("Camden filling", ROUND, "United States", "Camden", "General Dynamics", 600_000, derived("50,000 x 12", 215)),),
    "Iowa complex": (NewLine("Iowa new filling", ROUND, "United States", "Iowa AAP", "MSM North America", 432_000, derived("36,000 x 12", 218)),),
    "Mesquite plant": (NewLine("Mesquite bodies", BODY, "United States", "Mesquite", "General Dynamics", 360_000, derived("30,000 x 12", 213)),),
    "Third line Mecar": (NewLine("Mecar new bodies", BODY, "Belgium", "Seneffe", "KNDS Belgium", 30_000, cited(86)),),
    "Raufoss line": (
        NewLine("Raufoss new bodies", BODY, "Norway", "Raufoss", "Nammo", 90_000, assumed("under half of the group's aim of 200,000 a year", 70, 122)),
    ),
    "Bergerac powder": (NewLine("Bergerac powder line", POWDER, "France", "Bergerac", "Eurenco", 1_200, cited(190)),),
    "Bergerac powder, second line": (
        NewLine("Bergerac second powder line", POWDER, "France", "Bergerac", "Eurenco", 600, derived("1,800 - 1,200", 184)),
    ),
    "Saxony powder": (NewLine("Saxony powder line", POWDER, "Germany", "Saxony", _RM, 1_500, cited(208)),),
    "Pionki powder plant": (NewLine("Pionki new powder", POWDER, "Poland", "Pionki", "PGZ", 1_000, assumed("not reported; 80,000 rounds' worth", 202, 97)),),
    "Victoria plant": (
        NewLine("Victoria powder", POWDER, "Romania", "Victoria", "Rheinmetall and Pirochim", 950, derived("750 t + 200 t", 160, 163)),
        NewLine("Victoria charges", CHARGE, "Romania", "Victoria", "Rheinmetall and Pirochim", 60_000, derived("300,000 modules / 5", 160, 161)),
    ),
    "Strazske plant": (
        NewLine("Strazske charges", CHARGE, "Slovakia", "Strazske", "ZVS and Eurenco", 200_000,
                assumed("'hundreds of thousands of charges a year': 200,000", 197)),
    ),
    "Varpalota explosive": (NewLine("Varpalota RDX", EXPLOSIVE, "Hungary", "Varpalota", "Rheinmetall and N7", 1_000, assumed("not reported", 166)),),
    "Pori plant": (NewLine("Pori TNT", EXPLOSIVE, "Finland", "Pori", "Forcit", 3_000, assumed("not reported; two thirds of Nora", 176, 178)),),
    "Nora plant": (NewLine("Nora TNT", EXPLOSIVE, "Sweden", "Nora", "Swebal", 4_500, cited(178, reason="upper end")),),
    "Kentucky plant": (NewLine("Kentucky TNT", EXPLOSIVE, "United States", "Graham", "Repkon USA", 5_000, assumed("not reported", 225)),),
    "British explosive plant": (
        NewLine("British explosive", EXPLOSIVE, "United Kingdom", "British plant", "(open)", 1_000, assumed("not reported", 182)),
    ),
}

# -- expansions: plant, line, added share of its rate ----------------------------------------------------
_RAMP = {"ramp_up": "Expansion ramp-up"}
EXPANSIONS: tuple[tuple[Plant, str, float, Source], ...] = (
    (Plant("Expal filling expansion", 112.5, derived("half of EUR 200m to 250m", 59), 12, assumed(_NOT_SAID), **_RAMP), "Expal filling", 3.0,
     assumed("with shifts about the 450,000 a year stated in 2025: 2,500 x 12 x 3.45 x 4 = 414,000", 69)),
    (Plant("Expal bodies expansion", 112.5, derived("half of EUR 200m to 250m", 59), 12, assumed(_NOT_SAID), **_RAMP), "Expal bodies", 3.0,
     assumed("as the filling it feeds", 69)),
    (Plant("La Chapelle expansion", 40, assumed(_NOT_SAID, 83), 18, assumed(_NOT_SAID), **_RAMP), "La Chapelle filling", 1.3,
     derived("100,000 a year in 2027 / (2,000 / 1.9 x 3.45 x 12 = 43,600) - 1", 83, 79)),
    (Plant("Tarbes expansion", 12, cited(275), 12, assumed(_NOT_SAID), **_RAMP), "Tarbes bodies", 0.6,
     derived("14,000 a month / (2,500 x 3.45 = 8,625) - 1", 87)),
    (Plant("Simmel expansion", 20, assumed(_NOT_SAID), 15, assumed(_NOT_SAID), **_RAMP), "Simmel filling", 0.5, assumed(_NOT_SAID, 84)),
    (Plant("Simmel bodies expansion", 20, assumed(_NOT_SAID), 15, assumed(_NOT_SAID), **_RAMP), "Simmel bodies", 0.5, assumed(_NOT_SAID, 84)),
    (Plant("Karlskoga expansion", 40, derived("EUR 26.2m is aid; the company pays a share on top", 175), 24, assumed(_NOT_SAID, 72), **_RAMP),
     "Karlskoga filling", 1.0, derived("three times the output in coming years, / 1.8 of shifts, and some", 72)),
    (Plant("Raufoss machinery", 260 / NOK, assumed("NOK 260m / 11.4", 171), 12, assumed(_NOT_SAID), status="committed", start="2023-01",
           start_source=assumed("with the order of 13 January 2023", 129), **_RAMP), "Raufoss bodies", 0.5, assumed("not reported")),
    (Plant("Sastamala expansion", 50, derived("ASAP's EUR 22.5m / 45 %", 246, 243), 18, assumed(_NOT_SAID), **_RAMP), "Sastamala bodies", 1.5,
     assumed("five times the pre-war output in 2024, shifts included", 73)),
    (Plant("Washington expansion", 86, assumed("half of GBP 150m / 0.87", 180), 18, assumed(_NOT_SAID), **_RAMP), "Washington bodies", 4.0,
     derived("16 times with shifts: 16 / 3.45 - 1 = 3.6, and some for spare", 76)),
    (Plant("Granada expansion", 10, assumed(_NOT_SAID), 5, cited(271), **_RAMP), "Granada filling", 0.5, assumed(_NOT_SAID)),
    (Plant("Scranton modernisation", _usd(243), assumed("USD 243m / 1.08", 222), 15, assumed(_NOT_SAID), **_RAMP), "Scranton bodies", 0.5,
     derived("24,000 to 36,000 bodies a month", 109)),
    (Plant("Wilkes-Barre modernisation", _usd(157), assumed("USD 400m - 243m, / 1.08", 221, 222), 15, assumed(_NOT_SAID), **_RAMP),
     "Wilkes-Barre bodies", 0.5, derived("24,000 to 36,000 bodies a month", 109)),
    (Plant("Iowa automation", 60, assumed(_NOT_SAID, 136), 15, assumed(_NOT_SAID), **_RAMP), "Iowa filling", 0.3, assumed(_NOT_SAID, 136)),
    (Plant("Canada filling step", 4.8 / CAD / 2, assumed("half of CAD 4.8m / 1.46", 103), 9, assumed(_NOT_SAID), **_RAMP), "Canada filling", 0.25,
     assumed("5,000 a month is x1.67; shifts give the rest", 103)),
    (Plant("Canada bodies step", 4.8 / CAD / 2, assumed("half of CAD 4.8m / 1.46", 103), 9, assumed(_NOT_SAID), **_RAMP), "Ingersoll bodies", 0.25,
     assumed("5,000 a month is x1.67; shifts give the rest", 103)),
    (Plant("Aschau powder addition", 69, derived("550 t at Bergerac's EUR 150m / 1,200 t", 209, 183, 184), 15, assumed(_NOT_SAID), **_RAMP),
     "Aschau powder", 0.3, derived("550 t a year / 12 / 150 t a month", 209)),
    (Plant("Aschau powder expansion", 230, cited(206), 24, assumed(_NOT_SAID), group="German powder", requires="Aschau powder addition", **_RAMP),
     "Aschau powder", 0.4, cited(264, reason="plus 40 % more by mid-2025")),
    (Plant("Aschau powder programme", 930, derived("EUR 230m x 1.63 / 0.4, at the cost of the expansion", 206, 264), 36,
           assumed("about three years for powder", 261), requires="Aschau powder expansion", **_RAMP),
     "Aschau powder", 1.63, derived("the group's 6,000 t a year to 20,000 t: +233 %, less the two steps before", 262, 263)),
    (Plant("Pardubice powder expansion", 2_000 / CZK, assumed("CZK 2bn / 24", 204), 36, cited(205), **_RAMP), "Pardubice powder", 2.0,
     cited(204, reason="up to tripling")),
    (Plant("Pardubice charges expansion", 22, derived("ASAP's EUR 10m / 45 %", 257, 243), 24, assumed(_NOT_SAID), **_RAMP), "Pardubice charges", 1.0,
     cited(204, reason="charges more than doubled")),
    (Plant("Bergerac charges expansion", 50, cited(187), 24, assumed("to 2026", 187), **_RAMP), "Bergerac charges", 1.0,
     derived("500,000 to 1 million modules", 187)),
    (Plant("Aschau charges expansion", 40, assumed(_NOT_SAID), 18, assumed(_NOT_SAID), **_RAMP), "Aschau charges", 0.6, assumed("as its powder", 264)),
    (Plant("Murcia energetics expansion", 60, assumed(_NOT_SAID, 253), 24, assumed(_NOT_SAID), **_RAMP), "Murcia powder", 1.0, assumed(_NOT_SAID)),
    (Plant("Radford expansion", 200, assumed(_NOT_SAID, 136), 30, assumed(_NOT_SAID, 261), **_RAMP), "Radford powder", 0.6, assumed(_NOT_SAID)),
    (Plant("Valleyfield expansion", 60, assumed(_NOT_SAID), 24, assumed(_NOT_SAID), **_RAMP), "Valleyfield powder", 0.5, assumed(_NOT_SAID)),
    (Plant("Crane expansion", 60, assumed(_NOT_SAID, 136), 15, assumed(_NOT_SAID), **_RAMP), "Crane charges", 0.6, assumed(_NOT_SAID)),
    (Plant("Saetre expansion", 32 / GBP, assumed("GBP 32m / 0.87", 226), 24, assumed(_NOT_SAID), **_RAMP), "Saetre explosive", 1.0,
     cited(226, reason="more than doubled")),
    (Plant("Bydgoszcz expansion", 40, assumed(_NOT_SAID), 24, assumed(_NOT_SAID), **_RAMP), "Bydgoszcz explosive", 0.4, assumed(_NOT_SAID)),
    (Plant("Holston expansion", 150, assumed(_NOT_SAID, 136), 30, assumed(_NOT_SAID), **_RAMP), "Holston explosive", 0.5, assumed(_NOT_SAID)),
)

SLIPS: tuple[tuple[str, int, Source], ...] = (
    ("Unterluess plant", 3, derived("15 months instead of 12", 149, 146)),
    ("Baisogala plant", 8, derived("middle of 6 to 9", 153)),
    ("Sopot plant", 10, assumed("2027 or 2028 instead of 14 months", 158, 156)),
    ("Glascoed plant", 9, derived("middle of 6 to 12", 181)),
    ("Mesquite plant", 20, assumed("nearly two years after opening, still no bodies", 214)),
    ("Camden plant", 9, assumed("the US goal of 100,000 a month slipped by nine months", 113, 114)),
    ("Varpalota rounds", 6, assumed("the mean slip of the others", 153)),
)
