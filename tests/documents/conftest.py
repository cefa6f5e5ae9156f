from collections.abc import Iterator

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


@pytest.fixture
def connection(simulator: RunningSimulator) -> Connection:
    return Connection(api_key="AIzaKeyOfThisTest", base_url=simulator.base_url, simulated=True, origin="test")


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()
