"""Which fixtures do all tests share?"""

pytest_plugins = ["tests.stores", "tests.postgres"]
