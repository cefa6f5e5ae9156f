from collections.abc import Callable, Iterator

import pytest

from components.gemini.settings import Connection
from components.gemini.simulator.models import SimulatorConfig
from components.gemini.simulator.server import RunningSimulator, start
from components.playground.run import Runner


@pytest.fixture(scope="session")
def simulator() -> Iterator[RunningSimulator]:
    running = start(SimulatorConfig(stall_s=20))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def connection(simulator: RunningSimulator) -> Connection:
    return Connection(api_key="AIzaKeyOfThisTest", base_url=simulator.base_url, simulated=True, origin="test")


@pytest.fixture
def runner_with() -> Iterator[Callable[..., Runner]]:
    """Build runners that are closed at the end of the test."""
    made: list[Runner] = []

    def make(**settings: object) -> Runner:
        made.append(Runner(**settings))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for runner in made:
        runner.close()


@pytest.fixture(scope="session")
def runner(connection: Connection) -> Iterator[Runner]:
    """One runner for all, as in the app, with its client open already, so that times mean something."""
    made = Runner()

    async def nothing(_: object) -> None:
        return None

    made.call(connection, nothing)
    yield made
    made.close()
