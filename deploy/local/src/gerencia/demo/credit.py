"""Credit and collection, prices, expenses and the bank: what its people did in the last days."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gerencia.demo import desk as shown
from gerencia.demo.asking import Asking, mxn
from gerencia.demo.company import CARS, COMPANY, OPENED, Company, Sale
from gerencia.installation import GerenciaError
from kernel.ids import imported_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import httpx

GROUP = imported_id(COMPANY, "credit-group", "la-canada")
BANK_ACCOUNT = "072580012345678901"
PATIENCE_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 0.1
ENTERTAINMENT = "entertainment"


class Credit(Asking):
    """The steps, in the order in which one needs the other.

    Args:
        customers: their ids, by number.
        orders: their ids, by number.
    """

    def __init__(
        self,
        http: httpx.Client,
        made: Company,
        customers: Mapping[str, str],
        orders: Mapping[str, str],
    ) -> None:
        super().__init__(http)
        self.made = made
        self.desk = shown.desk(made)
        self.customers = customers
        self.orders = orders
        self.owners = {buyer.key: buyer.owner for buyer in made.buyers}

    def everything(self) -> None:
        """Reminders run while the rest is done; what was promised comes after them."""
        self.dispute()
        first, second = self.desk.dunned_on
        reminding = self.remind(first)
        self.prices_budgets_and_bank()
        statement = self.import_statement()
        self._wait_for(f"dunning-runs/{reminding}", _is_done)
        reminding = self.remind(second)
        self.share_limits()
        self.ask_for_approvals()
        self._wait_for(f"dunning-runs/{reminding}", _is_done)
        self.promise_plan_and_assess()
        self._wait_for(f"bank-statements/{statement}", _is_matched)

    def dispute(self) -> None:
        """A customer told their rep that something is wrong with the car."""
        sale = self.desk.disputed
        with self.acting_as(self.owners[sale.customer]):
            reason = "La unidad llegó con un golpe en la puerta; pide reparación o descuento"
            item = self._item(sale)
            self.post(f"items/{item['item']}/dispute", sale.key, {"reason": reason})

    def remind(self, on: date) -> str:
        """A run of letters to whoever is overdue on a day."""
        with self.acting_as("ruben"):
            body = {"company": COMPANY, "as_of": on.isoformat()}
            return str(self.post("dunning-runs", on.isoformat(), body)["run"])

    def prices_budgets_and_bank(self) -> None:
        """What the management says beforehand."""
        prices = [
            {
                "product": car.product,
                "amount": mxn(car.price),
                "floor": mxn(car.price * shown.FLOOR_RATE),
                "cost": mxn(car.price * shown.COST_RATE),
                "valid_from": OPENED.isoformat(),
            }
            for car in CARS
        ]
        self.post("prices", "list", {"company": COMPANY, "prices": prices})
        shares = zip(self.made.branches, (2, 1, 1), strict=True)
        budget = {
            "category": ENTERTAINMENT,
            "year": self.made.today.year,
            "amount": mxn(shown.YEARLY_BUDGET),
            "units": [{"unit": branch.unit, "weight": str(weight)} for branch, weight in shares],
        }
        self.post("budgets/split", ENTERTAINMENT, budget)
        account = {"company": COMPANY, "unit": COMPANY, "name": "Concentradora", "currency": "MXN"}
        self.put(f"bank-accounts/{BANK_ACCOUNT}", {**account, "mapping": shown.MAPPING})

    def import_statement(self) -> str:
        """The bank's file of today: one entry is clear, of the other somebody has to say whose."""
        with self.acting_as("ruben"):
            accounts = self.get("bank-accounts")["items"]
            name = f"movimientos-{self.desk.today}.csv"
            body = {
                "company": COMPANY,
                "file": self.upload(COMPANY, name, self.desk.statement, "text/csv"),
                "account": next(a["account"] for a in accounts if a["number"] == BANK_ACCOUNT),
            }
            return str(self.post("bank-statements", name, body)["items"][0]["statement"])

    def share_limits(self) -> None:
        """Two customers of one house share a limit, though two branches sell to them."""
        with self.acting_as("alejandra"):
            house = {"company": COMPANY, "unit": COMPANY, "currency": "MXN"}
            self.put(f"credit-groups/{GROUP}", {**house, "name": "Grupo La Cañada"})
            limit = {"limit": mxn(self.desk.group_limit), "reason": "Línea común del grupo"}
            self.put(f"credit-groups/{GROUP}/limit", limit, key="first")
            for buyer in self.desk.group:
                body = {"group": str(GROUP), "reason": "Mismo grupo empresarial"}
                self.put(f"customers/{self.customers[buyer.key]}/credit/group", body)

    def ask_for_approvals(self) -> None:
        """A rep asks for a limit, a discount and what a meal has cost; the manager decides."""
        with self.acting_as("mario"):
            customer = self.customers[self.desk.wants_limit.key]
            body = {"limit": mxn(shown.LIMIT_ASKED), "reason": "Cambia su unidad por una híbrida"}
            self.post(f"customers/{customer}/credit/limit-requests", "raise", body)
            self.post("discounts", "quote", self._discount())
            self.post("expense-claims", "meal", self._claim())

    def promise_plan_and_assess(self) -> None:
        """What the collector agreed with two customers, and what one of them is worth."""
        soon, later = (self.desk.today + timedelta(days=days) for days in (6, 15))
        with self.acting_as("ruben"):
            sale = self.desk.promised
            customer = self.customers[sale.customer]
            promise = {"customer": customer, "amount": mxn(sale.gross / 2)}
            note = "Habló la contadora: la mitad con la próxima quincena"
            self.post("promises", sale.key, {**promise, "promised_on": f"{soon}", "note": note})
            self.post(f"customers/{customer}/credit/assessments", sale.key, _ASSESSED)
            sale = self.desk.planned
            plan = {"customer": self.customers[sale.customer], "number": 3, "first_on": f"{later}"}
            items = [self._item(sale)["item"]]
            note = "Tres pagos mensuales"
            self.post("payment-plans", sale.key, {**plan, "items": items, "note": note})

    def _discount(self) -> dict[str, Any]:
        line = {"number": 1, "product": self.desk.car.product, "quantity": "1"}
        return {
            "customer": self.customers[self.desk.wants_discount.key],
            "number": "COT-0001",
            "lines": [{**line, "unit_price": mxn(shown.PRICE_ASKED)}],
            "reason": "La competencia ofrece lo mismo; cierra esta semana",
        }

    def _claim(self) -> dict[str, Any]:
        unit = self.desk.wants_limit.unit
        line = {
            "category": ENTERTAINMENT,
            "spent_on": self.desk.today.isoformat(),
            "amount": mxn(shown.SPENT),
            "receipt": self.upload(unit, "ticket.txt", self.desk.receipt, "text/plain"),
        }
        return {"unit": unit, "purpose": shown.PURPOSE, "lines": [line]}

    def _item(self, sale: Sale) -> dict[str, Any]:
        """What is owed on a sale."""
        query = {"order": self.orders[sale.key], "kind": "invoice", "limit": 1}
        (invoice,) = self.get("documents", query)["items"]
        found: dict[str, Any] = self.get(f"documents/{invoice['document']}/items")["items"][0]
        return found

    def _wait_for(self, path: str, done: Callable[[dict[str, Any]], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not done(self.get(path)):
            if time.monotonic() > until:
                raise GerenciaError(f"/api/v1/{path} is not done yet.")
            time.sleep(LOOK_AGAIN_SECONDS)


_ASSESSED = {
    "entered": [
        {"factor": "Calificación externa", "value": "B", "evidence": "Buró de crédito, folio 4471"},
        {"factor": "Garantías", "value": "pagaré", "evidence": "Pagaré 118, firmado al alta"},
        {"factor": "Importancia comercial", "value": "alta", "evidence": "Flotilla de 40 unidades"},
    ],
    "note": "Revisado al recibir la promesa de pago",
}


def _is_done(run: dict[str, Any]) -> bool:
    return bool(run["state"] == "done")


def _is_matched(statement: dict[str, Any]) -> bool:
    return statement["matched_at"] is not None
