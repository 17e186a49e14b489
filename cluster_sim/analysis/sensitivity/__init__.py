"""Which factors move an output: Morris screening, Sobol indices, PAWN, and how far their ranking can be trusted."""
