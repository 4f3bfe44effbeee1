"""The cast of the demo: institutions with identifiers that carry right check digits, and the people who act for them.

131 institutions have access to the reinsurance exchange (97 domestic, 34 from 13 other countries and regions), beside the banks,
companies and securities firms of the other two venues. All are simulated.
"""

import msgspec

from huangpu.core.identifiers import lei_of, uscc_of
from huangpu.registry.institutions import Institution, InstitutionKind
from huangpu.registry.people import Person

CURRENCIES = ["CNY", "USD"]
BANKS = ("SIMB1", "SIMB2", "SIMB3", "SIMB4")
OVERSEAS_BANKS = {"OVB-HK": "HK", "OVB-SG": "SG", "OVB-GB": "GB"}
COMPANIES = tuple(f"OTC{n:02d}" for n in range(1, 13))
SUPPLIERS = {"SUP-HK": "HK", "SUP-SG": "SG", "SUP-DE": "DE", "SUP-AE": "AE"}
FIRMS = ("SEC1", "SEC2", "SEC3", "SEC4")
FOREIGN = ("HK", "GB", "BB", "CD", "SG", "JP", "DE", "CH", "FR", "US", "BM", "KR", "MY")
"""Domiciles of the overseas institutions, beside mainland China."""

INSURERS, REINSURERS, BROKERS = 70, 15, 12
OVERSEAS_REINSURERS, OVERSEAS_BROKERS = 28, 6


def bic_of(bank: str) -> str:
    """Return the BIC of a pilot bank."""
    return f"SIM{chr(65 + BANKS.index(bank))}CNSHXXX"


class Member(msgspec.Struct, frozen=True):
    """One institution of the cast with the people who act for it."""

    institution: Institution
    people: list[Person]


def cast() -> list[Member]:
    """Return the whole cast in the order it is registered."""
    return [*_authorities(), *_banks(), *_companies(), *_firms(), *reinsurance_members()]


def reinsurance_members() -> list[Member]:
    """Return the 131 institutions with access to the reinsurance exchange."""
    kind = InstitutionKind
    members = [
        _member(
            f"INS{n:02d}",
            f"Simulated Insurer {n:02d}",
            f"模拟财产保险{n:02d}",
            kind.INSURER,
            ["CEDENT"],
        )
        for n in range(1, INSURERS + 1)
    ]
    members += [
        _member(
            f"RE{n:02d}",
            f"Simulated Reinsurer {n:02d}",
            f"模拟再保险{n:02d}",
            kind.REINSURER,
            ["UNDERWRITER"],
        )
        for n in range(1, REINSURERS + 1)
    ]
    members += [
        _member(
            f"BRK{n:02d}",
            f"Simulated Broker {n:02d}",
            f"模拟保险经纪{n:02d}",
            kind.BROKER,
            ["BROKER"],
        )
        for n in range(1, BROKERS + 1)
    ]
    for n in range(1, OVERSEAS_REINSURERS + 1):
        home = FOREIGN[(n - 1) % len(FOREIGN)]
        name, name_zh = f"Simulated Overseas Reinsurer {n:02d}", f"模拟境外再保险{n:02d}"
        members.append(_member(f"ORE{n:02d}", name, name_zh, kind.REINSURER, ["UNDERWRITER"], home))
    for n in range(1, OVERSEAS_BROKERS + 1):
        home = FOREIGN[(n * 2) % len(FOREIGN)]
        name, name_zh = f"Simulated Overseas Broker {n:02d}", f"模拟境外保险经纪{n:02d}"
        members.append(_member(f"OBR{n:02d}", name, name_zh, kind.BROKER, ["BROKER"], home))
    return members


def _authorities() -> list[Member]:
    zone = _member(
        "ZONE",
        "Simulated Zone Administration",
        "模拟临港新片区管委会",
        InstitutionKind.ADMINISTRATION,
        [],
    )
    people = [
        Person(
            id="zone-1",
            institution="ZONE",
            roles=["ADMINISTRATION"],
            title="examines and recommends",
        ),
        Person(id="zone-2", institution="ZONE", roles=["ADMINISTRATION"], title="lists"),
    ]
    supervisor = _member(
        "SUPERVISOR",
        "Simulated Supervisor",
        "模拟监管机构",
        InstitutionKind.SUPERVISOR,
        ["SUPERVISOR"],
    )
    return [msgspec.structs.replace(zone, people=people), supervisor]


def _banks() -> list[Member]:
    members = []
    for n, bank in enumerate(BANKS):
        bic = bic_of(bank)
        name, name_zh = f"Simulated Pilot Bank {n + 1}", f"模拟试点银行{n + 1}"
        member = _member(bank, name, name_zh, InstitutionKind.BANK, [], "CN", bic)
        maker, officer = bank.lower() + "-maker", bank.lower() + "-officer"
        people = [
            Person(id=maker, institution=bank, roles=["BANK_OPERATOR"], title="payment desk"),
            Person(
                id=officer, institution=bank, roles=["BANK_OFFICER"], title="second pair of eyes"
            ),
            Person(id=f"{bank.lower()}-bulk", institution=bank, roles=["BULK"], title="bulk desk"),
        ]
        members.append(msgspec.structs.replace(member, people=people))
    for bank, home in OVERSEAS_BANKS.items():
        name, name_zh = f"Simulated Overseas Bank {home}", f"模拟境外银行{home}"
        bic = f"SIMO{home}22XXX"
        members.append(
            _member(
                bank, name, name_zh, InstitutionKind.OVERSEAS_BANK, ["CORRESPONDENT"], home, bic
            )
        )
    return members


def _companies() -> list[Member]:
    members = []
    for n, company in enumerate(COMPANIES, 1):
        name, name_zh = f"Simulated Trading {n:02d}", f"模拟离岸贸易{n:02d}"
        members.append(_member(company, name, name_zh, InstitutionKind.COMPANY, ["TREASURER"]))
    for supplier, home in SUPPLIERS.items():
        name, name_zh = f"Simulated Supplier {home}", f"模拟境外供应商{home}"
        members.append(_member(supplier, name, name_zh, InstitutionKind.COMPANY, [], home))
    return members


def _firms() -> list[Member]:
    return [
        _member(
            firm,
            f"Simulated Securities {n}",
            f"模拟证券{n}",
            InstitutionKind.SECURITIES_FIRM,
            ["TRADER"],
        )
        for n, firm in enumerate(FIRMS, 1)
    ]


_TITLES = {
    "CEDENT": "cedes",
    "UNDERWRITER": "underwrites",
    "BROKER": "places",
    "TREASURER": "pays",
    "TRADER": "trades",
    "CORRESPONDENT": "sends credit transfers",
    "SUPERVISOR": "reads everything",
}


def _member(
    member_id: str,
    name: str,
    name_zh: str,
    kind: InstitutionKind,
    roles: list[str],
    domicile: str = "CN",
    bic: str = "",
) -> Member:
    institution = Institution(
        id=member_id,
        name=name,
        name_zh=name_zh,
        kind=kind,
        lei=lei_of(f"9845SIM0{_lei_part(member_id)}"),
        domicile=domicile,
        bic=bic,
        uscc=uscc_of(f"91310115M{_uscc_part(member_id)}") if domicile == "CN" else "",
    )
    people = [
        Person(
            id=f"{member_id.lower()}-{role.lower()}",
            institution=member_id,
            roles=[role],
            title=_TITLES[role],
        )
        for role in roles
    ]
    return Member(institution, people)


def _lei_part(member_id: str) -> str:
    return "".join(c for c in member_id if c.isalnum()).rjust(10, "0")


def _uscc_part(member_id: str) -> str:
    """Return 8 characters of the code's alphabet (no I, O, S, V, Z), one to one with the id."""
    number = int("".join(c for c in member_id if c.isalnum()), 36) % 10**8
    return f"{number:08d}"
