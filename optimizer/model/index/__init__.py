"""Scenario to sparse index sets and coefficients: every condition of the model lives here.

One room per family. Sets are in UPPER case and hold only what the workbook makes possible;
coefficients are dictionaries over them. Nothing here knows Pyomo.
"""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.model.index.capacity import CapacityIndex, index_capacity
from optimizer.model.index.demand import DemandIndex, index_demand
from optimizer.model.index.funding import FundingIndex, index_funding
from optimizer.model.index.production import ProductionIndex, index_production
from optimizer.model.index.projects import ProjectIndex, index_projects
from optimizer.model.index.shifts import ShiftIndex, index_shifts
from optimizer.model.index.stock import StockIndex, index_stock
from optimizer.model.index.supply import SupplyIndex, index_supply
from optimizer.model.index.targets import TargetIndex, index_targets
from optimizer.model.index.weekends import WeekendIndex, index_weekends
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.network import Network
from optimizer.scenario.scenario import Scenario


@dataclass(frozen=True)
class Index:
    """All index sets and coefficients of one scenario, by family."""

    scenario: Scenario
    network: Network
    calendar: Calendar
    projects: ProjectIndex
    shifts: ShiftIndex
    weekends: WeekendIndex
    production: ProductionIndex
    capacity: CapacityIndex
    supply: SupplyIndex
    demand: DemandIndex
    stock: StockIndex
    funding: FundingIndex
    targets: TargetIndex


def build_index(scenario: Scenario) -> Index:
    """Work out which variables and constraints a scenario makes possible, and their coefficients."""
    network, calendar = Network(scenario), scenario.calendar
    projects = index_projects(network, calendar)
    shifts = index_shifts(network, calendar, projects)
    production = index_production(network, calendar, projects)
    weekends = index_weekends(network, calendar, projects, shifts, production)
    capacity = index_capacity(network, calendar, projects, shifts, weekends, production)
    supply = index_supply(network, calendar)
    demand = index_demand(network, calendar)
    stock = index_stock(network, calendar, production, supply, demand)
    funding = index_funding(network, calendar)
    targets = index_targets(network, calendar, production, demand, stock, funding)
    return Index(
        scenario=scenario,
        network=network,
        calendar=calendar,
        projects=projects,
        shifts=shifts,
        weekends=weekends,
        production=production,
        capacity=capacity,
        supply=supply,
        demand=demand,
        stock=stock,
        funding=funding,
        targets=targets,
    )
