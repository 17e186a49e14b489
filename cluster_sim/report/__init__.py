"""Figures and tables that can be printed. matplotlib is imported by this package only."""
