"""One sample of every event, out of one story: publishers' and subscribers' tests share them.

Talleres Peña buys brake discs for 11,600 MXN from Ana Ibarra in Monterrey, with a limit of
10,000; Ana's manager releases the order; two thirds come back after it was invoiced.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from contracts.billing.account_feedback_ready import AccountFeedbackReadyV1, AccountFiguresV1
from contracts.billing.allocation_reversed import AllocationReversedV1
from contracts.billing.approval_decided import ApprovalDecidedV1
from contracts.billing.approval_requested import ApprovalRequestedV1
from contracts.billing.budget_exceeded import BudgetExceededV1
from contracts.billing.charge_issued import ChargeIssuedV1
from contracts.billing.collection_escalated import CollectionEscalatedV1
from contracts.billing.contract_reviewed import ContractReviewedV1
from contracts.billing.credit_alert import CreditAlertV1
from contracts.billing.credit_block_changed import CreditBlockChangedV1
from contracts.billing.credit_note_issued import CreditNoteIssuedV1
from contracts.billing.credit_reserved import CreditReservedV1
from contracts.billing.credit_review_due import CreditReviewDueV1
from contracts.billing.customer_assessed import CustomerAssessedV1
from contracts.billing.customer_dunned import CustomerDunnedV1
from contracts.billing.debt_written_off import DebtWrittenOffV1
from contracts.billing.discount_decided import DiscountDecidedV1, DiscountLineV1
from contracts.billing.dispute_changed import DisputeChangedV1
from contracts.billing.documents_numbered import DocumentsNumberedV1, NumberedV1
from contracts.billing.expense_approved import ExpenseApprovedV1, ExpenseV1
from contracts.billing.handed_to_agency import HandedToAgencyV1
from contracts.billing.invoice_issued import InvoiceIssuedV1
from contracts.billing.invoice_overdue import InvoiceOverdueV1
from contracts.billing.limit_changed import LimitChangedV1
from contracts.billing.order_held import OrderHeldV1
from contracts.billing.order_rejected import OrderRejectedV1
from contracts.billing.order_released import OrderReleasedV1
from contracts.billing.payment_allocated import PaymentAllocatedV1
from contracts.billing.payment_received import PaymentReceivedV1
from contracts.billing.payment_reversed import PaymentReversedV1
from contracts.billing.plan_broken import PlanBrokenV1
from contracts.billing.price_breach_found import PriceBreachFoundV1, SoldBelowV1
from contracts.billing.promise_broken import PromiseBrokenV1
from contracts.billing.reservation_expired import ReservationExpiredV1
from contracts.billing.statement_matched import StatementMatchedV1
from contracts.customers import customer_changed
from contracts.customers.order_cancelled import OrderCancelledV1
from contracts.customers.order_confirmed import OrderConfirmedV1
from contracts.customers.order_delivered import OrderDeliveredV1
from contracts.customers.order_placed import OrderPlacedV1
from contracts.customers.order_returned import OrderReturnedV1
from contracts.gateway import user_changed
from contracts.lines import Line
from contracts.notifications.notification_created import NotificationCreatedV1
from contracts.targets import person_changed
from contracts.targets.attainment_reached import AttainmentReachedV1
from contracts.targets.unit_changed import UnitChangedV1
from kernel.events import Event
from kernel.money import Money


def _id(last: int) -> UUID:
    return UUID(f"01938b2e-0000-7000-8000-{last:012d}")


def _mxn(amount: str) -> Money:
    return Money.of(amount, "MXN")


COMPANY, UNIT = "refacciones", "mty"
CUSTOMER, ORDER, DELIVERY, INVOICE, CREDIT_NOTE, PAYMENT, RETURN, QUOTA, NOTICE, USER = map(
    _id, range(1, 11)
)
APPROVAL = _id(31)
ANA, MANAGER = _id(21), _id(22)
LINE = Line(
    number=1,
    product="DISC-280",
    description="Disco de freno 280 mm",
    quantity=Decimal(12),
    net=Decimal("10000.00"),
    gross=Decimal("11600.00"),
)
RETURNED = LINE.model_copy(
    update={"quantity": Decimal(8), "net": Decimal("6666.67"), "gross": Decimal("7733.34")}
)
NET, GROSS = _mxn("10000.00"), _mxn("11600.00")

_EVENTS: tuple[Event, ...] = (
    UnitChangedV1(
        unit=UNIT,
        key="MTY",
        name="Monterrey",
        level="branch",
        company=COMPANY,
        parent=COMPANY,
        currency="MXN",
        country="MX",
        active_from=date(2020, 1, 1),
    ),
    person_changed.PersonChangedV1(
        unit=UNIT,
        person=ANA,
        key="E-117",
        company=COMPANY,
        job="rep",
        supervisor=MANAGER,
        employed_from=date(2022, 3, 1),
        personal=person_changed.PersonalV1(name="Ana Ibarra", email="ana@example.com"),
    ),
    user_changed.UserChangedV1(
        unit=UNIT,
        user=USER,
        person=ANA,
        grants=[user_changed.Grant(role="rep", unit=UNIT)],
        personal=user_changed.PersonalV1(name="Ana Ibarra", email="ana@example.com"),
    ),
    customer_changed.CustomerChangedV1(
        unit=UNIT,
        customer=CUSTOMER,
        number="C-1042",
        company=COMPANY,
        owner=ANA,
        currency="MXN",
        personal=customer_changed.PersonalV1(
            name="Talleres Peña", tax_id="TPE010203AB9", phone="+528183334455"
        ),
    ),
    CustomerAssessedV1(
        unit=UNIT,
        customer=CUSTOMER,
        company=COMPANY,
        assessment=_id(81),
        score=Decimal("71.5"),
        grade="B",
        proposed_limit=_mxn("10000.00"),
        review_on=date(2026, 9, 2),
        assessed_by=MANAGER,
    ),
    LimitChangedV1(
        unit=UNIT, customer=CUSTOMER, company=COMPANY, limit=_mxn("10000.00"), changed_by=MANAGER
    ),
    AccountFeedbackReadyV1(
        unit=UNIT,
        feedback=_id(82),
        company=COMPANY,
        rep=ANA,
        month="2026-03",
        figures=[
            AccountFiguresV1(
                opening=_mxn("8000.00"),
                invoiced=_mxn("11600.00"),
                collected=_mxn("5000.00"),
                closing=_mxn("14600.00"),
                overdue=_mxn("3000.00"),
                dso=Decimal("39.02"),
                effectiveness=Decimal("0.6250"),
                weighted_days_late=Decimal("4.2000"),
                on_time=Decimal("0.7500"),
            )
        ],
        customers_overdue=2,
    ),
    CreditReviewDueV1(
        unit=UNIT,
        customer=CUSTOMER,
        customer_number="C-1042",
        company=COMPANY,
        rep=ANA,
        assessment=_id(81),
        review_on=date(2026, 9, 2),
        grade="B",
    ),
    CreditAlertV1(
        unit=UNIT,
        customer=CUSTOMER,
        company=COMPANY,
        customer_number="C-1042",
        rep=ANA,
        threshold=Decimal("0.8"),
        used=_mxn("8000.00"),
        limit=_mxn("10000.00"),
    ),
    CreditBlockChangedV1(
        unit=UNIT,
        customer=CUSTOMER,
        company=COMPANY,
        blocked_by=["dunning"],
        reason="Tercer recordatorio sin pago",
        changed_by=None,
    ),
    OrderPlacedV1(
        unit=UNIT,
        order=ORDER,
        number="P-5001",
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        placed_on=date(2026, 3, 2),
        net=NET,
        gross=GROSS,
        lines=[LINE],
    ),
    CreditReservedV1(
        unit=UNIT, order=ORDER, number="P-5001", customer=CUSTOMER, rep=ANA, amount=GROSS
    ),
    ReservationExpiredV1(
        unit=UNIT, order=ORDER, number="P-5001", customer=CUSTOMER, rep=ANA, amount=GROSS
    ),
    OrderHeldV1(
        unit=UNIT,
        order=ORDER,
        number="P-5001",
        customer=CUSTOMER,
        rep=ANA,
        total=GROSS,
        missing=_mxn("1600.00"),
    ),
    ApprovalRequestedV1(
        unit=UNIT,
        approval=APPROVAL,
        act="release-order",
        company=COMPANY,
        customer=CUSTOMER,
        subject=ORDER,
        amount=GROSS,
        currency="MXN",
        requested_by=ANA,
        reason="Faltan 1600.00 MXN de crédito",
    ),
    ApprovalDecidedV1(
        unit=UNIT,
        approval=APPROVAL,
        act="release-order",
        company=COMPANY,
        customer=CUSTOMER,
        subject=ORDER,
        amount=GROSS,
        currency="MXN",
        requested_by=ANA,
        approved=True,
        decided_by=[MANAGER],
        reason="Cliente de confianza",
    ),
    OrderReleasedV1(
        unit=UNIT,
        order=ORDER,
        number="P-5001",
        customer=CUSTOMER,
        rep=ANA,
        total=GROSS,
        released_by=MANAGER,
    ),
    OrderRejectedV1(
        unit=UNIT,
        order=ORDER,
        number="P-5001",
        customer=CUSTOMER,
        rep=ANA,
        total=GROSS,
        rejected_by=MANAGER,
        reason="Tiene dos facturas vencidas",
    ),
    OrderConfirmedV1(
        unit=UNIT,
        order=ORDER,
        number="P-5001",
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        confirmed_on=date(2026, 3, 2),
        net=NET,
        gross=GROSS,
    ),
    OrderCancelledV1(
        unit=UNIT,
        order=ORDER,
        number="P-5001",
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        reason="El cliente ya no lo necesita",
    ),
    OrderDeliveredV1(
        unit=UNIT,
        order=ORDER,
        number="P-5001",
        delivery=DELIVERY,
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        delivered_on=date(2026, 3, 5),
        due_on=date(2026, 4, 4),
        net=NET,
        gross=GROSS,
        lines=[LINE],
    ),
    OrderReturnedV1(
        unit=UNIT,
        order=ORDER,
        number="P-5001",
        delivery=DELIVERY,
        goods_return=RETURN,
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        returned_on=date(2026, 3, 20),
        net=_mxn("6666.67"),
        gross=_mxn("7733.34"),
        lines=[RETURNED],
        reason="Medida equivocada",
    ),
    InvoiceIssuedV1(
        unit=UNIT,
        invoice=INVOICE,
        number="P-5001",
        order=ORDER,
        order_number="P-5001",
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        issued_on=date(2026, 3, 5),
        due_on=date(2026, 4, 4),
        net=NET,
        gross=GROSS,
        lines=[LINE],
        instalments=[],
    ),
    CreditNoteIssuedV1(
        unit=UNIT,
        credit_note=CREDIT_NOTE,
        number="P-5001-1",
        invoice=INVOICE,
        order=ORDER,
        order_number="P-5001",
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        issued_on=date(2026, 3, 20),
        net=_mxn("6666.67"),
        gross=_mxn("7733.34"),
        invoice_net=NET,
        lines=[RETURNED],
    ),
    PaymentReceivedV1(
        unit=UNIT,
        payment=PAYMENT,
        number="T-88",
        customer=CUSTOMER,
        company=COMPANY,
        paid_on=date(2026, 4, 10),
        amount=_mxn("3000.00"),
    ),
    PaymentAllocatedV1(
        unit=UNIT,
        payment=PAYMENT,
        invoice=INVOICE,
        invoice_number="P-5001",
        order=ORDER,
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        allocated_on=date(2026, 4, 10),
        amount=_mxn("3000.00"),
        open_after=_mxn("866.66"),
    ),
    PaymentReversedV1(
        unit=UNIT,
        payment=PAYMENT,
        number="SPEI 4711",
        customer=CUSTOMER,
        company=COMPANY,
        reversed_on=date(2026, 4, 14),
        amount=_mxn("3000.00"),
        reason="devuelta por el banco",
    ),
    AllocationReversedV1(
        unit=UNIT,
        payment=PAYMENT,
        invoice=INVOICE,
        invoice_number="P-5001",
        order=ORDER,
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        reversed_on=date(2026, 4, 14),
        amount=_mxn("3000.00"),
    ),
    ChargeIssuedV1(
        unit=UNIT,
        charge=_id(41),
        charged="interest",
        number="00000041",
        invoice=INVOICE,
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        issued_on=date(2026, 5, 5),
        due_on=date(2026, 5, 5),
        amount=_mxn("58.00"),
        reason="intereses moratorios",
    ),
    DisputeChangedV1(
        unit=UNIT,
        item=INVOICE,
        invoice=INVOICE,
        invoice_number="P-5001",
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        disputed=True,
        reason="Dos discos llegaron rotos",
        outcome=None,
        open=_mxn("3866.66"),
    ),
    DebtWrittenOffV1(
        unit=UNIT,
        item=INVOICE,
        invoice=INVOICE,
        invoice_number="P-5001",
        charge=False,
        order=ORDER,
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        written_off_on=date(2026, 11, 20),
        amount=_mxn("866.66"),
        bad_debt=True,
    ),
    DocumentsNumberedV1(
        unit=UNIT,
        series="MTY-F",
        company=COMPANY,
        kind_of_document="invoice",
        documents=[NumberedV1(document=INVOICE, legal_number="MTY-F-000001")],
    ),
    InvoiceOverdueV1(
        unit=UNIT,
        invoice=INVOICE,
        number="P-5001",
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        due_on=date(2026, 4, 4),
        overdue_days=1,
        open=_mxn("3866.66"),
    ),
    AttainmentReachedV1(
        unit=UNIT,
        quota=QUOTA,
        person=ANA,
        company=COMPANY,
        period_start=date(2026, 3, 1),
        period_end=date(2026, 4, 1),
        target=_mxn("9000.00"),
        actual=NET,
        attainment=Decimal("1.1111"),
        threshold=Decimal("1.0000"),
    ),
    BudgetExceededV1(
        unit=UNIT,
        budget=_id(51),
        company=COMPANY,
        category="meals",
        month="2026-03",
        amount=_mxn("5000.00"),
        used=_mxn("5320.00"),
        excess=_mxn("320.00"),
        by=ANA,
    ),
    ExpenseApprovedV1(
        unit=UNIT,
        claim=_id(52),
        company=COMPANY,
        claimant=ANA,
        total=_mxn("820.00"),
        approved_by=MANAGER,
        expenses=[
            ExpenseV1(category="meals", spent_on=date(2026, 3, 5), amount=_mxn("820.00")),
        ],
    ),
    StatementMatchedV1(
        unit=UNIT,
        statement=_id(51),
        account=_id(52),
        account_name="Banorte 0123",
        company=COMPANY,
        from_on=date(2026, 4, 1),
        to_on=date(2026, 4, 30),
        entries=120,
        matched=113,
        open=5,
        returned=2,
    ),
    CustomerDunnedV1(
        unit=UNIT,
        letter=_id(61),
        run=_id(62),
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        level=1,
        dated_on=date(2026, 4, 14),
        items=1,
        overdue=[_mxn("866.66")],
    ),
    PromiseBrokenV1(
        unit=UNIT,
        promise=_id(63),
        customer=CUSTOMER,
        customer_number="C-1042",
        company=COMPANY,
        rep=ANA,
        promised_on=date(2026, 4, 20),
        amount=_mxn("866.66"),
        paid=_mxn("0.00"),
    ),
    PlanBrokenV1(
        unit=UNIT,
        plan=_id(64),
        customer=CUSTOMER,
        customer_number="C-1042",
        company=COMPANY,
        rep=ANA,
        instalment=1,
        due_on=date(2026, 5, 4),
        late=_mxn("433.33"),
    ),
    CollectionEscalatedV1(
        unit=UNIT,
        customer=CUSTOMER,
        customer_number="C-1042",
        company=COMPANY,
        rep=ANA,
        cause="collector",
        level=None,
        overdue=_mxn("866.66"),
        reason="No contesta desde hace dos semanas.",
        escalated_by=MANAGER,
    ),
    HandedToAgencyV1(
        unit=UNIT,
        agency_case=_id(65),
        customer=CUSTOMER,
        customer_number="C-1042",
        company=COMPANY,
        rep=ANA,
        agency="Despacho Rivas",
        handed_on=date(2026, 6, 1),
        amount=_mxn("866.66"),
    ),
    DiscountDecidedV1(
        unit=UNIT,
        discount=_id(53),
        number="C-881",
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        approved=True,
        decided_by=MANAGER,
        reason="Cliente de flotilla",
        listed=_mxn("11000.00"),
        net=_mxn("10000.00"),
        valid_until=date(2026, 3, 31),
        lines=[
            DiscountLineV1(
                number=1,
                product="DISC-280",
                quantity=Decimal(12),
                listed=_mxn("11000.00"),
                net=_mxn("10000.00"),
            )
        ],
    ),
    PriceBreachFoundV1(
        unit=UNIT,
        order=ORDER,
        number="P-5001",
        customer=CUSTOMER,
        company=COMPANY,
        rep=ANA,
        placed_on=date(2026, 3, 2),
        lines=[
            SoldBelowV1(
                number=1,
                product="DISC-280",
                quantity=Decimal(12),
                net=_mxn("10000.00"),
                least=_mxn("10200.00"),
                short=_mxn("200.00"),
            )
        ],
    ),
    ContractReviewedV1(
        unit=UNIT,
        review=_id(54),
        contract=_id(55),
        number="CT-2026-17",
        customer=CUSTOMER,
        company=COMPANY,
        value=_mxn("480000.00"),
        approved=True,
        reviewed_by=MANAGER,
        requested_by=ANA,
        reason="",
    ),
    NotificationCreatedV1(unit=UNIT, notification=NOTICE, person=MANAGER, topic="order-held"),
)

SAMPLES: Mapping[str, Event] = {event.type: event for event in _EVENTS}
"""A sample of every event, by type."""
