"""Who stood where on the white list at an instant: the one truth that payments, views and the life of a listing read.

The steps of a listing stay in the order in which they were entered and none is entered for the past, so the answer for a past instant
never changes.
"""

from huangpu.venues.offshore.state import Listing, ListingState, ListingStep

PROTECTIVE = frozenset({ListingState.SUSPENDED, ListingState.REMOVED})


def step_at(listing: Listing, at_us: int) -> ListingStep | None:
    """Return the step in force at an instant; None before the first.

    Rule: huangpu policy 68. Of the steps in force the one with the latest date counts; but a permission that was dated ahead is void once a
    step entered after it is in force, while a protection dated ahead stands. A suspension that nobody confirmed in time is void.
    """
    found: ListingStep | None = None
    for step in listing.steps:
        if step.at_us > at_us or lapsed(step, at_us):
            continue
        if found is None or step.at_us >= found.at_us or found.state not in PROTECTIVE:
            found = step
    return found


def state_at(listing: Listing, at_us: int) -> ListingState | None:
    """Return the state a company was in at an instant; None before it applied or was recommended."""
    step = step_at(listing, at_us)
    return None if step is None else step.state


def lapsed(step: ListingStep, at_us: int) -> bool:
    """Tell whether a step of one person alone has run out unconfirmed."""
    return step.lapses_us != 0 and not step.confirmed_by and at_us >= step.lapses_us


def banks_at(listing: Listing, at_us: int) -> list[str]:
    """Return the banks that served a company at an instant."""
    return [
        binding.bank
        for binding in listing.bindings
        if binding.from_us <= at_us and (binding.to_us is None or at_us < binding.to_us)
    ]


def unconfirmed(listing: Listing, at_us: int) -> ListingStep | None:
    """Return the newest suspension that waits for a second person, in force or dated ahead."""
    for step in reversed(listing.steps):
        if step.state is ListingState.SUSPENDED:
            waiting = step.lapses_us and not step.confirmed_by and at_us < step.lapses_us
            overtaken = step is not step_at(listing, max(at_us, step.at_us))
            return step if waiting and not overtaken else None
    return None
