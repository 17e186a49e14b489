"""Econometrics on the model's own output: the designs of published studies, one file each.

`zones` difference-in-differences, `entry` its decomposition, `lottery` among applicants, `density` regression,
`firm_size` effects, `rents` gradient; `study` does the runs that they need and estimates all of them.
"""
