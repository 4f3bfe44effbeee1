"""A simulated market: a cast of institutions, a seeded start, and traffic in all three venues by public commands alone.

Nothing here has a door of its own into the state: whatever the demo does, a member could do over REST. All names, identifiers and
figures are simulated; the chance that drives the traffic is seeded and lives outside the deterministic rooms.
"""
