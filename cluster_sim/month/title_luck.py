"""The luck of a title, and what one title of a small city stands for.

Grosses have a heavy tail: the mean of a segment is made by a few titles a year.  A city of a twentieth has a twentieth
of the titles and should have a twentieth of their gross on average, without one of them weighing as much as the largest
does in the whole city.  So a title there has its own luck up to a ceiling that fits its city, and shares what lies
above with the other titles that it stands for.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.draws import again, low16, skew_normal, uniform
from cluster_sim.jit import inline


@inline
def below(ceiling, gross):
    """Return what a gross becomes under a ceiling (same unit): nearly all of a small one, never more than it."""
    return ceiling * (1.0 - math.exp(-gross / ceiling))


@inline
def month_part(seg, run):
    """Return the part of a title's gross that its month `run` (from 0) brings: a geometric fading, at last the rest."""
    return seg.run_decay ** run * (1.0 if run + 1 >= seg.run else 1.0 - seg.run_decay)


@inline
def month_parts(seg):
    """Return the part of a title's gross that each month of its run brings, (months,)."""
    parts = np.empty(int(seg.run))
    for run in range(parts.shape[0]):
        parts[run] = month_part(seg, run)
    return parts


@inline
def talked_about(gross, parts):
    """Return how much a title is talked about: the logs of 1 + each month's gross, as far as it is a hit by then.

    gross: of the whole run, over the threshold of a hit; parts: of it by month, as `month_parts` returns them.
    """
    talk = 0.0
    so_far = 0.0
    for run in range(parts.shape[0]):
        month = parts[run] * gross
        so_far += month
        talk += math.log1p(month * so_far / (1.0 + so_far))
    return talk


@inline
def denied(gross, g, h):
    """Say whether a what-if denies a title its audience: a hit, or a part of the hits by lot.

    gross: over the threshold of a hit.  The lot takes the low bits of the title's luck, so that paired runs agree on
    it, a smaller part lies within a larger one, and a run without the what-if draws what it always did.
    """
    return gross >= 1.0 and low16(h) < g.hits_denied


@inline
def draw_luck(j, typical, abroad, seg, parts, g, p, h):
    """Draw what a title may gross: set its potential, crowd, talk and renown.

    In a city of a twentieth one title stands for twenty.  Its studio has its own luck up to a twentieth of the
    segment's ceiling; of what lies above, it has the mean over twenty draws of luck, the first its own.  The audience
    and the city's talk meet that mean alone.  So what is expected of gross, crowd and talk is what it is at 1:1, and
    no title can weigh more than the largest can there.

    typical: gross (yuan) without luck; abroad: what it grosses abroad over that at home; parts: of the gross by month;
    h: 64 random bits.
    """
    ceiling = seg.ceiling * 1e6
    draws = max(1, int(1.0 / g.scale + 0.5))
    spread = g.residual_sd[j.segment]
    met = g.audience[j.segment] * (1.0 + abroad) / g.fame_threshold
    j.potential = j.crowd = j.talk = j.renown = 0.0
    beyond = 0.0
    for n in range(draws):
        gross = typical * math.exp(spread * skew_normal(h, seg.skewness))
        h = again(again(h))
        if uniform(h) < p.release_zero or denied(gross / g.fame_threshold, g, h):
            gross = 0.0
        h = again(h)
        if gross == 0.0:
            continue
        small = below(ceiling * g.scale, gross)
        gross = below(ceiling, gross)
        beyond += gross - small
        j.crowd += gross / draws
        j.talk += talked_about(gross * met, parts) / (draws * g.scale)
        if n == 0:
            j.potential = small
            j.renown = gross
    j.potential += beyond / draws
    j.renown /= max(j.potential, 1.0)
