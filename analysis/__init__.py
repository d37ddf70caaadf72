"""Reads stored studies only: comparisons, figures, tables and the report."""
