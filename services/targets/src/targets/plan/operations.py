"""How quotas are asked for and set from outside."""

from __future__ import annotations

from contracts.imports import ImportAnswer
from contracts.targets import quotas as contract
from contracts.targets.imports import ImportQuotas
from kernel.database import Transaction
from kernel.operations import Page
from kernel.rpc import Operations
from kernel.scope import Principal
from targets.organisation.rules import DatesReversed, UnknownPerson
from targets.plan import commands, queries, rules

operations = Operations(
    status={
        rules.NegativeTarget: 422,
        rules.NoWeight: 422,
        rules.NamedTwice: 422,
        DatesReversed: 422,
        UnknownPerson: 404,
    }
)


@operations.command(contract.SetQuota)
async def set_quota(tx: Transaction, asked: contract.SetQuota, who: Principal) -> contract.Quota:
    """One person's target."""
    return queries.shown(*await commands.set_quota(tx, asked, who))


@operations.command(contract.SplitTarget)
async def split_target(
    tx: Transaction, asked: contract.SplitTarget, who: Principal
) -> contract.Split:
    """A total over several people."""
    quotas = await commands.split_target(tx, asked, who)
    return contract.Split(total=asked.total, quotas=[queries.shown(*each) for each in quotas])


@operations.question(contract.ListQuotas)
async def list_quotas(
    tx: Transaction, asked: contract.ListQuotas, who: Principal
) -> Page[contract.Quota]:
    """Quotas in scope."""
    return await queries.list_quotas(tx, asked)


@operations.command(ImportQuotas)
async def import_quotas(tx: Transaction, asked: ImportQuotas, who: Principal) -> ImportAnswer:
    """Quotas from another system."""
    return await commands.import_quotas(tx, asked, who)
