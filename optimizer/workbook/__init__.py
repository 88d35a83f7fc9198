"""Excel in: a workbook becomes rows with cell addresses; templates come from the schema."""
