"""Random numbers keyed by (seed, purpose, entity, time): nobody's luck depends on anybody else's.

A draw is a counter-based hash (two rounds of the splitmix64 finaliser; Steele, Lea & Flood 2014; the idea
of keyed parallel streams: Salmon et al. 2011).  There is no state: the same key gives the same number in
any order, on any number of processes, and switching a policy on changes only what it touches.

Use: ``base = stream(seed, PURPOSE, t)`` once, then ``draw(base, entity)`` for each entity, then
``uniform``, ``normal`` or a few bits of it.
"""

from __future__ import annotations

import math

import numpy as np

from cluster_sim.jit import inline, kernel

U64 = np.uint64
GOLDEN = U64(0x9E3779B97F4A7C15)
ODD = U64(0xD1B54A32D192ED03)
M1 = U64(0xBF58476D1CE4E5B9)
M2 = U64(0x94D049BB133111EB)
S30, S27, S31, S11 = U64(30), U64(27), U64(31), U64(11)
UNIT = 2.0**-53
KEY_STEP = 1000003      # keeps apart the draws of one being that differ by a number alone

# Purposes: one for each question that chance answers.  Numbers are part of the results: never renumber.
# (Typed, or Numba would compile every function that takes one for each of them anew.)
START_PLACE = np.int64(2)     # where a studio stands at the start
START_TALENT = np.int64(3)    # who works at the start
START_STUDIO = np.int64(4)    # traits of a studio at the start
CAREER = np.int64(5)          # what a person does next
MIGRANT = np.int64(7)         # who comes to the city
ENROL = np.int64(8)           # who begins to study
APPLY = np.int64(9)           # which vacancies a seeker sees, and which one he takes
SCORE = np.int64(10)          # how an applicant does
OUTSIDER = np.int64(11)       # who comes from other sectors
VACANCY = np.int64(12)        # how many jobs a studio posts, and for whom
ORDERS = np.int64(13)         # which contracts a studio wins
APPEAL = np.int64(14)         # a studio's luck with clients
IDEA = np.int64(15)           # whether a studio has an idea
PROJECT = np.int64(16)        # what a project is like
MEET = np.int64(17)           # whom a studio meets for contract work
PARTNER = np.int64(18)        # whom it meets for a project
RELEASE = np.int64(19)        # a title's luck with audiences
SCREEN = np.int64(21)         # which applicants a fund sees
EXIT_FUND = np.int64(22)      # whether a stake is sold
FOUND = np.int64(23)          # where and in what segment a founder begins
LOCATE = np.int64(24)         # which places a studio looks at
MOVE = np.int64(25)           # whether it looks
CLOSE = np.int64(26)          # whether a studio gives up
PUBLISH = np.int64(27)        # whether a studio publishes templates
FUND = np.int64(30)           # identities of funds
IDENTITY = np.int64(32)       # identities of studios at the start
HOME = np.int64(33)           # where people live at the start
TITLE = np.int64(34)          # identities of films of history
ENTRY = np.int64(36)          # a founder's capital
FIT = np.int64(37)            # how well a work meets its users
AID = np.int64(41)            # lots drawn for aid
MEETING = np.int64(42)        # who meets at a conference
AWARD = np.int64(43)          # who accepts an award
CITY_LUCK = np.int64(44)      # the luck of other cities' studios with clients
MOVER = np.int64(45)          # whether one more person of a fraction moves
BANK = np.int64(50)           # whether banks know a studio
THRIFT = np.int64(51)         # how much cash a studio's owners keep
ADDRESS = np.int64(70)        # where in its cell a studio is


@inline
def mix(x):
    """Return the splitmix64 finaliser of a 64-bit word."""
    x = (x ^ (x >> S30)) * M1
    x = (x ^ (x >> S27)) * M2
    return x ^ (x >> S31)


@inline
def stream(seed, purpose, t):
    """Return the base word of one purpose in one month (or one serial number): three mixed keys."""
    h = mix(U64(seed) * ODD + GOLDEN)
    h = mix(h ^ (U64(purpose) * GOLDEN))
    return mix(h + U64(np.int64(t)) * ODD)


@inline
def draw(base, entity):
    """Return 64 random bits of an entity (an integer identity) in a stream."""
    h = mix((U64(np.int64(entity)) * GOLDEN) ^ base)
    return mix(h + base)


@inline
def again(h):
    """Return the next word of the same entity: for a question that needs more than one number."""
    return mix(h + GOLDEN)


@inline
def uniform(h):
    """Return a number strictly between 0 and 1 from 64 bits."""
    return (np.float64(h >> S11) + 0.5) * UNIT


@inline
def low16(h):
    """Return a number in (0, 1) from the lowest 16 bits; three more such fields lie above (shift by 16)."""
    return (np.float64(h & U64(0xFFFF)) + 0.5) * (1.0 / 65536.0)


@inline
def identity(kind, a, b):
    """Return a positive 63-bit identity that depends only on who asks (a), on which (b) and on the kind.

    A newcomer's identity comes from where he comes from, never from how many were born before him.
    """
    h = mix(mix(U64(np.int64(a)) * GOLDEN + U64(kind) * ODD) + U64(np.int64(b)) * M1)
    return np.int64(mix(h) >> U64(1))


@inline
def quantile(u):
    """Return the standard normal quantile of u in (0, 1) (Acklam's rational approximation, error 1e-9)."""
    if u < 0.02425:
        q = math.sqrt(-2.0 * math.log(u))
        return (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e00) * q
                  - 2.549732539343734e00) * q + 4.374664141464968e00) * q + 2.938163982698783e00) / (
            (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e00) * q
             + 3.754408661907416e00) * q + 1.0)
    if u > 1.0 - 0.02425:
        q = math.sqrt(-2.0 * math.log(1.0 - u))
        return -(((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e00) * q
                   - 2.549732539343734e00) * q + 4.374664141464968e00) * q + 2.938163982698783e00) / (
            (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e00) * q
             + 3.754408661907416e00) * q + 1.0)
    q = u - 0.5
    r = q * q
    return (((((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
              + 1.383577518672690e02) * r - 3.066479806614716e01) * r + 2.506628277459239e00) * q / (
        ((((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
          + 6.680131188771972e01) * r - 1.328068155288572e01) * r + 1.0)


@inline
def normal(h):
    """Return a standard normal number from 64 bits, through the inverse distribution function."""
    return quantile(uniform(h))


@inline
def skew_normal(h, alpha):
    """Return a skew-normal number of mean 0 and standard deviation 1 (Azzalini 1985).

    ``alpha`` is the shape; two normals are combined as delta*|z0| + sqrt(1 - delta^2)*z1 and standardised.
    """
    delta = alpha / math.sqrt(1.0 + alpha * alpha)
    z = delta * abs(normal(h)) + math.sqrt(1.0 - delta * delta) * normal(again(h))
    mean = delta * math.sqrt(2.0 / math.pi)
    return (z - mean) / math.sqrt(1.0 - mean * mean)


@inline
def poisson(h, mean):
    """Return a Poisson count of the given mean from 64 bits: by inversion, by a rounded normal above 30."""
    u = uniform(h)
    if mean > 30.0:
        return max(0, int(math.floor(mean + math.sqrt(mean) * quantile(u) + 0.5)))
    term = math.exp(-mean)
    total = term
    k = 0
    while u > total and k < 200:
        k += 1
        term *= mean / k
        total += term
    return k


@inline
def round_up_by_chance(x, h):
    """Return floor(x) or floor(x)+1 such that the mean is x."""
    whole = math.floor(x)
    return int(whole) + (1 if uniform(h) < x - whole else 0)


@inline
def locate(cumulative, u):
    """Return the first entry of a rising array that is not below u (its length if there is none)."""
    low = 0
    high = cumulative.shape[0]
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] < u:
            low = middle + 1
        else:
            high = middle
    return low


@inline
def dyadic(x):
    """Return x rounded to 2**-24: sums of such numbers are exact, hence the same in any order."""
    return math.floor(x * 16777216.0 + 0.5) * (1.0 / 16777216.0)


@inline
def yuan(x):
    """Return an amount of money rounded to whole yuan; every payment is rounded once, when it is made."""
    return math.floor(x + 0.5)


@inline
def uniform_for(seed, purpose, entity, t):
    """Return one uniform number of an entity: for questions asked once a month, outside kernels."""
    return uniform(draw(stream(seed, purpose, t), entity))


@kernel
def uniforms(seed, purpose, ids, t):
    """Return one uniform number for each of many identities (n,) int64: the same as `uniform_for` each."""
    base = stream(seed, purpose, t)
    out = np.empty(ids.shape[0])
    for n in range(ids.shape[0]):
        out[n] = uniform(draw(base, ids[n]))
    return out
