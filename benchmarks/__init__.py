"""Measurements of huangpu: `./dev bench`. Figures are ratios within one run."""
