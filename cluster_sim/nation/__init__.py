"""The nation's other cities, each a small aggregate city: jobs, wages, prices, people, know-how, luck."""
