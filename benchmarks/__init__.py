"""Speed against other simulators of the same model; `python -m benchmarks` measures everything."""
