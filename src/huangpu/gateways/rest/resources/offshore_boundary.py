"""The border of the offshore venue: applications, upgrades, releases, loans, balance-of-payments records."""

import datetime

from huangpu.core.calendar import date_of
from huangpu.gateways.rest.acts import Act
from huangpu.gateways.rest.reads import Asked, Page, View, Window
from huangpu.venues.offshore import boundary_views as views
from huangpu.venues.offshore.second_line.bop import (
    ApproveBopCorrection,
    BopRecord,
    CorrectBopRecord,
)
from huangpu.venues.offshore.second_line.loans import EndLoan, RegisterLoan
from huangpu.venues.offshore.second_line.release import RefuseSecondLine, ReleaseSecondLine
from huangpu.venues.offshore.upgraded import (
    ApplyForUpgrade,
    ApproveUpgrade,
    RefuseUpgrade,
    WithdrawUpgrade,
)
from huangpu.venues.offshore.white_list import (
    ApplyForListing,
    ConfirmListingChange,
    DeclineApplication,
    WithdrawListingChange,
)


def _today(asked: Asked) -> datetime.date:
    return date_of(asked.gate.engine.last_at_us)


def _applications(asked: Asked) -> Page[views.ApplicationView]:
    now_us = asked.gate.engine.last_at_us
    return Page(views.applications(asked.centre.offshore, now_us, asked.institution))


def _upgrades(asked: Asked) -> Page[views.UpgradeView]:
    centre = asked.centre
    found = views.upgrades(centre.offshore, centre.rules, _today(asked), asked.institution)
    return Page(found)


def _releases(asked: Asked) -> Page[views.ReleaseView]:
    return Page(views.release_queue(asked.centre.offshore, asked.institution, asked.person.id))


def _loans(asked: Asked) -> Page[views.LoanView]:
    return Page(views.loans(asked.centre.offshore, asked.institution))


def _bop_records(asked: Asked) -> Page[BopRecord]:
    query: Window = asked.query
    found = views.bop_records(
        asked.centre.offshore,
        asked.centre.rules,
        institution=asked.institution,
        limit=query.limit,
        after=query.after,
    )
    return Page(found.records, found.next_after)


ACTS: tuple[Act, ...] = (
    Act("/v1/offshore/white-list/{company}/apply", ApplyForListing),
    Act("/v1/offshore/white-list/{company}/decline", DeclineApplication),
    Act("/v1/offshore/white-list/{company}/confirm", ConfirmListingChange),
    Act("/v1/offshore/white-list/{company}/withdraw", WithdrawListingChange),
    Act("/v1/offshore/upgrades/{company}/apply", ApplyForUpgrade),
    Act("/v1/offshore/upgrades/{company}/approve", ApproveUpgrade),
    Act("/v1/offshore/upgrades/{company}/refuse", RefuseUpgrade),
    Act("/v1/offshore/upgrades/{company}/withdraw", WithdrawUpgrade),
    Act("/v1/offshore/loans", RegisterLoan),
    Act("/v1/offshore/loans/{loan_id}/end", EndLoan),
    Act("/v1/offshore/releases/{uetr}/release", ReleaseSecondLine),
    Act("/v1/offshore/releases/{uetr}/refuse", RefuseSecondLine),
    Act("/v1/offshore/bop-records/{uetr}/correct", CorrectBopRecord),
    Act("/v1/offshore/bop-records/{uetr}/approve-correction", ApproveBopCorrection),
)
VIEWS: tuple[View, ...] = (
    View(
        "/v1/offshore/white-list-applications",
        _applications,
        Page[views.ApplicationView],
        "List applications for the white list",
    ),
    View(
        "/v1/offshore/upgrades",
        _upgrades,
        Page[views.UpgradeView],
        "List upgraded accounts with the use of their quotas",
    ),
    View(
        "/v1/offshore/releases",
        _releases,
        Page[views.ReleaseView],
        "List payments that wait for release across the second line",
    ),
    View("/v1/offshore/loans", _loans, Page[views.LoanView], "List registered loans"),
    View(
        "/v1/offshore/bop-records",
        _bop_records,
        Page[BopRecord],
        "List balance-of-payments records, newest first",
        Window,
    ),
)
