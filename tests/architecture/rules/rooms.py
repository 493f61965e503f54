"""The rooms of the product, lowest first, and which room a file belongs to."""

ROOMS = (
    "core",
    "db",
    "cache",
    "http",
    "events",
    "access",
    "catalog",
    "inventory",
    "carts",
    "payments",
    "orders",
    "warehouse",
    "shipping",
    "customers",
    "email",
    "analytics",
    "live",
    "webhooks",
    "simulate",
    "app",
)
RANK = {room: rank for rank, room in enumerate(ROOMS)}

PRIVATE = "src/"
PUBLIC = "include/shopflow/"
TEST_DIRECTORIES = ("tests/unit/", "tests/integration/")


def room_in(path, *prefixes):
    """The directory directly below one of the prefixes, or None. It need not be a room that exists."""
    for prefix in prefixes:
        if path.startswith(prefix):
            first, slash, _ = path[len(prefix) :].partition("/")
            return first if slash else None
    return None


def room_of(path):
    """The room whose product code this file is, or None."""
    return room_in(path, PRIVATE, PUBLIC)
