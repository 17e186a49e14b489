"""Future-industry guidance fund: public capital that invests beside private funds in later rounds."""

from __future__ import annotations

from cluster_sim.codes import FundKind
from cluster_sim.policies.base import Key
from cluster_sim.policies.public_fund import ROUNDS, PublicFund


class GuidanceFund(PublicFund):
    """The city's and the province's fund for future industries; it enters when a studio has shown something."""

    name = "guidance_fund"
    title = "Future-industry guidance fund"
    text = "A public fund that co-invests in studios from a given round on."
    payer = {"city": 0.7, "province": 0.3}
    kind = FundKind.GUIDANCE
    keys = PublicFund.keys | {
        "size": Key("million yuan", 0.0, 0, 1e6, "committed capital", "measured",
                    "Cover News 2025-05-29; People's Daily 2025-10-24: more than 3 billion yuan"),
        "first_round": Key("rank", 2, 1, 5, f"earliest round: {ROUNDS}"),
    }
