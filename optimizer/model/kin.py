"""What decisions belong together: those about lines and projects of one item, of one member, of one site."""

from __future__ import annotations

from typing import Any

from optimizer.model.index import Index

Kin = dict[str, dict[tuple[str, Any], str]]
"""Kind -> (variable, first part of its key) -> what the decision belongs to."""


def kin(index: Index) -> Kin:
    """Return by item, member and site what the crews of every line and the start of every project belong to."""
    network = index.network
    first_item: dict[str, str] = {}
    for base, item in network.rates:
        first_item.setdefault(base, item)
    found: Kin = {"item": {}, "member": {}, "site": {}}
    decisions = {("run", name): line for name, line in network.lines.items()}
    decisions |= {("build", name): line for name in network.projects for line in network.project_lines(name)[:1]}
    for decision, line in decisions.items():
        found["item"][decision] = first_item.get(line.base, "")
        found["member"][decision], found["site"][decision] = line.member, line.site
    return found
