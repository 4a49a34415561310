"""A standalone Spark master with workers on the loopback address, from pyspark's own jars."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HOST = "127.0.0.1"
_CLASSES = "org.apache.spark.deploy"
_WAIT_SECONDS = 60


@contextlib.contextmanager
def standalone(workers: int = 2) -> Iterator[str]:
    """The URL of a master whose workers (one core, 1 GB each) have registered; all are stopped afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hedgerow-spark-"))
    port = _free_port()
    url = f"spark://{HOST}:{port}"
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.append(_start(folder, "master", "Master", "--host", HOST, "--port", str(port),
                              "--webui-port", str(_free_port())))
        _await(folder / "master.log", "I have been elected leader", running)
        for number in range(workers):
            running.append(_start(folder, f"worker-{number}", "worker.Worker", "--host", HOST, "--cores", "1",
                                  "--memory", "1g", "--webui-port", str(_free_port()),
                                  "--work-dir", str(folder / f"work-{number}"), url))
        for number in range(workers):
            _await(folder / f"worker-{number}.log", "Successfully registered with master", running)
        yield url
    finally:
        for process in reversed(running):
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, name: str, main: str, *arguments: str) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    main = f"{_CLASSES}.master.{main}" if "." not in main else f"{_CLASSES}.{main}"
    environment = {**os.environ, "SPARK_LOCAL_IP": HOST, "SPARK_HOME": str(home), "SPARK_DAEMON_MEMORY": "512m",
                   "SPARK_NO_DAEMONIZE": "1"}
    with (folder / f"{name}.log").open("wb") as log:
        # A session of its own, so that the launcher script and its Java can be stopped together.
        return subprocess.Popen([str(home / "bin" / "spark-class"), main, *arguments], stdout=log, stderr=log,
                                stdin=subprocess.DEVNULL, cwd=folder, env=environment, start_new_session=True)


def _await(log: Path, text: str, running: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while text not in log.read_text(errors="replace"):
        assert all(process.poll() is None for process in running), log.read_text(errors="replace")[-2000:]
        assert time.monotonic() < until, f"no {text!r} in {log.name}:\n{log.read_text(errors='replace')[-2000:]}"
        time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
