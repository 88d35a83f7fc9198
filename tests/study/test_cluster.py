"""A study on a cluster: a scheduler and two workers, of which one goes down; what is refused before it begins."""

from __future__ import annotations

import json
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from optimizer import Progress, StudyProgress, Task, decide_under_uncertainty, solve_many, write_workbook
from optimizer.cli import app
from optimizer.study import cluster as far
from optimizer.study import study
from optimizer.study.archive import IMPOSSIBLE, NOT_DONE, Answer
from optimizer.study.child import LISTENERS, Run
from optimizer.study.cluster import Cluster
from optimizer.study.worker import answered
from tests.answers.test_hedging import cut
from tests.study.test_study import IMPOSSIBLE_TARGET, seeds
from tests.test_pipeline import workshop

pytestmark = pytest.mark.skipif(
    find_spec("distributed") is None, reason="dask.distributed is not installed: pip install 'optimizer[cluster]'"
)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Start a scheduler and two workers of one thread in this process; give the address."""
    with local(2) as cluster:
        yield cluster.scheduler_address


@contextmanager
def local(workers: int) -> Iterator[Any]:
    """Start a scheduler and workers in this process."""
    from distributed import LocalCluster

    options = {"processes": False, "protocol": "tcp", "dashboard_address": ":0", "silence_logs": 50}
    with LocalCluster(n_workers=workers, threads_per_worker=1, **options) as cluster:
        yield cluster


def until(told: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Return what is told once it is something."""
    end = time.monotonic() + seconds
    while not (found := told()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


# -- in this process -------------------------------------------------------------------------------------
def at_once(asked: Run) -> Answer:
    """Solve a task in the thread of a worker."""
    return answered(asked.task, asked.seconds, asked.prepared)


def test_a_question_is_asked_of_a_cluster(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workers solve what a command asks, the folder is written here, and the same command solves nothing again."""
    monkeypatch.setattr(study, "run", at_once)
    monkeypatch.chdir(tmp_path)
    more = {"scenario": "more", "changed_sheet": "Orders", "changed_key": "*", "changed_column": "per month"}
    write_workbook(Path("case.xlsx"), workshop(scenarios=[more | {"value": 8}]))
    command = ["compare", "case.xlsx", "--scenarios", "all", "--cluster", address, "--runs", "runs", "--json"]
    ran = CliRunner().invoke(app, command)
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert set(told["tasks"].values()) == {"answered"} and len(told["tasks"]) == 2
    assert len(list(Path("runs").glob("*.answer.zip"))) == 2
    monkeypatch.setattr(study, "run", None)
    assert CliRunner().invoke(app, [*command, "--force"]).exit_code == 0


def test_scenarios_are_searched_on_a_cluster(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds of single scenarios run on the workers, and every one of them is kept in the folder."""
    monkeypatch.setattr(study, "run", at_once)
    monkeypatch.chdir(tmp_path)
    write_workbook(Path("case.xlsx"), cut())
    command = ["risk", "case.xlsx", "--by-scenario", "--cluster", address, "--runs", "runs", "--json"]
    ran = CliRunner().invoke(app, command)
    assert ran.exit_code == 0, ran.output
    worst = [row["decided"] for row in json.loads(ran.stdout)["tables"]["scenarios"]]
    assert worst == pytest.approx([50, 60], rel=0.001)
    assert len(list(Path("runs").glob("*.answer.zip"))) > 6


def waiting(asked: Run) -> Answer:
    """Tell of a search, and wait until it is not wanted."""
    listener = LISTENERS[asked.token]
    listener.progress(Progress("shortfall: whole plan", 1.0, 2.0, 3.0, None))
    until(listener.stop.is_set)
    ENDED.append(asked.token)
    return Answer(NOT_DONE)


ENDED: list[str] = []


def test_a_worker_tells_how_it_goes_and_ends_what_is_not_wanted(address: str) -> None:
    """Progress is that of the search; a task that is cancelled, as when its study goes down, ends on the worker."""
    heard: list[Any] = []
    with Cluster(address) as cluster:
        client = cluster._client
        client.subscribe_topic("heard", heard.append)
        content = pickle.dumps(Run(Task(workshop()), 5.0, token="there"))
        future = client.submit(far._run_far, waiting, content, "heard", pure=False)
        until(lambda: heard)
        assert tuple(heard[0][1]) == ("there", "shortfall: whole plan", 1.0, 2.0, 3.0, None)
        assert not ENDED
        future.cancel()
        until(lambda: ENDED == ["there"] and "there" not in LISTENERS)


def test_a_scheduler_that_goes_away_ends_the_study(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had not answered is told as not done."""
    monkeypatch.setattr(study, "run", hanging)
    monkeypatch.setattr(far, "CONNECT_SECONDS", 0.5)
    with local(1) as there, Cluster(there.scheduler_address) as cluster:

        def watch(progress: StudyProgress) -> None:
            if progress.running and not gone:
                gone.append(True)
                there.close()

        gone: list[bool] = []
        plans = solve_many(seeds(2), executor=cluster, watcher=watch)
    assert set(plans.status.values()) == {"not done"}


def hanging(asked: Run) -> Answer:
    """Wait for a second."""
    time.sleep(1)
    return Answer(IMPOSSIBLE, "late")


def test_as_many_run_as_the_workers_have_threads(address: str) -> None:
    """Two workers take two tasks, fewer where fewer are asked for; without workers one waits for the next."""
    with Cluster(address) as cluster:
        assert cluster.there_is([1]) and not cluster.there_is([1, 2])
        cluster._client.close()
        cluster._counted = -10.0
        assert cluster.there_is([]) and not cluster.there_is([1])
    with Cluster(address, most=1) as cluster:
        assert cluster.there_is([]) and not cluster.there_is([1])


def elsewhere(package: str) -> str:
    """Return a version that is another in every thread but the main one."""
    return metadata.version(package) if threading.current_thread() is threading.main_thread() else "0.0.1"


def test_what_cannot_be_a_cluster_is_told_in_a_line(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No scheduler, none that this is an address of, no workers, others than here, nothing installed: status 2."""
    monkeypatch.chdir(tmp_path)
    write_workbook(Path("case.xlsx"), workshop())
    monkeypatch.setattr(far, "CONNECT_SECONDS", 0.3)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        ran = told_of(f"tcp://127.0.0.1:{free.getsockname()[1]}")
    assert "no scheduler replies at tcp://127.0.0.1" in ran
    assert "like tcp://host:8786" in told_of("nowhere")
    with local(0) as cluster:
        empty = cluster.scheduler_address
        assert f"has no workers; start some with dask worker {empty} --nthreads 1" in told_of(empty)
    with monkeypatch.context() as other:
        other.setattr(far, "version", elsewhere)
        assert "has version 0.0.1 of optimizer; install" in told_of(address)
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "install it with pip install 'optimizer[cluster]'" in told_of(address)


def told_of(address: str) -> str:
    """Return the one thing that is told of a cluster that is none, whatever the width of the terminal."""
    ran = CliRunner().invoke(app, ["levers", "case.xlsx", "--cluster", address])
    assert ran.exit_code == 2 and not Path("reports").exists()
    told = " ".join(ran.stderr.split())
    assert told.startswith("1 error cluster ")
    return told


# -- with processes --------------------------------------------------------------------------------------
@contextmanager
def started(module: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program of dask, which ends with the block."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def two_workers(folder: Path) -> Iterator[tuple[Cluster, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and two workers, and connect to them."""
    file = folder / "scheduler.json"
    with ExitStack() as programs:
        there = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        programs.enter_context(started("dask_scheduler", *there))
        address = until(lambda: file.exists() and file.read_text() and json.loads(file.read_text())["address"])
        each = ("dask_worker", address, "--no-nanny", "--nthreads", "1")
        workers = [programs.enter_context(started(*each)) for _ in range(2)]
        patient = programs.enter_context(pytest.MonkeyPatch.context())
        patient.setattr(far, "CONNECT_SECONDS", 60.0)  # a busy machine takes longer to start a worker
        cluster = programs.enter_context(Cluster(address))
        until(lambda: len(cluster._client.nthreads()) == 2)
        yield cluster, workers


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_a_retry(tmp_path: Path) -> None:
    """One of two is killed while both search: all tasks are answered, the impossible one and one cut short as such."""
    with two_workers(tmp_path) as (cluster, workers):

        def watch(progress: StudyProgress) -> None:
            searching = [task for task in progress.tasks if task.status == "running" and task.search is not None]
            if searching and progress.running == 2 and workers[0].returncode is None:
                workers[0].kill()
                workers[0].wait()

        tasks = seeds(4) | {"impossible": workshop(targets=[IMPOSSIBLE_TARGET])}
        plans = solve_many(tasks, executor=cluster, folder=tmp_path / "runs", watcher=watch)
    assert workers[0].returncode not in (None, 0)
    assert plans.status == dict.fromkeys(seeds(4), "answered") | {"impossible": "impossible"}
    assert len(list((tmp_path / "runs").iterdir())) == 5


@pytest.mark.slow
def test_a_decision_for_all_scenarios_outlives_a_worker(tmp_path: Path) -> None:
    """A worker is killed in a round of scenarios with prices: the decision is that of all in one program, 55."""
    with two_workers(tmp_path) as (cluster, workers):

        def watch(progress: StudyProgress) -> None:
            rounds = [task for task in progress.tasks if task.status == "running" and task.name == "cut"]
            if rounds and len(progress.tasks) > 4 and workers[0].returncode is None:
                workers[0].kill()
                workers[0].wait()

        decision = decide_under_uncertainty(cut(), by_scenario=True, executor=cluster, watcher=watch)
    assert workers[0].returncode not in (None, 0)
    best = decision.best["shortfall"]
    assert (best.least, best.most) == pytest.approx((55, 55), rel=0.02)
    assert all(plan.verified for plan in decision.scenarios.plans.values())
