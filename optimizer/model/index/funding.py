"""Which fund may pay which cost, and which costs must be paid from a fund."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from optimizer.plan.tables import COMMON
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import Network
from optimizer.scenario.schema import CATEGORIES, Fund


@dataclass(frozen=True)
class FundingIndex:
    """Index sets and coefficients of funding.

    Attributes
    ----------
    FUNDED
        (payer, category) that must be paid from funds -> the funds that may pay it; capex aside.
    CAPEX_FUNDS
        Project whose capex must be paid from funds -> the funds that may pay it.
    PAY
        (fund, payer, category, year) of those payments.
    PAY_CAPEX
        (fund, project, year).
    AMOUNTS
        (fund, year) -> what all payments up to it (fund that carries over) or in it may reach.
    carries_over, share, member
        By fund; `member` is its one owner, or empty for a common fund.
    """

    FUNDED: dict[tuple[str, str], tuple[str, ...]]
    CAPEX_FUNDS: dict[str, tuple[str, ...]]
    PAY: tuple[tuple[str, str, str, int], ...]
    PAY_CAPEX: tuple[tuple[str, str, int], ...]
    AMOUNTS: dict[tuple[str, int], float]
    carries_over: dict[str, bool]
    share: dict[str, float]
    member: dict[str, str]


def index_funding(network: Network, calendar: Calendar) -> FundingIndex:
    """Work out which costs must be paid by which funds."""
    amounts: dict[tuple[str, int], float] = defaultdict(float)
    funds: dict[str, Fund] = {}
    for row in network.scenario.rows(Fund):
        amounts[row.fund, row.year] += row.amount
        funds[row.fund] = row
    payers = [m.member for m in network.members.values() if m.kind == "member"] + [COMMON]
    funded = {
        (payer, category): tuple(f for f, row in funds.items() if _may_pay(row, payer, category))
        for payer in payers
        for category in CATEGORIES
        if category != "disposal" or any(item.may_be_discarded for item in network.items.values())
        if any(_must_pay(row, payer, category) for row in funds.values())
    }
    running = {key: found for key, found in funded.items() if key[1] != "capex"}
    capex = {
        p: funded[network.project_member(p), "capex"]
        for p, row in network.projects.items()
        if (row.capex or row.capex_per_size) and (network.project_member(p), "capex") in funded
    }
    return FundingIndex(
        FUNDED=running,
        CAPEX_FUNDS=capex,
        PAY=tuple((f, *key, y) for key, found in running.items() for f in found for y in calendar.years),
        PAY_CAPEX=tuple((f, p, y) for p, found in capex.items() for f in found for y in calendar.years),
        AMOUNTS={
            (f, y): sum(
                amounts.get((f, year), 0.0) for year in calendar.years if year == y or (row.carries_over and year < y)
            )
            for f, row in funds.items()
            for y in calendar.years
        },
        carries_over={f: row.carries_over for f, row in funds.items()},
        share={f: row.most_share for f, row in funds.items()},
        member={f: row.member[0] if len(row.member) == 1 else "" for f, row in funds.items()},
    )


def _may_pay(row: Fund, payer: str, category: str) -> bool:
    abroad = bool(row.abroad) if row.abroad is not None else False
    return category in row.covers and (not row.member or payer in row.member or abroad)


def _must_pay(row: Fund, payer: str, category: str) -> bool:
    """Tell whether a fund makes a cost payable from funds: its own, or a common one that may pay all."""
    if category not in row.covers:
        return False
    if row.member == (payer,):
        return True
    common_to = not row.member or (len(row.member) > 1 and payer in row.member)
    return common_to and (category != "capex" or row.most_share >= 1)
