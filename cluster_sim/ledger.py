"""The double-entry ledger: every payment of a month is one entry with a payer and a payee.

A kernel that moves money changes the balance of the agent and adds the same whole-yuan amount to
``flow[KIND]``.  What is sold or bought on credit is two entries, the sale and the credit given; what is paid later is
a third.  At the month's end `check` holds the two against each other, from agents' balances and from the flows, on the
production side and on the income side (System of National Accounts 2008, ch. 6-7); `balances` does so for claims.
Amounts are whole yuan in double precision, so the sums are exact; a difference is a mistake, not noise.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cluster_sim.balances import Claims, LedgerError, agree

SECTORS = ("studios", "households", "funds", "city", "province", "centre", "landlords",
           "outside_partners", "banks", "rest_of_city", "rest_of_nation", "rest_of_world")
CLIENTS = {"home": "rest_of_city", "nation": "rest_of_nation", "abroad": "rest_of_world"}
HOLDERS = ("banks", "rest_of_city", "rest_of_nation", "households")     # who takes over the claims of a closed studio

# name, payer, payee, role in the production account of the studios
# roles: sale (+ output), input (- output), wage, tax (other taxes on production), subsidy (other subsidies
# on production), none (distribution of income, capital and financial account)
_TABLE = (
    ("sales_home", "rest_of_city", "studios", "sale"),
    ("sales_nation", "rest_of_nation", "studios", "sale"),
    ("sales_abroad", "rest_of_world", "studios", "sale"),
    ("sales_local_partner", "studios", "studios", "both"),
    ("receipts_nation", "rest_of_nation", "studios", "sale"),
    ("receipts_abroad", "rest_of_world", "studios", "sale"),
    ("inputs_city", "studios", "rest_of_city", "input"),
    ("inputs_nation", "studios", "rest_of_nation", "input"),
    ("outside_partner_work", "studios", "outside_partners", "input"),
    ("compute", "studios", "rest_of_nation", "input"),
    ("marketing", "studios", "rest_of_nation", "input"),
    ("rent", "studios", "landlords", "input"),
    ("moving", "studios", "rest_of_city", "input"),
    ("wages", "studios", "households", "wage"),
    ("social_contributions", "studios", "province", "wage"),
    ("production_tax", "studios", "city", "tax"),
    ("rent_subsidy_city", "city", "studios", "subsidy"),
    ("rent_subsidy_province", "province", "studios", "subsidy"),
    ("compute_subsidy_city", "city", "studios", "subsidy"),
    ("compute_subsidy_province", "province", "studios", "subsidy"),
    ("wage_subsidy_city", "city", "studios", "subsidy"),
    ("wage_subsidy_province", "province", "studios", "subsidy"),
    ("refunds_city", "city", "studios", "none"),
    ("refunds_province", "province", "studios", "none"),
    ("refunds_centre", "centre", "studios", "none"),
    ("grants_city", "city", "studios", "none"),
    ("grants_province", "province", "studios", "none"),
    ("grants_centre", "centre", "studios", "none"),
    ("profit_tax_centre", "studios", "centre", "none"),
    ("profit_tax_province", "studios", "province", "none"),
    ("profit_tax_city", "studios", "city", "none"),
    ("income_tax_centre", "households", "centre", "none"),
    ("income_tax_province", "households", "province", "none"),
    ("income_tax_city", "households", "city", "none"),
    ("vat_centre", "studios", "centre", "none"),
    ("vat_province", "studios", "province", "none"),
    ("vat_city", "studios", "city", "none"),
    ("interest", "studios", "banks", "none"),
    ("dividends", "studios", "households", "none"),
    ("credited_partners_points", "studios", "studios", "none"),
    ("points_outside", "studios", "outside_partners", "none"),
    ("coinvestment", "rest_of_nation", "studios", "none"),
    ("coinvestors_share", "studios", "rest_of_nation", "none"),
    ("founders_capital", "households", "studios", "none"),
    ("equity", "funds", "studios", "none"),
    ("capital_calls_private", "households", "funds", "none"),
    ("capital_calls_city", "city", "funds", "none"),
    ("capital_calls_province", "province", "funds", "none"),
    ("capital_calls_corporate", "rest_of_nation", "funds", "none"),
    ("stake_sales", "rest_of_nation", "funds", "none"),
    ("fund_distributions", "funds", "households", "none"),
    ("liquidation", "studios", "households", "none"),
    ("consumption_city", "households", "rest_of_city", "none"),
    ("consumption_nation", "households", "rest_of_nation", "none"),
    ("programmes_city", "city", "rest_of_city", "none"),
    ("programmes_province", "province", "rest_of_city", "none"),
    ("programmes_centre", "centre", "rest_of_city", "none"),
    ("talent_aid_city", "city", "households", "none"),
    ("talent_aid_province", "province", "households", "none"),
    ("talent_aid_centre", "centre", "households", "none"),
    ("operator_grants_city", "city", "landlords", "none"),
    ("operator_grants_province", "province", "landlords", "none"),
    ("guarantees_city", "city", "banks", "none"),
    ("guarantees_province", "province", "banks", "none"),
    ("localisation", "studios", "rest_of_nation", "input"),
    ("bank_loans", "banks", "studios", "none"),
    ("loan_repayments", "studios", "banks", "none"),
    ("invoiced_vat_home", "rest_of_city", "studios", "none"),
    ("invoiced_vat_nation", "rest_of_nation", "studios", "none"),
    ("credit_to_home", "studios", "rest_of_city", "none"),
    ("credit_to_nation", "studios", "rest_of_nation", "none"),
    ("credit_to_abroad", "studios", "rest_of_world", "none"),
    ("collected_home", "rest_of_city", "studios", "none"),
    ("collected_nation", "rest_of_nation", "studios", "none"),
    ("collected_abroad", "rest_of_world", "studios", "none"),
    ("suppliers_credit_city", "rest_of_city", "studios", "none"),
    ("suppliers_credit_nation", "rest_of_nation", "studios", "none"),
    ("suppliers_paid_city", "studios", "rest_of_city", "none"),
    ("suppliers_paid_nation", "studios", "rest_of_nation", "none"),
    ("equipment", "studios", "rest_of_nation", "none"),
    ("coinvestment_city", "rest_of_city", "studios", "none"),
    ("coinvestors_share_city", "studios", "rest_of_city", "none"),
    *((f"estate_{client}_{holder}", debtor, holder, "none") for holder in HOLDERS
      for client, debtor in CLIENTS.items()),
)

(SALES_HOME, SALES_NATION, SALES_ABROAD, SALES_LOCAL_PARTNER, RECEIPTS_NATION, RECEIPTS_ABROAD,
 INPUTS_CITY, INPUTS_NATION, OUTSIDE_PARTNER_WORK, COMPUTE, MARKETING, RENT, MOVING, WAGES,
 SOCIAL_CONTRIBUTIONS, PRODUCTION_TAX, RENT_SUBSIDY_CITY, RENT_SUBSIDY_PROVINCE, COMPUTE_SUBSIDY_CITY,
 COMPUTE_SUBSIDY_PROVINCE, WAGE_SUBSIDY_CITY, WAGE_SUBSIDY_PROVINCE, REFUNDS_CITY, REFUNDS_PROVINCE, REFUNDS_CENTRE,
 GRANTS_CITY, GRANTS_PROVINCE, GRANTS_CENTRE, PROFIT_TAX_CENTRE,
 PROFIT_TAX_PROVINCE, PROFIT_TAX_CITY, INCOME_TAX_CENTRE, INCOME_TAX_PROVINCE, INCOME_TAX_CITY, VAT_CENTRE,
 VAT_PROVINCE, VAT_CITY, INTEREST, DIVIDENDS, POINTS_LOCAL, POINTS_OUTSIDE, COINVESTMENT, COINVESTORS_SHARE,
 FOUNDERS_CAPITAL, EQUITY, CALLS_PRIVATE, CALLS_CITY, CALLS_PROVINCE, CALLS_CORPORATE, STAKE_SALES,
 FUND_DISTRIBUTIONS, LIQUIDATION, CONSUMPTION_CITY, CONSUMPTION_NATION, PROGRAMMES_CITY,
 PROGRAMMES_PROVINCE, PROGRAMMES_CENTRE, TALENT_AID_CITY, TALENT_AID_PROVINCE, TALENT_AID_CENTRE,
 OPERATOR_GRANTS_CITY, OPERATOR_GRANTS_PROVINCE, GUARANTEES_CITY, GUARANTEES_PROVINCE, LOCALISATION, BANK_LOANS,
 LOAN_REPAYMENTS, INVOICED_VAT_HOME, INVOICED_VAT_NATION, CREDIT_TO_HOME, CREDIT_TO_NATION, CREDIT_TO_ABROAD,
 COLLECTED_HOME, COLLECTED_NATION, COLLECTED_ABROAD, SUPPLIERS_CREDIT_CITY, SUPPLIERS_CREDIT_NATION,
 SUPPLIERS_PAID_CITY, SUPPLIERS_PAID_NATION, EQUIPMENT, COINVESTMENT_CITY, COINVESTORS_SHARE_CITY, ESTATE,
 *_) = range(len(_TABLE))


@dataclass(frozen=True)
class Kind:
    """One kind of payment: who pays whom, and its place in the production account of the studios."""

    name: str
    payer: str
    payee: str
    role: str


KINDS = tuple(Kind(*row) for row in _TABLE)
_ROLE = {role: np.array([float(k.role in (role, *extra)) for k in KINDS])
         for role, extra in {"sale": ("both",), "input": ("both",), "wage": (), "tax": (), "subsidy": ()}.items()}
_ROLES = np.array(list(_ROLE.values()))
_NET = np.array([[float(k.payee == s) - float(k.payer == s) for k in KINDS] for s in SECTORS])
LEVELS = ("city", "province", "centre")
OUTLAYS = {level: tuple(i for i, k in enumerate(KINDS) if k.payer == level) for level in LEVELS}
_PAID = np.array([[float(k.payer == level) for k in KINDS] for level in LEVELS])
_ALL = np.concatenate([_NET, _ROLES, _PAID, np.ones((1, len(KINDS)))])     # every sum that `check` needs
RAISED = (CREDIT_TO_HOME, CREDIT_TO_NATION, CREDIT_TO_ABROAD, SUPPLIERS_CREDIT_CITY, SUPPLIERS_CREDIT_NATION,
          BANK_LOANS)
SETTLED = (COLLECTED_HOME, COLLECTED_NATION, COLLECTED_ABROAD, SUPPLIERS_PAID_CITY, SUPPLIERS_PAID_NATION,
           LOAN_REPAYMENTS, *range(ESTATE, len(KINDS)))
OWNED_ELSEWHERE = (COINVESTORS_SHARE, POINTS_OUTSIDE)
"""What owners in other cities get of titles made here: income that is made here and owned there."""
TAXES = tuple(i for i, k in enumerate(KINDS) if "tax" in k.name or k.name.startswith("vat"))


@dataclass
class Books:
    """Balances at the end of the last month, what this month did to works not yet released, and claims (yuan)."""

    studios_cash: float = 0.0
    funds_cash: float = 0.0
    wip_stock: float = 0.0          # cost of all works not yet released
    wip_change: float = 0.0         # what was booked on them this month
    written_off: float = 0.0        # cost of works that died this month: a revaluation, no production
    claims: Claims = field(default_factory=Claims)

    def check_work_in_progress(self, now: float, month: str) -> None:
        """Hold the projects' own cost accounts (yuan) against what was booked, write-offs apart."""
        expected = self.wip_stock + self.wip_change - self.written_off
        agree("stock of work in progress", now, expected, max(now, 1.0), month)
        self.wip_stock = now


def role_total(flow: np.ndarray, role: str) -> float:
    """Return the month's sum (yuan) over all kinds that play a role in the production account."""
    return float(_ROLE[role] @ flow)


def net_position(flow: np.ndarray) -> dict[str, float]:
    """Return what each sector received less what it paid (yuan); over all sectors the sum is zero.

    >>> flow = np.zeros(len(KINDS))
    >>> flow[GRANTS_CITY], flow[WAGES] = 5000.0, 3000.0
    >>> net = net_position(flow)
    >>> net["studios"], net["city"], net["households"], sum(net.values())
    (2000.0, -5000.0, 3000.0, 0.0)
    """
    return dict(zip(SECTORS, (_NET @ flow).tolist(), strict=True))


def value_added(flow: np.ndarray, wip_change: float) -> float:
    """Return value added at basic prices (yuan): output less purchased inputs (SNA 2008, 6.8 and 6.77).

    Output is sales at producers' receipts plus the change in work in progress at cost.

    >>> flow = np.zeros(len(KINDS))
    >>> flow[SALES_HOME], flow[RENT], flow[WAGES] = 9000.0, 2000.0, 5000.0
    >>> value_added(flow, wip_change=500.0)
    7500.0
    """
    return role_total(flow, "sale") + wip_change - role_total(flow, "input")


def check(month: str, flow: np.ndarray, *, studios_cash: float, funds_cash: float, surplus: float,
          wip_stock: float, wip_change: float, outlay_by_level: dict[str, float],
          agent_sums: dict[str, float]) -> None:
    """Hold the month's accounts against each other.

    ``studios_cash`` and ``funds_cash`` are changes of the agents' balances over the month, ``surplus`` the
    sum of the studios' own operating surpluses, ``wip_change`` the sum of what the studios booked as work
    in progress, ``wip_stock`` the change of the projects' own cost accounts, ``outlay_by_level`` what the
    instruments say that each government paid, ``agent_sums`` the studios' own sums of single accounts.
    All in yuan.
    """
    if not 0.0 <= flow.min() <= flow.max() < np.inf:
        bad = [KINDS[i].name for i in np.flatnonzero(~((flow >= 0.0) & (flow < np.inf)))]
        raise LedgerError(f"{month}: account '{bad[0]}' holds a negative or missing payment. The run was stopped.")
    *sums, turnover = (_ALL @ flow).tolist()
    net = dict(zip(SECTORS, sums, strict=False))
    total = dict(zip(_ROLE, sums[len(SECTORS):], strict=False))
    paid_by = dict(zip(LEVELS, sums[len(SECTORS) + len(_ROLE):], strict=True))
    agree("all sectors", sum(net.values()), 0.0, turnover, month)
    agree("studios' cash", studios_cash, net["studios"], turnover, month)
    agree("funds' cash", funds_cash, net["funds"], turnover, month)
    produced = total["sale"] + wip_change - total["input"]
    earned = total["wage"] + surplus + total["tax"] - total["subsidy"]
    agree("value added (production and income side)", produced, earned, produced, month)
    agree("work in progress", wip_change, wip_stock, produced, month)
    for name, own in agent_sums.items():
        agree(f"studios' {name}", own, total[name], turnover, month)
    for level, paid in outlay_by_level.items():
        agree(f"outlay of the {level}", paid, paid_by[level], turnover, month)
