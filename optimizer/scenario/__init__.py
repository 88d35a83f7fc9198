"""What is given: the schema, the scenario, the calendar and the checks across rows."""
