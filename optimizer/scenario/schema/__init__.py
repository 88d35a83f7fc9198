"""One typed row model per sheet: every column with its header, type, unit, default, bounds, meaning.

This is the one source for the workbook reader, the template, the checks, the defaults, the report
headers and the documentation. The sheets stand here in their order; their columns, in the rooms.
"""

from __future__ import annotations

from optimizer.scenario.schema.column import (
    CATEGORIES,
    LEVERS,
    MOST,
    OBJECTIVES,
    Row,
    as_cell,
    choices,
    extra,
    headers,
    is_name,
    is_number,
)
from optimizer.scenario.schema.demand import Need, Order, Pledge
from optimizer.scenario.schema.industry import Item, LadderStep, Line, Member, ProfilePoint, Rate, Recipe, Site
from optimizer.scenario.schema.investment import Group, Project
from optimizer.scenario.schema.money import CostChange, Fund
from optimizer.scenario.schema.settings import SCHEMA_VERSION, Settings
from optimizer.scenario.schema.supply import Lane, Stock, Supplier
from optimizer.scenario.schema.targets import EACH, POOLED, Change, Target, Uncertain

__all__ = [
    "BY_TABLE",
    "CATEGORIES",
    "EACH",
    "LEVERS",
    "MODELS",
    "MOST",
    "OBJECTIVES",
    "POOLED",
    "REQUIRED_SHEETS",
    "SCHEMA_VERSION",
    "SHEETS",
    "TABLES",
    "WHAT_IFS",
    "Change",
    "CostChange",
    "Fund",
    "Group",
    "Item",
    "LadderStep",
    "Lane",
    "Line",
    "Member",
    "Need",
    "Order",
    "Pledge",
    "ProfilePoint",
    "Project",
    "Rate",
    "Recipe",
    "Row",
    "Settings",
    "Site",
    "Stock",
    "Supplier",
    "Target",
    "Uncertain",
    "as_cell",
    "choices",
    "extra",
    "headers",
    "is_name",
    "is_number",
]

TABLES: tuple[type[Row], ...] = (
    Member,
    Item,
    Recipe,
    Site,
    Line,
    Rate,
    LadderStep,
    ProfilePoint,
    Project,
    Group,
    Need,
    Order,
    Pledge,
    Stock,
    Supplier,
    Lane,
    CostChange,
    Fund,
    Target,
    Change,
    Uncertain,
)
MODELS: tuple[type[Row], ...] = (Settings, *TABLES)
SHEETS: dict[str, type[Row]] = {row.sheet: row for row in MODELS}
BY_TABLE: dict[str, type[Row]] = {row.table: row for row in TABLES}
WHAT_IFS: tuple[type[Row], ...] = (Change, Uncertain)
"""Tables of what may be otherwise: no plan hangs on them, and no what-if changes them."""
REQUIRED_SHEETS = ("Settings", "Members", "Items", "Sites", "Lines", "Rates")
