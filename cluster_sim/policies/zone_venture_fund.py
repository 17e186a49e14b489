"""Venture fund of the zone: public capital for young studios of the zones, from the seed round on."""

from __future__ import annotations

from cluster_sim.codes import FundKind
from cluster_sim.policies.base import Key
from cluster_sim.policies.public_fund import ROUNDS, PublicFund

NOWHERE = 1 << 31       # the bit of no zone: a city without the zones that are named


class ZoneVentureFund(PublicFund):
    """The zone's own venture capital: early rounds, and only studios that stand in its zones."""

    name = "zone_venture_fund"
    title = "Venture fund of the zone"
    text = "A public fund of the zone that invests in early rounds of studios in the zones."
    payer = {"city": 1.0}
    kind = FundKind.ZONE
    keys = PublicFund.keys | {
        "size": Key("million yuan", 0.0, 0, 1e6, "committed capital", "assumed",
                    "Hi-tech Zone: 100 million yuan of an angel fund, 42 start-ups in 4 years (CNR 2016-05-25); 10 "
                    "billion for unicorns (PRNewswire 2018-05-18); the part for creative studios is assumed"),
        "last_round": Key("rank", 2, 1, 5, f"latest round: {ROUNDS}"),
        "zones": Key("list of zones", ["hi_tech_south", "hi_tech_west"], text="zones whose studios it may finance"),
    }

    def mandate(self, model) -> int:
        return self.mask(model) or (NOWHERE if self.get("zones") else 0)
