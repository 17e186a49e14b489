"""Step 11, accounts: surplus, taxes on income, dividends, households, the city's GDP, and the identities.

Value added at basic prices is worked out twice, from what was produced and from who earned it, and both
sides must agree (SNA 2008).  The rest of the city's GDP is an outside path, moved by the people whom its
firms have left, plus induced demand, both against a frozen reference path so that nothing is counted twice.
"""

from __future__ import annotations

import numpy as np

from cluster_sim import ledger as L
from cluster_sim import people_ledger as P
from cluster_sim.codes import Life
from cluster_sim.draws import yuan
from cluster_sim.jit import kernel
from cluster_sim.month.liquidity import cash_kept, plans

LEAST_LEFT = 1e-3        # technical: part of other workers that is always left, so that nothing divides by zero


@kernel
def close_books(studios, rules, t, flow, totals):
    """Work out every studio's surplus, profit tax after wear of equipment, and dividends.

    Owners draw what lies above the cash that they keep and above what the studio's plans need, nothing while it owes
    banks; those of young or lately funded studios draw profits only, never capital.
    totals: (8,) sums of sales, inputs, wages, taxes, subsidies, surplus, change of work in progress, cash.
    """
    p = rules.p[0]
    totals[:] = 0.0
    for i in range(studios.shape[0]):
        s = studios[i]
        if s.alive == Life.FREE:
            continue
        s.surplus = s.sales + s.wip_change - s.inputs - s.wages - s.taxes + s.subsidies
        totals[0] += s.sales
        totals[1] += s.inputs
        totals[2] += s.wages
        totals[3] += s.taxes
        totals[4] += s.subsidies
        totals[5] += s.surplus
        totals[6] += s.wip_change
        if s.alive != Life.ALIVE:
            continue
        if s.surplus > 0.0 and s.surplus_year >= 0.0:
            tax = yuan(p.costs_profit_tax * max(0.0, s.surplus - s.equipment / p.money_life))
            centre = yuan(p.costs_tax_to_centre * tax)
            province = yuan(p.costs_tax_to_province * tax)
            flow[L.PROFIT_TAX_CENTRE] += centre
            flow[L.PROFIT_TAX_PROVINCE] += province
            flow[L.PROFIT_TAX_CITY] += tax - centre - province
            s.cash -= tax
        keep = cash_kept(s, p) + plans(s, rules.segments[s.segment], p)
        if s.cash > keep and s.loan == 0.0:
            drawn = p.costs_dividend * (s.cash - keep)
            if min(t - s.born, t - s.round_month) < p.money_record:
                drawn = min(drawn, max(0.0, s.surplus_year / 12.0 - s.equipment / p.money_life))
            dividend = yuan(drawn)
            flow[L.DIVIDENDS] += dividend
            s.cash -= dividend
    for i in range(studios.shape[0]):
        totals[7] += studios[i].cash


def settle_accounts(model) -> None:
    """Close the studios' books, and hold all accounts of the month against each other."""
    totals, books, flow = np.zeros(8), model.books, model.month.flow
    close_books(model.studios.used, model.rules, model.t, flow, totals)
    book_households(model)
    cash, fund_cash = float(totals[7]), float(model.funds.used["cash"].sum())
    L.check(model.label(), flow, studios_cash=cash - books.studios_cash, funds_cash=fund_cash - books.funds_cash,
            surplus=float(totals[5]), wip_stock=books.wip_change, wip_change=float(totals[6]),
            outlay_by_level=dict(zip(L.LEVELS, model.month.outlay.tolist(), strict=True)),
            agent_sums={"sale": float(totals[0]), "input": float(totals[1]), "wage": float(totals[2]),
                        "tax": float(totals[3]), "subsidy": float(totals[4])})
    books.studios_cash, books.funds_cash = cash, fund_cash
    books.check_work_in_progress(model.work_in_progress(), model.label())
    model.state["creative_value_added"] = L.value_added(flow, float(totals[6])) * 1e-6
    model.state["surplus"] = float(totals[5])


def measure_gdp(model) -> None:
    """Work out the city's GDP of the month: creative industries and the rest."""
    creative = model.state["creative_value_added"]
    rest = model.state["rest_gdp"] = rest_of_city(model, creative)
    model.state["city_gdp"] = creative + rest


def book_households(model) -> None:
    """Book income tax and the spending of wages and dividends."""
    par, flow = model.par, model.month.flow
    wages = float(flow[L.WAGES])
    tax = par["costs.income_tax"] * wages
    centre, province = par["costs.tax_to_centre"], par["costs.tax_to_province"]
    flow[L.INCOME_TAX_CENTRE] += np.floor(centre * tax)
    flow[L.INCOME_TAX_PROVINCE] += np.floor(province * tax)
    flow[L.INCOME_TAX_CITY] += np.floor((1.0 - centre - province) * tax)
    spend = par["costs.spending"] * (wages * (1.0 - par["costs.income_tax"]) + float(flow[L.DIVIDENDS]))
    flow[L.CONSUMPTION_CITY] += np.floor(spend * par["costs.local_spending"])
    flow[L.CONSUMPTION_NATION] += np.floor(spend * (1.0 - par["costs.local_spending"]))


def rest_of_city(model, creative: float) -> float:
    """Return the month's GDP of the rest of the city (million yuan, 2017 prices).

    The outside path times its remaining people over those of the frozen reference path, to the power of labour's
    share (Cobb & Douglas 1928), and never nothing; plus m times creative value added over the same reference
    (induced demand).
    """
    par, t, outside = model.par, model.t, model.outside
    rest = float(outside["rest_gdp"][t]) * model.scale
    first, left = float(model.people.first[P.OTHER]), float(model.people.stock[P.OTHER])
    usual, induced = first, 0.0
    reference = outside.get("reference_creative_value_added")
    if reference is not None and t < len(reference):
        usual = max(first - outside["reference_poached_jobs"][t] * model.scale, LEAST_LEFT * first)
        induced = par["accounts.induced"] * (creative - reference[t] * model.scale)
    return rest * (left / usual) ** (par["accounts.labour_share"] * par["accounts.poaching_loss"]) + induced
