"""What holds for every test: the browser comes last."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the browser tests last: Playwright leaves an event loop running, in which asyncio.run refuses to work."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
