"""Speed against other simulators of the same model; `python benchmarks/peers.py` measures everything."""
