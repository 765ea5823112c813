"""`python -m gateway` runs the gateway, `python -m gateway migrate` prepares its database."""

from __future__ import annotations

import asyncio
import signal
import sys

import uvloop

from gateway.app import listen, serving
from gateway.service import SERVICE
from gateway.settings import GatewaySettings
from kernel import logs
from kernel.service import main, running

_log = logs.logger("gateway")


async def run(settings: GatewaySettings) -> int:
    """Run until SIGTERM or SIGINT (0), or until it has to be started anew (1)."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    work = asyncio.create_task(_serve(settings, told))
    stop = asyncio.create_task(told.wait())
    await asyncio.wait([work, stop], return_when=asyncio.FIRST_COMPLETED)
    return await work


async def _serve(settings: GatewaySettings, told: asyncio.Event) -> int:
    listening = listen(settings)
    async with (
        running(SERVICE, settings) as program,
        serving(program, settings, listening) as address,
    ):
        _log.info("serving", address=address)
        stop = asyncio.create_task(told.wait())
        fail = asyncio.create_task(program.failed.wait())
        await asyncio.wait([stop, fail], return_when=asyncio.FIRST_COMPLETED)
        return 1 if program.failed.is_set() and not told.is_set() else 0


if __name__ == "__main__":
    if sys.argv[1:]:
        main(SERVICE, GatewaySettings)
    else:
        given = GatewaySettings()
        logs.configure(SERVICE.name, given.log_level)
        sys.exit(uvloop.run(run(given)))
