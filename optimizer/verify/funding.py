"""Funding: what must be paid is paid, by funds that may, within their amounts and shares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.plan.plan import Check
from optimizer.scenario.schema import Fund
from optimizer.verify.book import Book
from optimizer.verify.money import capex_payments, recomputed
from optimizer.verify.tally import Tally, beside, number


@dataclass(frozen=True)
class Budget:
    """A fund: its rows agree in all but year and amount."""

    terms: Fund
    amounts: Mapping[int, float]

    def may_pay(self, payer: str, category: str) -> bool:
        """Tell whether it covers the category and the payer: its members', everybody's, or abroad."""
        reaches = not self.terms.member or payer in self.terms.member or bool(self.terms.abroad)
        return category in self.terms.covers and reaches

    def must_pay(self, payer: str, category: str) -> bool:
        """Tell whether its being there makes a cost one that must be paid in full.

        It covers the category, and is the payer's alone, or is common to it and without a limit to
        its share (which only capex has).
        """
        if category not in self.terms.covers:
            return False
        if self.terms.member == (payer,):
            return True
        common = not self.terms.member or (len(self.terms.member) > 1 and payer in self.terms.member)
        return common and (self.terms.most_share >= 1 or category != "capex")


def budgets(book: Book) -> Mapping[str, Budget]:
    """Return the funds by name."""
    rows: dict[str, list[Fund]] = defaultdict(list)
    for row in book.facts.scenario.rows(Fund):
        rows[row.fund].append(row)
    return {name: Budget(found[0], {row.year: row.amount for row in found}) for name, found in rows.items()}


def must_be_paid(funds: Mapping[str, Budget], payer: str, category: str) -> bool:
    """Tell whether a cost is to be paid from funds in full; otherwise it is only counted."""
    return any(fund.must_pay(payer, category) for fund in funds.values())


def _payments(book: Book) -> list[tuple[str, str, str, str, int, float]]:
    frame = book.frame("payments")
    columns = ("fund", "member", "category", "project", "year", "paid")
    rows = zip(*(frame[name] for name in columns), strict=True)
    return [(f, m, c, p, round(year), float(paid)) for f, m, c, p, year, paid in rows]


def costs_are_paid(book: Book) -> Check:
    """Check paid by all funds = cost, by payer, category but capex, and year of the horizon.

    Costs of a period fall to years by its months in each. A cost that no fund makes one to be paid
    is counted only, and nothing is paid for it.
    """
    tally, calendar, funds = Tally("costs_are_paid", "payments"), book.facts.scenario.calendar, budgets(book)
    due: dict[tuple[str, str, int], float] = defaultdict(float)
    for (payer, category, _), amounts in recomputed(book).items():
        if category != "capex" and must_be_paid(funds, payer, category):
            for t, shares in enumerate(calendar.year_shares):
                for year, share in shares.items():
                    due[payer, category, year] += float(amounts[t]) * share
    paid: dict[tuple[str, str, int], float] = defaultdict(float)
    for _, payer, category, _, year, amount in _payments(book):
        if category != "capex":
            paid[payer, category, year] += amount
    sizes = _sizes(book, {key: key[1] for key in (*due, *paid)}, due, paid)
    for key in sorted({*due, *paid}):
        payer, category, year = key
        text = f"{category} of {payer} in {year} cost {number(due[key])} but {number(paid[key])} are paid"
        tally.row(abs(due[key] - paid[key]), text, sizes[category])
    return tally.check()


def capex_is_paid(book: Book) -> Check:
    """Check paid by all funds = payments due within the horizon, by project and year.

    Only where the project's member has a fund that makes capex one to be paid; else nothing is paid.
    """
    facts, funds, tally = book.facts, budgets(book), Tally("capex_is_paid", "payments")
    due: dict[tuple[str, int], float] = defaultdict(float)
    for name, _, month, amount in capex_payments(book):
        if month < facts.horizon and must_be_paid(funds, facts.network.project_member(name), "capex"):
            due[name, facts.scenario.calendar.date(month).year] += amount
    paid: dict[tuple[str, int], float] = defaultdict(float)
    for _, _, category, project, year, amount in _payments(book):
        if category == "capex":
            paid[project, year] += amount
    sizes = _sizes(book, dict.fromkeys((*due, *paid), "capex"), due, paid)
    for key in sorted({*due, *paid}):
        project, year = key
        text = f"capex of {project} in {year} is {number(due[key])} but {number(paid[key])} are paid"
        tally.row(abs(due[key] - paid[key]), text, sizes["capex"])
    return tally.check()


def _sizes(book: Book, kinds: Mapping[Any, str], *amounts: Mapping[Any, float]) -> dict[str, float]:
    sizes: dict[str, float] = defaultdict(lambda: float(beside(0.0, book.money)))
    for table in amounts:
        for key, amount in table.items():
            sizes[kinds[key]] = max(sizes[kinds[key]], abs(amount))
    return sizes


def payments_are_allowed(book: Book) -> Check:
    """Check that each payment is by a fund for a payer and category it may pay, in a year of the horizon.

    Capex names its project and the member it stands at; other categories name no project; payments
    are not negative.
    """
    facts, funds, tally = book.facts, budgets(book), Tally("payments_are_allowed", "payments")
    years = facts.scenario.calendar.years
    for name, payer, category, project, year, paid in _payments(book):
        why = ""
        if name not in funds:
            why = "which is no fund"
        elif year not in years:
            why = "a year outside the horizon"
        elif (category == "capex") != (project in facts.network.projects):
            why = f"with the project {project!r}"
        elif project and payer != facts.network.project_member(project):
            why = f"but {project} stands in {facts.network.project_member(project)}"
        elif not funds[name].may_pay(payer, category):
            why = "which it does not cover"
        elif not must_be_paid(funds, payer, category):
            why = "which is counted only"
        text = f"{name} pays {number(paid)} for {category} of {payer} in {year}, {why}"
        tally.must(not why or paid == 0, text)
    return tally.check()


def co_financing_is_limited(book: Book) -> Check:
    """Check paid by a fund for a project, all years, <= most share x its payments from the start on.

    Payments due after the horizon count in what the share is of.
    """
    funds, tally = budgets(book), Tally("co_financing_is_limited", "payments")
    whole: dict[str, float] = defaultdict(float)
    for name, _, _, amount in capex_payments(book):
        whole[name] += amount
    paid: dict[tuple[str, str], float] = defaultdict(float)
    for name, _, category, project, _, amount in _payments(book):
        if category == "capex" and name in funds:
            paid[name, project] += amount
    size = float(beside(max((*paid.values(), *whole.values()), default=0.0), book.money))
    for (name, project), amount in paid.items():
        most = funds[name].terms.most_share * whole[project]
        text = f"{name} pays {number(amount)} of {project}, at most {number(most)} may be"
        tally.row(amount - most, text, size)
    return tally.check()


def funds_hold(book: Book) -> Check:
    """Check paid by a fund in a year <= its amount; both summed over the years so far if it carries over."""
    facts, tally = book.facts, Tally("funds_hold", "payments")
    paid: dict[tuple[str, int], float] = defaultdict(float)
    for name, _, _, _, year, amount in _payments(book):
        paid[name, year] += amount
    for name, fund in budgets(book).items():
        there = spent = 0.0
        for year in facts.scenario.calendar.years:
            carried = fund.terms.carries_over
            there = there * carried + fund.amounts.get(year, 0.0)
            spent = spent * carried + paid[name, year]
            when = f"{'up to' if carried else 'in'} {year}"
            text = f"{name} pays {number(spent)} {when} but holds {number(there)}"
            tally.row(spent - there, text, float(beside(spent, book.money)))
    return tally.check()
