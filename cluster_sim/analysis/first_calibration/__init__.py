"""A first calibration: the point that meets best what a study knows and what sources say, from runs of a few seeds."""
