"""Starts engines on loopback, and stops them whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self


def free_port() -> int:
    """Returns a port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until a process listens on a port."""
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"a server ended at once; see {log}")
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"nothing listens on port {port} after a minute; see {log}")


def children(process: int) -> list[int]:
    """Returns a process and all that descend from it, by /proc."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [process]
    for one in found:
        found.extend(parents.get(one, []))
    return found


class Engine:
    """Servers of an engine, each in a process group of its own."""

    def __init__(self, folder: Path) -> None:
        """Uses a folder for logs and files of the servers."""
        self.folder = folder
        self._servers: list[subprocess.Popen[bytes]] = []
        self._is_stopping = False
        folder.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> tuple[subprocess.Popen[bytes], Path]:
        """Starts a server."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                command, stdout=output, stderr=output, env={**os.environ, **environment}, cwd=self.folder, start_new_session=True
            )
        self._servers.append(server)
        return server, log

    def end_with(self, server: subprocess.Popen[bytes]) -> None:
        """Ends this program in order when a server has ended by itself. A client may wait for it for ever."""

        def watch() -> None:
            status = server.wait()
            if not self._is_stopping:
                print(f"FAILED: the server ended with {status}; -9 may be for want of memory", flush=True)
                os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=watch, daemon=True).start()

    def __enter__(self) -> Self:
        """Starts nothing; see :meth:`session`."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stops all servers and what they started."""
        self._is_stopping = True
        for server in reversed(self._servers):
            for process in reversed(children(server.pid)):
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            server.wait()

    def session(self, tasks: int) -> Any:
        """Starts the engine and returns a session with it."""
        raise NotImplementedError


class Sail(Engine):
    """Sail with two workers, which are threads of one process."""

    def session(self, tasks: int) -> Any:
        """Starts the server."""
        port = free_port()
        environment = {
            "SAIL_MODE": "local-cluster",
            "SAIL_CLUSTER__WORKER_INITIAL_COUNT": "2",
            "SAIL_CLUSTER__WORKER_TASK_SLOTS": "2",
        }
        sail = str(Path(sys.executable).parent / "sail")
        server, log = self.start("sail", [sail, "spark", "server", "--ip", "127.0.0.1", "--port", str(port)], environment)
        wait_for(port, server, log)
        self.end_with(server)
        from pyspark.sql import SparkSession

        return SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()

    def server_bytes(self) -> tuple[int, ...]:
        """Returns the memory of the server."""
        return (sum(sum(proportional(children(server.pid))) for server in self._servers),)


class Spark(Engine):
    """Apache Spark: a master, and two workers of one core and 1 GB each, all of them processes."""

    def __init__(self, folder: Path) -> None:
        """Knows no workers yet."""
        super().__init__(folder)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.events: Path | None = None
        self._address = ""

    def session(self, tasks: int) -> Any:
        """Starts master and workers."""
        import pyspark

        port, page = free_port(), free_port()
        self._address = f"spark://127.0.0.1:{port}"
        java = [str(Path(pyspark.__file__).parent / "bin/spark-class")]
        master = [*java, "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1"]
        server, log = self.start("master", [*master, "--port", str(port), "--webui-port", str(page)], self._environment())
        wait_for(port, server, log)
        for _ in range(2):
            self.add_worker()
        os.environ.update(self._environment())
        from pyspark.sql import SparkSession

        settings = {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "700m",
            # A worker has 1 GB. Java takes half as much again beside its heap, and Python workers a quarter of it. Spark refuses
            # a heap below 450 MB, of which the collector counts a part out.
            "spark.executor.memory": "470m",
            # Each thread of Java that writes a buffer would keep a copy of it outside the heap, of any size. Blocks of other
            # executors are received in the heap, too.
            "spark.executor.extraJavaOptions": " ".join(
                [
                    "-XX:+UseSerialGC",
                    # The second compiler takes memory for itself, and such runs are too short for it.
                    "-XX:TieredStopAtLevel=1",
                    "-Djdk.nio.maxCachedBufferSize=262144",
                    "-Dio.netty.allocator.numDirectArenas=1",
                ]
            ),
            "spark.shuffle.io.preferDirectBufs": "false",
            "spark.executorEnv.MALLOC_ARENA_MAX": "2",
            # Without a number, the allocator keeps the more for itself the larger the blocks are that it was asked for.
            "spark.executorEnv.MALLOC_TRIM_THRESHOLD_": "1048576",
            "spark.executor.cores": "1",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.shuffle.partitions": str(tasks),
            "spark.sql.execution.arrow.maxRecordsPerBatch": "200",
        }
        if self.events is not None:
            self.events.mkdir()
            settings |= {"spark.eventLog.enabled": "true", "spark.eventLog.dir": self.events.as_uri()}
            settings |= {"spark.eventLog.rolling.enabled": "false", "spark.eventLog.compress": "false"}
        builder = SparkSession.builder.master(self._address)
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        return session

    def add_worker(self) -> None:
        """Starts a worker."""
        import pyspark

        java = [str(Path(pyspark.__file__).parent / "bin/spark-class")]
        worker = [*java, "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--webui-port", str(free_port())]
        server, _ = self.start(
            f"worker-{len(self.workers)}", [*worker, "-c", "1", "-m", "1g", self._address], self._environment()
        )
        self.workers.append(server)

    def kill_worker(self) -> int:
        """Kills a worker and its executor, and returns how many processes died. Another worker takes its place."""
        worker = self.workers.pop(0)
        doomed = children(worker.pid)
        for process in doomed:
            os.kill(process, signal.SIGKILL)
        self.add_worker()
        return len(doomed)

    def executor_bytes(self) -> tuple[int, ...]:
        """Returns the memory of the largest executor with its Python workers, and that of the largest Python workers of one."""
        # A worker may also have what started it as a child, which has ended.
        executors = [process for worker in self.workers for process in children(worker.pid)[1:]]
        shares = [proportional(without_copies(children(process))) for process in executors]
        return max(map(sum, shares), default=0), max((sum(share[1:]) for share in shares), default=0)

    def _environment(self) -> dict[str, str]:
        import pyspark

        return {
            "SPARK_HOME": str(Path(pyspark.__file__).parent),
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_DRIVER_PYTHON": sys.executable,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_LOCAL_DIRS": str(self.folder / "local"),
            "SPARK_WORKER_DIR": str(self.folder / "work"),
        }


class Ballista(Engine):
    """Ballista: a scheduler, and two executors of one core each, all of them processes."""

    def __init__(self, folder: Path, program: Path) -> None:
        """Knows no executors yet."""
        super().__init__(folder)
        self.program, self.ports = str(program), [free_port()]
        self.client = [self.program, "client", "--scheduler", f"127.0.0.1:{self.ports[0]}", "--partitions", "4"]
        self._executors: list[subprocess.Popen[bytes]] = []

    def session(self, tasks: int) -> None:
        """Starts the scheduler and the executors. Each client opens a session of its own."""
        port = self.ports[0]
        scheduler, log = self.start("scheduler", [self.program, "scheduler", "--port", str(port), "--dead-after", "10"], {})
        wait_for(port, scheduler, log)
        for _ in range(2):
            self.add_executor()

    def executor(self, *options: str) -> tuple[subprocess.Popen[bytes], Path]:
        """Starts an executor. Returns it with its log."""
        name, port = f"executor-{len(self.ports)}", free_port()
        self.ports.append(port)
        command = [self.program, "executor", "--scheduler", f"127.0.0.1:{self.ports[0]}", "--port", str(port)]
        command += ["--cores", "1", "--memory", "512"]
        return self.start(name, [*command, "--work", str(self.folder / name), *options], {})

    def add_executor(self) -> None:
        """Starts an executor, and waits until it listens."""
        server, log = self.executor()
        self._executors.append(server)
        wait_for(self.ports[-1], server, log)

    def kill_executor(self) -> None:
        """Kills an executor with all that it holds. Another takes its place."""
        executor = self._executors.pop(0)
        executor.kill()
        executor.wait()
        self.add_executor()

    def kill_executors(self) -> None:
        """Kills all executors."""
        for executor in self._executors:
            executor.kill()
            executor.wait()
        self._executors.clear()


def without_copies(processes: list[int]) -> list[int]:
    """Leaves out what runs the same program as the first process. Java starts other programs by a process that shares all of its
    memory for a moment, and would count twice."""

    def program(process: int) -> str:
        try:
            return os.readlink(f"/proc/{process}/exe")
        except OSError:
            return ""

    return [process for process in processes if process == processes[0] or program(process) != program(processes[0])]


def proportional(processes: list[int]) -> list[int]:
    """Returns the bytes of each process in memory. A page that several share counts once in all, in equal parts."""
    found = []
    for process in processes:
        try:
            rollup = (Path("/proc") / str(process) / "smaps_rollup").read_text()
        except OSError:
            continue
        found += [int(line.split()[1]) << 10 for line in rollup.splitlines() if line.startswith("Pss:")]
    return found
