"""The formulation: index sets and coefficients, then one file of Pyomo variables and constraints per family."""

from pyomo.common.dependencies import scipy_available

if hasattr(scipy_available, "_callback"):  # else scipy brings scipy.stats along: most of a second for nothing
    scipy_available._callback = None
