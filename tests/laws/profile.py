"""How many scenarios the laws are tried on: always the same few, or many new ones when asked to.

`OPTIMIZER_EXAMPLES=300 pytest tests/laws` tries every law on 300 scenarios drawn anew.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

ASKED = int(os.environ.get("OPTIMIZER_EXAMPLES", "0"))


def examples(few: int) -> settings:
    """Return settings for a law: `few` scenarios, the same on every run, unless more are asked for."""
    return settings(
        max_examples=ASKED or few,
        derandomize=not ASKED,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        print_blob=False,
    )
