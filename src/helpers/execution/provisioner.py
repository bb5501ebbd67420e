"""Kernels of Jupyter forked from the prepared process: for nbval, `jupyter execute`, JupyterLab.

Chosen by `JUPYTER_DEFAULT_PROVISIONER_NAME=diagnostic`, or by a kernel specification whose metadata say
`{"kernel_provisioner": {"provisioner_name": "diagnostic"}}`.
"""

from __future__ import annotations

import asyncio
import os
import signal
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from helpers.execution import forkserver
from helpers.execution.forkserver import Call, ServerError

_LAUNCHER = "ipykernel_launcher"


class ForkedKernelProvisioner(LocalProvisioner):
    """Starts ipykernel in a fork of the prepared process; any other kernel, or without such a process, as usual."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel of a command; the folder and the environment are those that are given."""
        if _LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        start = partial(
            start_kernel,
            cmd[cmd.index(_LAUNCHER) + 1 :],
            environment=dict(kwargs.get("env") or os.environ),
            folder=Path(kwargs.get("cwd") or os.curdir).resolve(),
        )
        try:
            call = await asyncio.to_thread(forkserver.default().call, start)
        except ServerError as error:
            self.log.warning("Noyau ordinaire : %s.", error)
            return await super().launch_kernel(cmd, **kwargs)
        # It has what this class and its base ask of `subprocess.Popen`.
        self.process = _Process(call)  # type: ignore[assignment]
        self.pid = self.pgid = call.pid
        return self.connection_info

    async def wait(self) -> int | None:
        """The exit code of the kernel, once it has ended."""
        if isinstance(self.process, _Process):
            # The base class looks ten times a second only: that is most of the time that stopping takes.
            while await self.poll() is None:
                await asyncio.sleep(0.01)
        return await super().wait()


class _Process:
    """What the provisioner asks of `subprocess.Popen`, of a call."""

    stdin = stdout = stderr = None

    def __init__(self, call: Call) -> None:
        self._call = call
        self.poll = call.poll
        self.wait = call.poll

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.killpg(self._call.pid, number)

    def kill(self) -> None:
        self._call.kill()

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def start_kernel(arguments: list[str], *, environment: dict[str, str], folder: Path) -> None:
    """Be a kernel until it is told to end: in a child of the prepared process."""
    from ipykernel.kernelapp import IPKernelApp

    from helpers.execution.inprocess import draw_into

    class Kernel(IPKernelApp):
        name = "ipython-kernel"

        def init_gui_pylab(self) -> None:
            super().init_gui_pylab()
            if self.shell is not None:
                draw_into(self.shell)

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    # ipykernel ends with its parent, which is the prepared process and not who asked for the kernel.
    Kernel.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
