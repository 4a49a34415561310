"""Pure rules: facts and policy values in, decisions out. No I/O, no clock, no threshold."""
