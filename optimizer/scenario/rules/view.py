"""A scenario as the rules see it: rows with their numbers, and findings that name a cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from optimizer.errors import ERROR, WARNING, Finding
from optimizer.scenario.calendar import Calendar
from optimizer.scenario.parse import Origin, closest
from optimizer.scenario.scenario import Scenario
from optimizer.scenario.schema import Member, ProfilePoint, Rate, Recipe, Row, Settings, Site
from optimizer.scenario.values import parse_list

R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Unread:
    """A record that is no row, because some of its values cannot be read; what it names still counts.

    Attributes
    ----------
    values
        Attribute -> value as written, of the cells that could be read.
    origin
        Where the record stands, as the only one.
    """

    values: Mapping[str, object]
    origin: Origin

    def texts(self, attribute: str) -> tuple[str, ...]:
        """Return the entries of a value as text; none where there is no text."""
        try:
            return parse_list(self.values.get(attribute))
        except ValueError:
            return ()


@dataclass(frozen=True)
class View:
    """A scenario under check.

    Parameters
    ----------
    scenario
        What is checked.
    broken
        Tables of which some rows could not be read; what is missing there is no finding.
    unread
        Those rows, of tables of which they are all that is missing.
    """

    scenario: Scenario
    broken: Collection[str] = ()
    unread: Mapping[str, Sequence[Unread]] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """Return the settings."""
        return self.scenario.settings

    @property
    def calendar(self) -> Calendar:
        """Return the calendar; only for rules that read Settings."""
        return self.scenario.calendar

    def rows(self, model: type[R]) -> tuple[R, ...]:
        """Return the rows of a table."""
        return self.scenario.rows(model)

    def numbered(self, model: type[R]) -> Iterator[tuple[int, R]]:
        """Yield the rows of a table with their positions."""
        return iter(enumerate(self.scenario.rows(model)))

    def finding(self, model: type[Row], index: int, attribute: str, message: str, severity: str) -> Finding:
        """Return a finding about one value."""
        return Finding(*self.scenario.locate(model.table, index, attribute), message, severity)

    def error(self, model: type[Row], index: int, attribute: str, message: str) -> Finding:
        """Return an error about one value."""
        return self.finding(model, index, attribute, message, ERROR)

    def warning(self, model: type[Row], index: int, attribute: str, message: str) -> Finding:
        """Return a warning about one value."""
        return self.finding(model, index, attribute, message, WARNING)

    def names(self, model: type[Row], attribute: str) -> frozenset[str] | None:
        """Return the names in a column, those of unreadable rows as well; None where some cannot be told."""
        doubt = self.in_doubt(model, attribute)
        return None if doubt is None else frozenset(getattr(row, attribute) for row in self.rows(model)) | doubt

    def in_doubt(self, model: type[Row], attribute: str) -> frozenset[str] | None:
        """Return the names in a column of which some rows could not be read; None where these cannot be told."""
        if model.table in self.broken and model.table not in self.unread:
            return None
        unread = [record.texts(attribute) for record in self.unread.get(model.table, ())]
        return frozenset(text for (text, *_) in unread) if all(unread) else None

    # -- look-ups that bear unknown names ----------------------------------------------------------
    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Return member or recipient by name."""
        return {row.member: row.kind for row in self.rows(Member)}

    @cached_property
    def profiles(self) -> Mapping[str, Mapping[int, float]]:
        """Return the shares of each profile by month."""
        points: dict[str, dict[int, float]] = defaultdict(dict)
        for row in self.rows(ProfilePoint):
            points[row.profile][row.month] = row.share
        return points

    @cached_property
    def site_members(self) -> Mapping[str, str]:
        """Return the member of each site."""
        return {row.site: row.member for row in self.rows(Site)}

    @cached_property
    def made(self) -> frozenset[str]:
        """Return the items that some line makes."""
        return frozenset(row.item for row in self.rows(Rate))

    @cached_property
    def by_products(self) -> frozenset[str]:
        """Return the items that come out as well when some line makes another."""
        return frozenset(row.input for row in self.rows(Recipe) if row.quantity < 0 and row.item in self.made)


@dataclass(frozen=True)
class Rule:
    """A rule, and the tables it can judge only when all their rows could be read."""

    find: Callable[[View], Iterator[Finding]]
    reads: tuple[type[Row], ...]

    def findings(self, view: View) -> Iterator[Finding]:
        """Yield what breaks the rule; nothing when a table it reads is broken."""
        if not any(model.table in view.broken for model in self.reads):
            yield from self.find(view)


def unknown(name: str, sheet: str, known: Collection[str]) -> str:
    """Return what a message says of a name that another sheet lacks."""
    return f"`{name}` is not in {sheet}{closest(name, known) or '; add it there, or mend the name'}"


def first_by(rows: Iterator[tuple[int, R]], name: Callable[[R], str | None]) -> Mapping[str, tuple[int, R]]:
    """Return the first row of each name, with its position; rows without a name are left out."""
    first: dict[str, tuple[int, R]] = {}
    for index, row in rows:
        key = name(row)
        if key is not None:
            first.setdefault(key, (index, row))
    return first
