"""Rows of supply: what suppliers deliver at most."""

from __future__ import annotations

from tests.model.rows import expect, keys, model_of, row

TESTED = {"suppliers_deliver_a_limited_amount"}


def test_a_supplier_sells_a_limited_amount_to_all_places() -> None:
    """10 a month from month 1 on are 20 in a first period of three months, to A and B together."""
    model = model_of(
        {"periods": "1x3, 1x1"},
        members=[{"member": "A"}, {"member": "B"}],
        items=[{"item": "powder", "kind": "material"}],
        sites=[],
        suppliers=[
            {"supplier": "mill", "item": "powder", "most_per_month": 10, "from_month": "2024-02"},
            {"supplier": "trader", "item": "powder"},
        ],
        lanes=[{"from_place": "A", "to_place": "B", "item": "powder"}],
    )
    bought = {("buy", "mill", "A", "powder", 0): 1, ("buy", "mill", "B", "powder", 0): 1}
    assert row(model, "suppliers_deliver_a_limited_amount", "mill", "powder", 0) == expect(bought, "<=", 20)
    assert {key[0] for key in keys(model, "suppliers_deliver_a_limited_amount")} == {"mill"}
