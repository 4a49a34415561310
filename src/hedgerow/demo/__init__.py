"""The demo company: invented customers whose every month is known in advance, with mistakes planted for the engine."""
