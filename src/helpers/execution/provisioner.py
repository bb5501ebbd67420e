"""Jupyter kernels forked from the template process: for nbval, `jupyter execute`, JupyterLab.

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
from helpers.execution.forkserver import Call
from helpers.execution.template_process import ServerError

_LAUNCHER = "ipykernel_launcher"


class ForkedKernelProvisioner(LocalProvisioner):
    """Starts ipykernel in a fork of the template process; other kernels, or without that process, as usual."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel of a command (`cmd`), in the folder and with the environment that `kwargs` give."""
        if _LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        start = partial(
            start_kernel,
            cmd[cmd.index(_LAUNCHER) + 1 :],
            environment=dict(kwargs.get("env") or os.environ),
            folder=Path(kwargs.get("cwd") or os.curdir).resolve(),
        )
        try:
            process = await asyncio.to_thread(lambda: _Process(forkserver.default().start(), [start]))
        except ServerError as error:
            self.log.warning("Noyau ordinaire : %s.", error)
            return await super().launch_kernel(cmd, **kwargs)
        # It has the methods of `subprocess.Popen` that this class and its base call.
        self.process = process  # type: ignore[assignment]
        self.pid = self.pgid = process.pid
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel to end and return its exit code."""
        if isinstance(self.process, _Process):
            # The base class looks only ten times a second: that would be most of the time that stopping takes.
            while await self.poll() is None:
                await asyncio.sleep(0.01)
        return await super().wait()


class _Process(Call):
    """A call with the methods of `subprocess.Popen` that provisioners use."""

    stdin = stdout = stderr = None
    wait = Call.poll

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.killpg(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def start_kernel(arguments: list[str], *, environment: dict[str, str], folder: Path) -> None:
    """Run a kernel until it is asked to end; called in a child of the template process."""
    from ipykernel.kernelapp import IPKernelApp

    from helpers.execution.shell import draw_into

    class Kernel(IPKernelApp):
        name = "ipython-kernel"

        def init_gui_pylab(self) -> None:
            super().init_gui_pylab()
            if self.shell is not None:
                draw_into(self.shell)

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    # ipykernel ends with its parent, which is the template process and not the program that asked for the kernel.
    Kernel.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
