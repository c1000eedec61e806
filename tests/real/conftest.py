"""The mark of tests that take half a minute: ``-m "not slow"`` leaves them out."""


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: runs both programs on 36 631 public discharges")
