"""The rules again, recomputed from scenario and result tables; shares nothing with the model."""
