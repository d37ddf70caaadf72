"""The data package: defaults, catalogue, bases of countries, evidence, and the library of scenarios."""
