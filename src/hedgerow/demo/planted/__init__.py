"""Planted stories: fixed extra accounts that repeat every half-year, whatever the size of the company.

Every story is laid out on the half-years of the calendar (January and July), so a year of bills always holds a
complete one, and a later day adds an occurrence without moving an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable

from hedgerow.demo.planted import adjustments, billing_shapes, mistakes, prepayments
from hedgerow.demo.planted.plant import Truth
from hedgerow.demo.world import World


def plant(world: World) -> Truth:
    """Write all planted accounts and say what was planted."""
    truth = Truth()
    stories: tuple[Callable[[World, Truth], None], ...] = (
        adjustments.plant, billing_shapes.plant, prepayments.plant, mistakes.plant)
    for story in stories:
        story(world, truth)
    truth.locate(world.rows)
    return truth
