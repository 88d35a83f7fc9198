"""Who pays is not arbitrary: own money first, then common funds; shown beside the cost key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.scenario.schema import Fund
from tests.quality.found import BROKEN, HELD, Found, Measured
from tests.quality.series import Series

LITTLE = 1e-3
"""Share of what others pay for a member that may be paid while its own money is left: what solvers leave open."""
CAPEX = "capex"


@dataclass
class Purse:
    """What a member's own funds hold and what is paid for it.

    Attributes
    ----------
    own, others
        Money paid by funds of the member alone, and by all others.
    avoidable
        Of the latter, what its own funds could have paid in that year.
    """

    own: float = 0.0
    others: float = 0.0
    avoidable: float = 0.0
    years: list[int] = field(default_factory=list)


def payers(series: Series) -> Measured:
    """Measure what common funds, or those of others, paid for a member while own money that may pay it was left."""
    purses = _purses(series)
    shares = series.plan.measures.shares
    keys = dict(zip(shares["member"], shares["key_share"], strict=True))
    common = sum(purse.others for purse in purses.values())
    found = []
    for member, purse in sorted(purses.items(), key=lambda pair: -pair[1].avoidable):
        size = f"own {purse.own:,.0f}, others {purse.others:,.0f}"
        key = keys.get(member, float("nan"))
        reason = f"{purse.others / common if common else 0.0:.1%} of what others pay, cost key {key:.1%}"
        wrong = purse.avoidable > LITTLE * purse.others
        if wrong:
            reason = f"{purse.avoidable:,.0f} of it while own money was left; {reason}"
        years = ", ".join(map(str, purse.years)) if wrong else ""
        found.append(Found(member, years, size, reason, BROKEN if wrong else HELD))
    total = sum(purse.avoidable for purse in purses.values())
    return Measured(f"{total:,.0f} of {common:,.0f}", tuple(found))


def _purses(series: Series) -> dict[str, Purse]:
    """Return the purse of each member that something is paid for."""
    funds = {row.fund: row for row in series.plan.scenario.rows(Fund)}
    purses: dict[str, Purse] = defaultdict(Purse)
    others: dict[tuple[str, int], dict[tuple[str, str], float]] = defaultdict(lambda: defaultdict(float))
    paid_by: dict[tuple[str, str], float] = defaultdict(float)
    for row in series.basis.table("payments").to_dict("records"):
        member, year, paid = row["member"], int(row["year"]), row["paid"]
        paid_by[row["fund"], row["project"]] += paid
        if funds[row["fund"]].member == (member,):
            purses[member].own += paid
        else:
            purses[member].others += paid
            others[member, year][row["category"], row["project"]] += paid
    left = _left(series, funds)
    capex = series.plan.measures.projects.groupby("project")["capex"].sum().to_dict()
    for (member, year), costs in sorted(others.items()):
        wrong = 0.0
        for name, fund in funds.items():
            if fund.member != (member,):
                continue
            for (category, project), paid in costs.items():
                if category not in fund.covers:
                    continue
                room = fund.most_share * capex.get(project, 0.0) - paid_by[name, project] if project else paid
                could = max(0.0, min(left[name][year], paid, room))
                _take(left[name], year, could, fund.carries_over)
                costs[category, project] -= could
                wrong += could
        if wrong > 0:
            purses[member].avoidable += wrong
            purses[member].years.append(year)
    return purses


def _left(series: Series, funds: Mapping[str, Fund]) -> dict[str, dict[int, float]]:
    """Return what each fund could have paid more in each year; where money carries over, without lack later."""
    found: dict[str, dict[int, float]] = {name: dict.fromkeys(series.calendar.years, 0.0) for name in funds}
    use = series.plan.measures.fund_use
    for name, year, left in zip(use["fund"], use["year"], use["left"], strict=True):
        found[name][int(year)] = max(0.0, left)
    for name, fund in funds.items():
        if fund.carries_over:
            years = sorted(found[name])
            for year, after in zip(years[-2::-1], years[:0:-1], strict=True):
                found[name][year] = min(found[name][year], found[name][after])
    return found


def _take(left: dict[int, float], year: int, paid: float, carries_over: bool) -> None:
    """Take what would have been paid out of a year, and of the later ones where money carries over."""
    for other in left:
        if other == year or (carries_over and other > year):
            left[other] = max(0.0, left[other] - paid)
