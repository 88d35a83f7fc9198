"""Excel out: sheets, charts, styles."""
