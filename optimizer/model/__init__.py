"""The formulation: the only place with Pyomo expressions."""
