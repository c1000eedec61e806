"""A Spark session: the one of this process (a notebook's, or one started here, once), or one of a cluster's server."""

from __future__ import annotations

import atexit
import logging
import os
import re
import shutil
import socket
import warnings
from pathlib import Path
from typing import Any

from engine.files.errors import DataError, why
from engine.files.scratch import ScratchFolder

SESSION = {
    "spark.sql.ansi.enabled": "true",  # overflow is an error
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # a product keeps its decimals, or is an error
    "spark.sql.caseSensitive": "true",
    "spark.sql.variable.substitute": "false",  # ${…} in a text is a text
    "spark.sql.constraintPropagation.enabled": "false",  # else planning takes as long as the columns are many, squared
    "spark.sql.optimizer.excludedRules": ",".join(
        f"org.apache.spark.sql.catalyst.optimizer.{rule}"
        # filters stand where they belong; pushed down they are written out again at every layer
        for rule in ("PushDownPredicates", "PushPredicateThroughNonJoin")
    ),
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "50000",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}
"""Of the session only: what else runs in the same process keeps its own.

The time zone is not among them: a view of the catalog may mean that of the cluster. No query of ours depends on it.
"""
_PATIENCE, _RETRIES, _LONGEST_WAIT = 15, 6, 5000
"""Seconds for the first answer; how often a lost connection is tried again, and after how many milliseconds at most."""
_LOGGERS = ("SQLQueryContextLogger", "DataFrameQueryContextLogger", "py4j", "pyspark", "pyspark.sql.connect.logging")
_QUIET = (
    "rootLogger.level=off\nrootLogger.appenderRef.none.ref=none\nappender.none.type=Null\nappender.none.name=none\n"
)


def local_session(memory: str = "") -> Any:
    """A session of its own in the Spark of this process. ``memory`` (6GB) counts if Spark is only started now."""
    _refuse_without_pyspark("pyspark")
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    if SparkContext._active_spark_context is None:
        _start(memory)
    return _set_up(SparkSession.builder.getOrCreate().newSession())


def remote_session(address: str) -> Any:
    """A session of its own on a Spark Connect server."""
    _refuse_without_pyspark("pyspark.sql.connect.session")
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession

    _refuse_without_server(address)
    session = SparkSession.builder.remote(address).create()
    session.client.set_retry_policies([DefaultPolicy(max_retries=_RETRIES, max_backoff=_LONGEST_WAIT)])
    return _set_up(session)


def _refuse_without_server(address: str) -> None:
    """Asked here: Spark's own client would go on asking for ten minutes."""
    host, _, port = re.sub(r"[/;].*", "", address.removeprefix("sc://")).rpartition(":")
    if not host or not port.isdigit():
        host, port = re.sub(r"[/;].*", "", address.removeprefix("sc://")), "15002"
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()
    except OSError as error:
        raise DataError(
            f"连不上 sc://{host}:{port}（{why(error)}）",
            "看 Spark Connect 服务是否开着、地址和端口是否写对（默认 15002）",
        ) from error


def _refuse_without_pyspark(module: str) -> None:
    hint = "装上它：pip install 'casemix[spark]'"
    _be_quiet()
    try:
        import pyspark

        if module != "pyspark":
            import pyspark.sql.connect.session  # noqa: F401  (wants grpc, pandas, pyarrow)
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise DataError(f"没有装 PySpark（缺 {error.name or module}），不能用 Spark 计算", hint) from None
    if int(pyspark.__version__.split(".")[0]) < 4:
        raise DataError(f"PySpark {pyspark.__version__} 太旧，要 4.0 或更新", hint)


def _be_quiet() -> None:
    """No queries nor values of records in logs or on the terminal."""
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.filterwarnings("ignore", module="pyspark")


def _set_up(session: Any) -> Any:
    for name, value in SESSION.items():
        session.conf.set(name, value)
    return session


def _start(memory: str) -> None:
    """Starts Spark inside this process' own JVM; it ends with the process."""
    from pyspark import SparkContext
    from pyspark.conf import SparkConf
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway

    _refuse_without_java()
    scratch = ScratchFolder()
    atexit.register(scratch.cleanup)
    folder = Path(scratch.name)
    (folder / "log4j2.properties").write_text(_QUIET, "utf-8")
    conf = SparkConf(loadDefaults=False)
    conf.setAll(list(_settings(folder, _megabytes(memory)).items()))
    said = folder / "stderr"
    with said.open("wb") as stream:
        try:
            gateway = launch_gateway(conf, {"stderr": stream, "stdout": stream})
            context = SparkContext(gateway=gateway, conf=conf)
        except (PySparkException, OSError) as error:
            raise _not_started(said) from error
    atexit.register(_stop, context, gateway)


def _settings(folder: Path, megabytes: int) -> dict[str, str]:
    cores = os.cpu_count() or 1
    java = f"-Dlog4j2.configurationFile=file:{folder}/log4j2.properties -Dderby.system.home={folder} -Xss64m"
    return {
        "spark.master": "local[*]",
        "spark.app.name": "casemix",
        "spark.driver.memory": f"{megabytes}m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"{java} -Djava.io.tmpdir={folder} -XX:+UseParallelGC",
        "spark.driver.maxResultSize": "0",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.shuffle.partitions": str(2 * cores),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "false",
        "spark.log.structuredLogging.enabled": "false",
    }


def _megabytes(memory: str) -> int:
    """Of 800MB or 6.5GB; half of what the machine has where nothing is said."""
    if not memory:
        return max(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**21, 1024)
    return int(float(memory[:-2]) * (1024 if memory.endswith("GB") else 1))


def _refuse_without_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if shutil.which(str(Path(home, "bin", "java")) if home else "java") is None:
        what = f"JAVA_HOME（{home}）里没有 Java" if home else "找不到 Java"
        raise DataError(
            f"{what}，Spark 起不来", "装上 Java 17 或更新（Debian：apt-get install openjdk-17-jre-headless）"
        )


def _not_started(said: Path) -> DataError:
    text = said.read_text("utf-8", errors="replace")
    if "UnsupportedClassVersionError" in text or "Unrecognized option" in text:
        return DataError("Java 太旧，Spark 起不来", "装上 Java 17 或更新，或用 JAVA_HOME 指向它")
    if "Could not reserve enough space" in text or "Invalid maximum heap size" in text or "insufficient memory" in text:
        return DataError("内存不够，Spark 起不来", "用 --memory 写小一些（如 2GB）")
    last = next((line for line in reversed(text.splitlines()) if line.strip()), "没有说明原因")
    return DataError(f"Spark 起不来：{last.strip()[:200]}", "检查 Java（java -version）和 SPARK_HOME")


def _stop(context: Any, gateway: Any) -> None:
    """At the end of the process, before its folder goes: atexit runs what was registered last first."""
    try:
        context.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(20)
    except Exception:  # it is dead already
        gateway.proc.kill()
