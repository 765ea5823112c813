"""What the demonstration company looks like: the same seed and day always give the same one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, cycle
from typing import Literal
from uuid import UUID

from kernel.ids import imported_id
from kernel.period import Period

COMPANY = "gmn"
NAME = "Grupo Motriz del Norte"
TAX_RATE = Decimal("0.16")
OPENED = date(2019, 3, 4)

Fate = Literal["held", "confirmed", "invoiced", "overdue", "paid", "part-paid", "returned"]
FATES: Sequence[Fate] = (
    *("paid", "invoiced", "overdue", "confirmed", "paid", "held", "part-paid"),
    *("paid", "returned", "invoiced", "overdue", "paid", "confirmed"),
)
# Days before today on which an order of this fate was placed: the longest and the shortest.
AGES: dict[Fate, tuple[int, int]] = {
    "held": (5, 0),
    "confirmed": (7, 1),
    "invoiced": (22, 6),
    "paid": (85, 36),
    "part-paid": (60, 25),
    "overdue": (88, 48),
    "returned": (45, 20),
}


@dataclass(frozen=True)
class Branch:
    """A branch: `unit` is its id, `area` its telephone code."""

    unit: str
    name: str
    area: str


@dataclass(frozen=True)
class Worker:
    """Somebody of the company, who signs in as `username`."""

    username: str
    name: str
    role: str
    unit: str
    job: str
    supervisor: str | None = None

    @property
    def person(self) -> UUID:
        """The same in every installation."""
        return imported_id(COMPANY, "person", self.username)


@dataclass(frozen=True)
class Car:
    """A model in the price list, in pesos without tax."""

    product: str
    description: str
    price: int


@dataclass(frozen=True)
class Sale:
    """An order and what becomes of it."""

    key: str
    customer: str
    car: Car
    quantity: int
    placed_on: date
    terms_days: int
    fate: Fate

    @property
    def gross(self) -> Decimal:
        """Taxes included."""
        return self.car.price * self.quantity * (1 + TAX_RATE)

    @property
    def delivered_on(self) -> date:
        """Papers and plates take three days."""
        return self.placed_on + timedelta(days=3)


@dataclass(frozen=True)
class Buyer:
    """A customer of a rep, with the credit that they need."""

    key: str
    name: str
    kind: Literal["company", "person"]
    unit: str
    owner: str
    phone: str
    limit: int = 0


@dataclass(frozen=True)
class Company:
    """The whole demonstration company on a day."""

    today: date
    branches: Sequence[Branch]
    workers: Sequence[Worker]
    buyers: Sequence[Buyer]
    sales: Sequence[Sale]

    @property
    def reps(self) -> list[Worker]:
        """Those who sell."""
        return [worker for worker in self.workers if worker.role == "rep"]

    @property
    def months(self) -> list[Period]:
        """The months with quotas: the two before this one, this one and the next."""
        this = self.today.year * 12 + self.today.month - 1
        return [Period.month(m // 12, m % 12 + 1) for m in range(this - 2, this + 2)]


BRANCHES = (
    Branch("gmn-monterrey", "Monterrey", "81"),
    Branch("gmn-saltillo", "Saltillo", "844"),
    Branch("gmn-torreon", "Torreón", "871"),
)
WORKERS = (
    Worker("alejandra", "Alejandra Treviño Cantú", "director", COMPANY, "Directora comercial"),
    Worker("irene", "Irene Muñoz Salazar", "analyst", COMPANY, "Analista", "alejandra"),
    Worker("ruben", "Rubén Peña Ibarra", "collector", COMPANY, "Cobranza", "alejandra"),
    Worker("beatriz", "Beatriz Garza Elizondo", "manager", "gmn-monterrey", "Gerente", "alejandra"),
    Worker("hector", "Héctor Valdés Ríos", "manager", "gmn-saltillo", "Gerente", "alejandra"),
    Worker("lucia", "Lucía Ñáñez Berlanga", "manager", "gmn-torreon", "Gerente", "alejandra"),
    Worker("mario", "Mario Cárdenas Lozano", "rep", "gmn-monterrey", "Asesor", "beatriz"),
    Worker("sofia", "Sofía Villarreal Páez", "rep", "gmn-monterrey", "Asesora", "beatriz"),
    Worker("daniel", "Daniel Flores Quiroga", "rep", "gmn-saltillo", "Asesor", "hector"),
    Worker("paola", "Paola Dávila Góngora", "rep", "gmn-saltillo", "Asesora", "hector"),
    Worker("ernesto", "Ernesto Máynez Ruelas", "rep", "gmn-torreon", "Asesor", "lucia"),
    Worker("ximena", "Ximena Ochoa Núñez", "rep", "gmn-torreon", "Asesora", "lucia"),
)
CARS = (
    Car("SED-AURA", "Sedán Aura 1.6 manual", 318_000),
    Car("SED-AURA-X", "Sedán Aura 1.6 automático", 352_000),
    Car("HAT-BRISA", "Hatchback Brisa eléctrico", 489_000),
    Car("SUV-CUMBRE", "SUV Cumbre 2.0", 564_500),
    Car("SUV-CUMBRE-H", "SUV Cumbre híbrida", 689_000),
    Car("PUP-NORTE", "Pick-up Norte doble cabina", 612_000),
    Car("VAN-REPARTO", "Van Reparto de carga", 545_000),
)
FLEETS = (
    *("Transportes Peñón Blanco", "Constructora Álamo Ruiz", "Lácteos La Cañada"),
    *("Servicios Médicos Mitras", "Agrícola San Íñigo", "Distribuidora Güémez"),
    *("Aceros Múzquiz", "Hotel Sierra Azul", "Logística Río Nazas"),
    *("Muebles Arteaga", "Minera Peñoles del Sur", "Farmacias Ávila"),
)
PEOPLE = (
    *("José Ángel Núñez Prado", "María Fernanda Ibáñez", "Raúl Cepeda Zúñiga"),
    *("Begoña Echeverría Sáenz", "Óscar Treviño Leal", "Ana Lucía Peña Ortiz"),
    *("Íñigo Salas Montemayor", "Verónica Güitrón Díaz", "Tomás Ayala Rentería"),
    *("Elena Muñiz Cavazos", "Andrés Ordóñez Vela", "Carmen Yáñez Robledo"),
)


def company(today: date, seed: int = 2026) -> Company:
    """The company as it is on a day.

    Every buyer's limit covers what was accepted from them; an order on hold goes beyond it.

    >>> company(date(2026, 11, 23)) == company(date(2026, 11, 23))
    True
    """
    dice = random.Random(seed)  # noqa: S311  # the same company every time is the point
    buyers = list(_buyers(dice))
    sales = list(_sales(dice, buyers, today))
    limited = [replace(buyer, limit=_limit(buyer, sales)) for buyer in buyers]
    return Company(today, BRANCHES, WORKERS, limited, sales)


def _buyers(dice: random.Random) -> Iterator[Buyer]:
    reps = cycle(worker for worker in WORKERS if worker.role == "rep")
    areas = {branch.unit: branch.area for branch in BRANCHES}
    kinds = [("company", name) for name in FLEETS] + [("person", name) for name in PEOPLE]
    for number, (kind, name), rep in zip(count(1), kinds, reps, strict=False):
        area = areas[rep.unit]
        local = str(dice.randrange(2_000_000, 8_999_999))[: 10 - len(area)].ljust(
            10 - len(area), "4"
        )
        yield Buyer(
            key=f"C-{number:03}",
            name=name,
            kind="company" if kind == "company" else "person",
            unit=rep.unit,
            owner=rep.username,
            phone=f"+52{area}{local}",
        )


def _sales(dice: random.Random, buyers: Sequence[Buyer], today: date) -> Iterator[Sale]:
    fates = cycle(FATES)
    numbers = count(1)
    for buyer in buyers:
        for _ in range(3 if buyer.kind == "company" else 1):
            fate = next(fates)
            yield Sale(
                key=f"P-{next(numbers):04}",
                customer=buyer.key,
                car=dice.choice(CARS),
                quantity=_quantity(dice, buyer, fate),
                placed_on=today - timedelta(days=dice.randint(*sorted(AGES[fate]))),
                terms_days=15 if fate == "overdue" else 30,
                fate=fate,
            )


def _quantity(dice: random.Random, buyer: Buyer, fate: Fate) -> int:
    if fate == "held":
        return 6  # more than a limit leaves
    return dice.choice((1, 1, 2, 3)) if buyer.kind == "company" else 1


def _limit(buyer: Buyer, sales: Sequence[Sale]) -> int:
    accepted = sum(
        sale.gross for sale in sales if sale.customer == buyer.key and sale.fate != "held"
    )
    # The next round amount with some room, but never enough for six cars more.
    return int(accepted // 100_000 + 2) * 100_000
