"""What comes out: result tables, extraction and measures."""
