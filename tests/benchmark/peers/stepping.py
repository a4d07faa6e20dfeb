"""Time stepping shared by the peers: M rho' + K rho = 0 with one factorization of M + c K."""

# SDIRK of order 4 with five stages, L-stable: Hairer & Wanner, Solving ODEs II, table IV.6.5.
GAMMA = 1 / 4
STAGES = ((), (1 / 2,), (17 / 50, -1 / 25), (371 / 1360, -137 / 2720, 15 / 544),
          (25 / 24, -49 / 48, 125 / 16, -85 / 12))
WEIGHTS = STAGES[4] + (GAMMA,)


def sdirk4(rho, dt, steps, apply_k, solve):
    """`solve` applies (M + GAMMA dt K)^-1. Returns rho after `steps` steps."""
    for _ in range(steps):
        rates = []
        for row in STAGES:
            stage = rho + dt * sum(a * k for a, k in zip(row, rates))
            rates.append(solve(-apply_k(stage)))
        rho = rho + dt * sum(b * k for b, k in zip(WEIGHTS, rates))
    return rho


def crank_nicolson(rho, dt, steps, apply_m, apply_k, solve):
    """`solve` applies (M + dt/2 K)^-1. The first two steps are four implicit Euler steps of half the
    length, with the same matrix, so that the start's rough modes die (Rannacher 1984)."""
    for _ in range(4):
        rho = solve(apply_m(rho))
    for _ in range(steps - 2):
        rho = solve(apply_m(rho) - dt / 2 * apply_k(rho))
    return rho
