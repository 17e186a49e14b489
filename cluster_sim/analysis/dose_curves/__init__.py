"""Dose curves: what each instrument does to its aim and to the city, from a tenth to a hundred times its amounts."""
