"""What is to be reached, what-ifs, and what is known only within a range."""

from __future__ import annotations

from typing import Literal

from optimizer.scenario.schema.column import MOST, Anything, Month, Name, Number, Row, Text, column

EACH, POOLED = "each", "pooled"
"""Words that stand in the place of a target instead of a name."""


class Target(Row):
    """A target: hard, soft or as soon as possible."""

    sheet = "Targets"
    table = "targets"
    key = ("target",)
    meaning = "What must hold (hard), should hold (soft), or should hold as soon as possible (asap)."

    target: Name = column("target", "Name of the target.")
    kind: Literal["rate", "coverage", "stock", "home share", "waiting time"] = column(
        "kind",
        "rate: units made per month; coverage: share of a need met; stock: closing stock; home share: share "
        "made (with an item) or spent (without) at home; waiting time: months from order to delivery.",
    )
    place: Name | None = column(
        "member, recipient or customer",
        "Whom it is about; each: a target for each; pooled: all as one. Empty: all as one, but a waiting time holds "
        "for every customer, from one date for all.",
        default=None,
        hint="Pooled, the sum over all is held to the value, and one may be served worse than another. With each, "
        "every one is held to it.",
    )
    item: Name | None = column(
        "item", "Item; empty: each one that it can be about.", default=None, refers_to="Items.item"
    )
    from_month: Month | None = column("from", "First month; empty: from the start.", default=None)
    to_month: Month | None = column("to", "Last month; empty: to the end.", default=None)
    value: Number = column("value", "Units per month, share, units, share, months: as the kind says.", ge=0)
    strength: Literal["hard", "soft", "asap"] = column(
        "strength",
        "hard: must hold; soft: gaps count as shortfall; asap: as soon as possible, then to the end, at least 12 "
        "months (or a quarter of a shorter window).",
        default="hard",
    )
    weight: Number = column("weight", "Weight of a soft gap, or of a month of an asap target.", default=1.0, ge=0)


class Change(Row):
    """One change of a named scenario against the workbook."""

    sheet = "Scenarios"
    table = "scenarios"
    key = ("scenario", "changed_sheet", "changed_key", "changed_column")
    meaning = "What-ifs: changes to rows of other sheets, used by name."

    scenario: Name = column("scenario", "Name of the scenario.")
    changed_sheet: Name = column("sheet", "Sheet that is changed.")
    changed_key: Text = column(
        "key",
        "Key values of the row joined by ' | ', or a beginning that no other row has; * for all rows.",
        hint="Of Settings, the name of the setting.",
    )
    changed_column: Name = column("column", "Header of the column that is changed.")
    change: Literal["set", "multiply", "add"] = column("change", "What is done with the value.", default="set")
    value: Anything = column("value", "New value, factor or addition.")
    probability: Number | None = column(
        "probability",
        "Of the scenario; the workbook as it is has what is left of 1.",
        default=None,
        share=True,
        ge=0,
        le=1,
        odd_from=1,
    )


class Uncertain(Row):
    """A value that is known only within a range, from which scenarios are drawn."""

    sheet = "Uncertain"
    table = "uncertain"
    key = ("changed_sheet", "changed_key", "changed_column")
    meaning = "Values that are known only within a range; `optimizer sample` draws scenarios from them."

    changed_sheet: Name = column("sheet", "Sheet of the value.")
    changed_key: Text = column(
        "key",
        "Key values of the row joined by ' | ', or a beginning that no other row has; * for all rows.",
        hint="Of Settings, the name of the setting.",
    )
    changed_column: Name = column("column", "Header of the column: of numbers, or of months, to which some are added.")
    change: Literal["set", "multiply", "add"] = column(
        "change", "What is done with the value by the number that is drawn.", default="set"
    )
    distribution: Literal["uniform", "triangular", "event"] = column(
        "distribution",
        "uniform: all from low to high alike; triangular: most likely the mode; event: high with its probability, "
        "else low.",
        default="uniform",
        hint="Where whole numbers are held, whole ones are drawn.",
    )
    low: Number = column("low", "Least that is drawn.", ge=-MOST, le=MOST)
    mode: Number | None = column("mode", "Most likely, of a triangular one.", default=None, ge=-MOST, le=MOST)
    high: Number = column("high", "Most that is drawn.", ge=-MOST, le=MOST)
    probability: Number | None = column(
        "probability", "Of an event: that it is high.", default=None, share=True, ge=0, le=1, odd_from=1
    )
    group: Name | None = column(
        "correlation group", "Values of one group rise and fall together; empty: by itself.", default=None
    )
    correlation: Number = column(
        "correlation",
        "With what the group shares: 1 goes with it, -1 against it, between them in part.",
        default=1.0,
        ge=-1,
        le=1,
        hint="Two of a group are correlated by the product of theirs (of normal variables behind them).",
    )
