"""Money, calendar, decisions and problems: no word of the business, no I/O, no clock."""
