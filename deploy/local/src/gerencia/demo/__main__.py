"""Makes the demonstration company through the gateway, as its people would have done.

Every request has an idempotency key of its own, so that a making that was interrupted is taken
up again where it ended.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from gerencia.connection import gateway, installation
from gerencia.demo.asking import Asking, mxn
from gerencia.demo.company import COMPANY, NAME, OPENED, TAX_RATE, Company, Sale, company
from gerencia.demo.credit import Credit
from kernel import clock
from kernel.ids import imported_id

if TYPE_CHECKING:
    import httpx

ZONE = "America/Monterrey"
EMPLOYED = date(2023, 1, 9)
MONTHLY_TARGET = 1_450_000
AUTHORITIES: tuple[tuple[str, str, int | None], ...] = (
    ("set-limit", "director", None),
    ("set-group-limit", "director", None),
    ("release-order", "director", None),
    ("set-limit", "manager", 1_000_000),
    ("release-order", "manager", 5_000_000),
)
SHOWN = {
    "alejandra": "dirección: todas las sucursales",
    "beatriz": "gerente de Monterrey: autoriza pedidos, límites, descuentos y gastos",
    "mario": "asesor de Monterrey: ve solo lo suyo",
    "ruben": "cobranza: a quién pedir, cartas, promesas, banco",
    "irene": "análisis: cuotas y comisiones",
}


def main() -> None:
    """Make what is missing of the company."""
    here = installation()
    begun = here.recall("demo-begun") or _begin()
    here.remember("demo-begun", begun)
    with gateway(timeout=120) as http:
        Making(http, company(date.fromisoformat(begun["day"])), begun["passwords"]).everything()
    here.remember("demo", {"company": COMPANY, "users": _sign_ins(begun["passwords"])})


class Making(Asking):
    """The steps, in the order in which one needs the other."""

    def __init__(self, http: httpx.Client, made: Company, passwords: dict[str, str]) -> None:
        super().__init__(http)
        self.made = made
        self.passwords = passwords
        self.customers: dict[str, str] = {}
        self.orders: dict[str, str] = {}

    def everything(self) -> None:
        """Organisation, plans, customers, credit, orders, deliveries, payments, collection."""
        steps = (
            *(
                self.units,
                self.authorities,
                self.people,
                self.users_and_plans,
                self.buyers,
                self.limits,
            ),
            *(self.place, self.place_too_much, self.deliver, self.pay_and_return, self.credit),
        )
        for step in steps:
            step()
            self.settle()

    def units(self) -> None:
        """The company and its branches."""
        root = {"name": NAME, "level": "company", "currency": "MXN", "country": "MX"}
        self.put(f"units/{COMPANY}", {**root, "active_from": OPENED.isoformat()})
        for branch in self.made.branches:
            self.put(
                f"units/{branch.unit}",
                {
                    "name": branch.name,
                    "level": "branch",
                    "parent": COMPANY,
                    "country": "MX",
                    "active_from": OPENED.isoformat(),
                },
            )

    def authorities(self) -> None:
        """Cars are dear: a manager releases orders of some of them, the director any."""
        for act, role, amount in AUTHORITIES:
            given = None if amount is None else mxn(amount)
            body = {"act": act, "role": role, "currency": "MXN", "amount": given}
            self.put("authorities", {"company": COMPANY, **body})

    def people(self) -> None:
        """Everybody, supervisors first."""
        by_name = {worker.username: worker for worker in self.made.workers}
        for worker in self.made.workers:
            boss = by_name.get(worker.supervisor or "")
            self.put(
                f"people/{worker.person}",
                {
                    "name": worker.name,
                    "unit": worker.unit,
                    "job": worker.job,
                    "key": worker.username,
                    "email": f"{worker.username}@motriz.example",
                    "supervisor": str(boss.person) if boss else None,
                    "employed_from": EMPLOYED.isoformat(),
                },
            )

    def users_and_plans(self) -> None:
        """Sign-ins for all; quotas and a commission for those who sell."""
        for worker in self.made.workers:
            self.put(
                f"users/{worker.username}",
                {
                    "name": worker.name,
                    "email": f"{worker.username}@motriz.example",
                    "password": self.passwords[worker.username],
                    "person": str(worker.person),
                    "grants": [{"role": worker.role, "unit": worker.unit}],
                },
            )
        for number, rep in enumerate(self.made.reps):
            self._quotas_of(str(rep.person), MONTHLY_TARGET + 150_000 * (number % 3))
            plan = imported_id(COMPANY, "plan", rep.username)
            rate = ("0.012", "0.015")[number % 2]
            since = self.made.today.replace(month=1, day=1).isoformat()
            self.put(
                f"plans/{plan}", {"person": str(rep.person), "rate": rate, "valid_from": since}
            )

    def buyers(self) -> None:
        """The customers of each rep."""
        owners = {worker.username: str(worker.person) for worker in self.made.workers}
        for buyer in self.made.buyers:
            card = self.post(
                "customers",
                buyer.key,
                {
                    "kind": buyer.kind,
                    "name": buyer.name,
                    "unit": buyer.unit,
                    "number": buyer.key,
                    "owner": owners[buyer.owner],
                    "phone": buyer.phone,
                },
            )
            self.customers[buyer.key] = card["customer"]

    def limits(self) -> None:
        """The credit that the director granted: no administrator may."""
        with self.acting_as("alejandra"):
            for buyer in self.made.buyers:
                customer = self.customers[buyer.key]
                body = {"limit": mxn(buyer.limit), "reason": "Línea autorizada al alta"}
                # Only the first time: granting anew would take back what was asked for since.
                self.put(f"customers/{customer}/credit/limit", body, key="first")

    def place(self) -> None:
        """The orders that fit, the oldest first."""
        self._place(sale for sale in self.made.sales if sale.fate != "held")

    def place_too_much(self) -> None:
        """The orders that go beyond what the others have left of the credit."""
        self._place(sale for sale in self.made.sales if sale.fate == "held")

    def deliver(self) -> None:
        """Deliver what was sold; billing writes the invoices by itself."""
        for sale in self.made.sales:
            if sale.fate not in {"held", "confirmed"}:
                body = {"delivered_on": sale.delivered_on.isoformat()}
                self.post(f"orders/{self.orders[sale.key]}/deliveries", sale.key, body)

    def pay_and_return(self) -> None:
        """What was paid, in full or in part, and what came back."""
        for sale in self.made.sales:
            if sale.fate in {"paid", "part-paid"}:
                self._pay(sale)
            elif sale.fate == "returned":
                body = {"returned_on": self._by(sale, 6), "reason": "Falla de origen"}
                self.post(f"orders/{self.orders[sale.key]}/returns", sale.key, body)

    def credit(self) -> None:
        """What is done about credit, collection, prices, expenses and the bank."""
        Credit(self.http, self.made, self.customers, self.orders).everything()

    def _place(self, sales: Iterable[Sale]) -> None:
        for sale in sorted(sales, key=lambda sale: sale.placed_on):
            self.orders[sale.key] = self.post("orders", sale.key, self._order(sale))["order"]

    def _pay(self, sale: Sale) -> None:
        invoices = self.get(
            "documents", {"order": self.orders[sale.key], "kind": "invoice", "limit": 1}
        )["items"]
        amount = sale.gross if sale.fate == "paid" else sale.gross / 2
        body = {
            "customer": self.customers[sale.customer],
            "amount": mxn(amount),
            "paid_on": self._by(sale, 18),
            "reference": f"SPEI-{sale.key}",
            "invoice": invoices[0]["document"] if invoices else None,
        }
        self.post("payments", sale.key, body)

    def _quotas_of(self, person: str, target: int) -> None:
        for month in self.made.months:
            assert month.end is not None
            body = {
                "person": person,
                "period_start": month.start.isoformat(),
                "period_end": month.end.isoformat(),
                "target": mxn(target),
            }
            self.post("quotas", f"{person}/{month.start}", body)

    def _order(self, sale: Sale) -> dict[str, Any]:
        line = {
            "product": sale.car.product,
            "description": sale.car.description,
            "quantity": str(sale.quantity),
            "unit_price": mxn(sale.car.price),
            "tax_rate": str(TAX_RATE),
        }
        return {
            "customer": self.customers[sale.customer],
            "number": sale.key,
            "placed_on": sale.placed_on.isoformat(),
            "terms_days": sale.terms_days,
            "lines": [line],
        }

    def _by(self, sale: Sale, days: int) -> str:
        """A day after the delivery, but not after today."""
        return min(sale.delivered_on + timedelta(days=days), self.made.today).isoformat()


def _begin() -> dict[str, Any]:
    """The day is fixed and the passwords are chosen once, for a making may be interrupted."""
    made = company(clock.today(ZONE))
    return {
        "day": made.today.isoformat(),
        "passwords": {worker.username: f"motriz-{secrets.token_hex(4)}" for worker in made.workers},
    }


def _sign_ins(passwords: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"username": name, "password": passwords[name], "what": what}
        for name, what in SHOWN.items()
    ]


if __name__ == "__main__":
    main()
