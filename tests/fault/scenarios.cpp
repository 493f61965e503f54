#include <array>

#include "fault/scenario.hpp"

namespace shopflow::fault {
namespace {

constexpr std::array kScenarios{
    Entry{"failpoints", "the server is killed at each named place", 1500, 6, &make_failpoints},
    Entry{"kill", "the server is killed at any time, under 64 shoppers", 500, 4, &make_kill},
    Entry{"pg-stop", "PostgreSQL stops at once and comes again", 50, 1, &make_pg_stop},
    Entry{"pg-kill", "one of PostgreSQL's processes is killed", 50, 1, &make_pg_kill},
    Entry{"pg-freeze", "PostgreSQL stands still for ten seconds", 50, 0, &make_pg_freeze},
    Entry{"pg-cut", "the connection breaks between a COMMIT and its answer", 50, 2, &make_pg_cut},
    Entry{"pg-full", "PostgreSQL's disk is full", 50, 0, &make_pg_full},
    Entry{"redis", "Redis is down, emptied, slow or talks nonsense", 100, 2, &make_redis},
    Entry{"mail", "the mail server is down, slow or talks nonsense", 40, 1, &make_mail},
    Entry{"provider", "the payment provider is down, slow, forgets to answer or talks nonsense", 60, 1,
          &make_provider},
    Entry{"two", "two servers on one database, one killed or stopped and woken late", 100, 2, &make_two},
    Entry{"sigterm", "the server is asked to stop while people shop", 100, 2, &make_sigterm},
    Entry{"clock", "the clock steps by minutes, hours and a day, both ways", 100, 2, &make_clock},
    Entry{"restore", "dumped, restored into another cluster, and gone on", 20, 1, &make_restore},
    Entry{"idempotency", "a key is used twenty times at once, at two servers", 50, 1, &make_idempotency},
    Entry{"webhooks", "events come five times, in any order, some of them forged", 20, 1, &make_webhooks},
    Entry{"races", "every pair of changes of one cart, order or SKU, at once", 200, 1, &make_races},
    Entry{"malformed", "requests that no two servers read alike", 20, 2, &make_malformed},
    Entry{"slow", "slow heads, bodies and readers, 5,000 connections, no descriptors", 10, 5, &make_slow},
    Entry{"poison", "an event that fails 25 times, and one of an unknown type", 10, 1, &make_poison},
};

}  // namespace

std::span<const Entry> scenarios() { return kScenarios; }

}  // namespace shopflow::fault
