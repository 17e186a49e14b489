"""The columns of the table `projects`, one row a released title: unit and meaning."""

from __future__ import annotations

MONEY = "million yuan"
TITLES: dict[str, tuple[str, str]] = {
    "project_id": ("text", "identity of the title; it depends on its studio and its serial number there"),
    "title": ("text", "name of a replayed hit; of all others segment and number"),
    "owner_id": ("text", "identity of the studio that made it"),
    "segment": ("text", "branch"),
    "month": ("date", "month of release"),
    "started": ("date", "month of the green light"),
    "budget": (MONEY, "what was spent on it"),
    "cost": (MONEY, "what its studio and co-investors paid for it"),
    "gross": (MONEY, "gross so far, at home and abroad"),
    "gross_abroad": (MONEY, "of the gross, abroad"),
    "receipts": (MONEY, "what the studio has received of the gross"),
    "coinvested": ("share", "part of cost and receipts that co-investors carry"),
    "owned_elsewhere": ("share", "of that part, what owners in other cities carry"),
    "aid": (MONEY, "public aid received"),
    "quality": ("log", "quality at release; 0 is a typical title"),
    "tests": ("count", "rounds of tests with users"),
    "partners": ("count", "partners in the city"),
    "outside_partners": ("count", "partners in other cities"),
    "repeated_ties": ("count", "partners with whom the studio had worked before"),
    "hit": ("yes or no", "whether its gross passed the threshold of a hit"),
    "flagship": ("yes or no", "whether it had very many partners"),
    "replay": ("yes or no", "whether it is a hit of history, replayed"),
    "sequel_of": ("text", "identity of the studio's best known title when it began; 0 if none"),
    "owner_alive": ("yes or no", "whether the studio was still open at the end of the run"),
    "stage": ("text", "whether it is still in the market at the end of the run"),
}
"""Column -> unit and meaning; money at constant 2017 prices."""
