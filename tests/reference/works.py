"""Work: one project of a studio, from its premiere through its months in the market."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from cluster_sim.codes import HitState, Stage
from cluster_sim.draws import RELEASE

if TYPE_CHECKING:
    from .studios import Studio

POOR = 1e-3


def yuan(amount: float) -> int:
    """Round a payment to whole yuan."""
    return math.floor(amount + 0.5)


class Work(mesa.Agent):
    """A project; attributes as in the columns of `PROJECT`, the owner as an object."""

    owner: Studio

    def __init__(self, city: Any, columns: dict[str, Any], owner: Studio) -> None:
        super().__init__(city)
        self.__dict__.update(columns)
        self.owner = owner

    def trait(self, name: str) -> float:
        """Return a number of the work's segment."""
        return self.model.seg[name][self.segment]

    # ---- step 6: production
    def make(self) -> None:
        """Make a month of the work in the house: what is left, spread over the months that are left."""
        if self.stage != Stage.PRODUCTION:
            return
        months = max(1, self.earliest - self.model.t)
        effort = 0.0
        for k, need in enumerate(self.need):
            part = self.owner.served * max(0.0, need - self.done_by[k]) / months
            self.done_by[k] += part
            self.merit[k] += part * math.exp(self.owner.quality)
            effort += part
        cost = yuan(effort * self.owner.unit_cost)
        self.cost += cost
        self.owner.cash += yuan(self.coinvest * cost)
        left = sum(max(0.0, need - done) for need, done in zip(self.need, self.done_by, strict=True))
        if left < 0.02 * sum(self.need):
            self.stage, self.wait = Stage.TESTING, 0

    # ---- step 7: release
    def clear(self) -> None:
        """Pass from tests to clearance and from clearance to release when the months are over."""
        if self.stage == Stage.TESTING and self.wait <= 0:
            self.stage = Stage.CLEARANCE
            self.wait = max(0, self.earliest - self.model.t) if self.replay else int(self.trait("clearance"))
        if self.stage == Stage.CLEARANCE and self.wait <= 0:
            self.stage = Stage.READY

    def craft(self) -> float:
        """Return the log of the CES over specialisms of merit per effort needed, with the mix of the segment."""
        rho = self.model.par["release.ces"]
        needed = self.effort_out + sum(self.need)
        shares = self.model.mix[self.segment]
        levels = {k: max(POOR, self.merit[k] / max(needed * share, 1e-9))
                  for k, share in enumerate(shares) if share > 0}
        mean = sum(shares[k] * level**rho for k, level in levels.items()) / sum(shares[k] for k in levels)
        return min(2.0, max(-2.0, math.log(max(POOR, mean ** (1.0 / rho)))))

    def premiere(self) -> None:
        """Come out: ``gross = budget * exp(location + q*quality + r*reputation + franchise + xi)``, xi skew-normal.

        A share of works finds no audience at all; no work can find more than the ceiling of its segment.  In a small
        city a work has its own luck up to the part of the ceiling that fits the city, and the mean over the works that
        it stands for of what lies above; the audience meets their mean.
        """
        if self.stage != Stage.READY:
            return
        city, par, studio = self.model, self.model.par, self.owner
        self.quality = (self.craft() + par["release.freshness"] * self.freshness
                        + par["release.novelty"] * self.novelty + self.fit)
        luck = city.luck.draw(RELEASE, self.id, self.serial)     # keyed by the serial number, not by the month
        location = (self.trait("location") + self.trait("quality_weight") * self.quality
                    + par["release.reputation"] * studio.reputation + par["release.franchise"] * self.franchise)
        if not self.replay:
            self.budget = self.cost
        ceiling, scale = self.trait("ceiling") * 1e6, city.state["scale"]
        whole, small = [], []
        for _ in range(round(1.0 / scale)):
            xi = city.state["residual_sd"][self.segment] * luck.skew_normal(self.trait("skewness"))
            wanted = self.budget * math.exp(location + xi) * city.state["release_shock"][self.segment]
            luck = luck.again().again()
            if luck.uniform() < par["release.zero"]:
                wanted = 0.0
            luck = luck.again()
            whole.append(ceiling * (1.0 - math.exp(-wanted / ceiling)))
            small.append(ceiling * scale * (1.0 - math.exp(-wanted / (ceiling * scale))))
        self.crowd = sum(whole) / len(whole)
        self.potential = small[0] + self.crowd - sum(small) / len(small)
        if self.replay:
            self.potential = self.crowd = self.fixed_gross
        self.stage, self.released, self.run = Stage.RUNNING, city.t, 0
        studio.cash -= yuan(self.trait("marketing") * self.cost)
        studio.released += 1
        city.note("released", self)

    def month_alone(self) -> float:
        """Return what the work would gross this month with no other title on: a geometric fading."""
        return self.crowd * (1.0 - self.trait("run_decay")) * self.trait("run_decay") ** self.run

    def screen(self) -> None:
        """Gross a month among the others, and share the receipts with the state and with co-investors."""
        if self.stage != Stage.RUNNING:
            return
        city, par, studio = self.model, self.model.par, self.owner
        part = self.trait("run_decay") ** self.run
        if self.run + 1 < self.trait("run"):
            part *= 1.0 - self.trait("run_decay")
        month = self.potential * part
        if not self.replay:
            others = max(0.0, city.crowd[self.segment] - self.crowd * part)
            others /= max(city.state["release_market"][self.segment], 1.0)
            month *= (1.0 + others) ** -par["release.crowding"]
        home, abroad = yuan(month), yuan(month * self.trait("export_share") * studio.export)
        receipts = yuan(home * self.trait("producer_share")) + yuan(abroad * self.trait("producer_share"))
        self.gross += home + abroad
        self.receipts += receipts
        studio.sales += receipts
        studio.cash += receipts - yuan(receipts * par["costs.production_tax"]) - yuan(receipts * self.coinvest)
        self.run += 1
        if self.hit == HitState.NONE and self.gross >= city.state["hit_threshold"]:
            self.hit = HitState.NEW
            city.note("hit", self)
        if self.run >= self.trait("run"):
            self.stage = Stage.DONE
