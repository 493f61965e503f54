"""Banned patterns, and what only looks like them."""

from .offender import Innocent, Offender, in_source, in_test, innocent_source, innocent_test


def _in_access(line):
    return Offender("hasty-comparison", "src/access/secrets.cpp", 1, {"src/access/secrets.cpp": line + "\n"})


LIBRARIES = (
    in_source("beast-outside-http", "#include <boost/beast/core.hpp>"),
    in_test("beast-outside-http", "#include <boost/beast/core.hpp>"),
    in_source("pqxx-outside-db", "#include <pqxx/pqxx>"),
    in_source("pqxx-outside-db", "#include <libpq-fe.h>"),
    in_source("hiredis-outside-cache", "#include <hiredis/async.h>"),
    in_source("std-format-include", "#include <format>"),
    in_test("std-format-include", "#include <print>"),
    in_source("std-format", 'auto s = std::format("{}", 1);'),
    in_source("std-format", 'void f() {', '  std::println("{}", 1);', "}", at=2),
    in_source("chrono-time-zone", "std::chrono::zoned_time t{};"),
    in_source("chrono-time-zone", "auto& x = std::chrono::get_tzdb();"),
    in_source("stdout-in-room", "void f() { std::puts(x); }"),
    in_source("stdout-in-room", "void f() { putchar(x); }"),
    in_source("stdout-in-room", "void f() { fmt::print(x); }"),
    in_source("stdout-in-room", "void f() { std::cout << 1; }"),
    in_source("stdout-in-room", 'void f() { std::printf("x"); }'),
    in_source("stdout-in-room", 'void f() { std::fprintf(stderr, "x"); }'),
    in_source("system-clock", "auto now = std::chrono::system_clock::now();"),
    in_source("system-clock", "auto now = std::chrono::utc_clock::now();"),
    in_source("system-clock", "auto now = ::time(nullptr);"),
    in_source("system-clock", "void f() { gettimeofday(&now, nullptr); }"),
    in_source("std-random", "std::mt19937 engine;"),
    in_source("std-random", "std::minstd_rand engine;"),
    in_source("std-random", "auto x = rand();"),
    in_source("std-random", "// random: short", "std::random_device engine;", at=2),
    in_test("sleep-in-test", "void f() { std::this_thread::sleep_for(1s); }"),
    in_test("sleep-in-test", "void f() { usleep(10); }"),
    in_test("spin-in-test", "void f() { while (!done) std::this_thread::yield(); }"),
    Offender("sleep-in-test", "tests/run.sh", 3, {"tests/run.sh": "#!/bin/sh\nserver &\nsleep 1\ncheck\n"}),
    Offender("sleep-in-test", "tests/t.py", 2, {"tests/t.py": "import time\ntime.sleep(1)\n"}),
)

CODE = (
    in_source("unfinished", "int x;  // TODO later"),
    in_source("unfinished", "/* a", " * FIXME b", " */", at=2),
    Offender("unfinished", "README.md", 2, {"README.md": "# Shop\nXXX\n"}),
    Offender("unfinished", "migrations/0003_x.sql", 1, {"migrations/0003_x.sql": "-- HACK\nSELECT 1;\n"}),
    in_source("singleton", "struct X { static X& instance(); };"),
    in_source("singleton", "struct X { static std::vector<int>& all(); };"),
    in_source("singleton", "X& the() {", "  static X x{1};", "  return x;", "}", at=2),
    in_source("raw-new", "auto* x = new X{};"),
    in_source("raw-new", "// new: this reason is for another line", "int x;", "auto* y = new X{};", at=3),
    in_source("raw-new", "auto* x = new (place) X{};"),
    in_source("raw-delete", "void f(X* x) { delete x; }"),
    in_source("raw-delete", "void f(X* x) { delete[] x; }"),
    in_test("skipped-test", "TEST(Cart, DISABLED_HoldsUnits) {}"),
    in_test("skipped-test", 'TEST(Cart, HoldsUnits) { GTEST_SKIP() << "no"; }'),
    Offender("skipped-test", "tests/t.py", 1, {"tests/t.py": "@unittest.skip('no')\ndef test_x():\n    pass\n"}),
    Offender("skipped-test", "tests/t.py", 1, {"tests/t.py": "@unittest.expectedFailure\ndef test_x():\n    pass\n"}),
    in_source("unreasoned-lint", "int x;  // NOLINT"),
    in_source("unreasoned-lint", "int x;  // NOLINT(cert-err58-cpp)"),
    in_source("unreasoned-lint", "// clang-format off"),
    Offender("unreasoned-lint", "tests/t.py", 1, {"tests/t.py": "x = 1  # noqa\n"}),
    Offender("unreasoned-lint", "tests/t.py", 1, {"tests/t.py": "x = 1  # type: ignore[misc]\n"}),
    Offender("unreasoned-lint", "dev", 3, {"dev": "#!/bin/sh\n\n# shellcheck disable=SC2016\ntrue\n"}),
    in_source("pragma-diagnostic", '#pragma GCC diagnostic ignored "-Wshadow"'),
    _in_access("return std::memcmp(a, b, size) == 0;"),
    _in_access("return strcmp(a, b);"),
    _in_access("return given == text;"),
    _in_access("if (text != expected) return;"),
)

COROUTINES = (
    in_source("await-temporary", "auto f() {", "  co_await g(T{1, 2});", "}", at=2),
    in_source("await-temporary", "auto f() {", "  auto x =", "      co_await pool.run([&] { return 1; });", "}", at=3),
    in_source("await-temporary", "auto f() {", "  co_await [] { return g(); }();", "}", at=2),
    in_source("await-temporary", "auto f() {", "  auto x = T{co_await g()};", "}", at=2),
    in_source("await-temporary", "auto f() {", "  auto x = T{co_await g(), 1};", "}", at=2),
)

HEADERS = (
    Offender(
        "using-namespace",
        "src/carts/repository.hpp",
        2,
        {"src/carts/repository.hpp": "#pragma once\nusing namespace std;\n"},
    ),
    Offender(
        "using-namespace",
        "src/carts/repository.hpp",
        3,
        {"src/carts/repository.hpp": "#pragma once\nnamespace shopflow {\nusing namespace std::chrono;\n}\n"},
    ),
    Offender("include-guard", "src/carts/repository.hpp", 1, {"src/carts/repository.hpp": "int x;\n"}),
)

SQL = (
    in_source("select-star", 'const Statement s{"s", "SELECT * FROM cart"};'),
    in_source("select-star", 'const Statement s{"s", "select "', '    "* from cart"};'),
    in_source("select-star", 'const Statement s{"s", R"sql(', "  SELECT DISTINCT c.*", ')sql"};', at=2),
    in_source("select-star", 'auto s = "DELETE FROM cart RETURNING *";'),
    Offender("select-star", "migrations/0003_v.sql", 1, {"migrations/0003_v.sql": "INSERT INTO a SELECT * FROM b;\n"}),
    in_source("ddl-outside-migrations", 'auto s = "CREATE TABLE IF NOT EXISTS x (id int)";'),
    in_source("ddl-outside-migrations", 'auto s = "create unique index on x (id)";'),
    in_source("ddl-outside-migrations", 'auto s = "ALTER TABLE x ADD y int";'),
    Offender("ddl-outside-migrations", "dev", 2, {"dev": "#!/bin/sh\npsql -c 'DROP TABLE x'\n"}),
    in_source("unnest-of-parameters", 'auto s = "SELECT r.a FROM unnest($1::int4[], $2::text[]) AS r (a, b)";'),
    in_source("unnest-of-parameters", 'const Statement s{"s", R"(', "SELECT 1 FROM one, unnest($1, $2)", ')"};', at=2),
    in_source("unnest-of-parameters", 'auto s = "SELECT r.a FROM ROWS FROM (unnest($1), unnest($2)) AS r (a, b)";'),
    in_source("unordered-lock", 'auto s = "SELECT id FROM carts WHERE id = ANY ($1) FOR NO KEY UPDATE";'),
    in_source("unordered-lock", 'auto s = "select id from a join unnest($1) as b on b = a.id for update";'),
)

OFFENDERS = (*LIBRARIES, *CODE, *COROUTINES, *HEADERS, *SQL)

INNOCENTS = (
    innocent_source("beast-outside-http", "// #include <boost/beast/core.hpp>", "#include <boost/asio/post.hpp>"),
    Innocent("pqxx-outside-db", {"src/carts/hold_repository.cpp": "#include <pqxx/pqxx>\n"}),
    innocent_source("std-format", 'auto s = fmt::format("std::format({})", 1);  // not std::format'),
    innocent_source("stdout-in-room", "int n = std::snprintf(buffer, 10, format, 1);", "auto input = f(stdin);"),
    innocent_source("system-clock", "auto t = std::chrono::steady_clock::now();", "auto d = lease.time(nullptr);"),
    innocent_source("std-random", "// random: spreads the retries, and nobody gains by guessing", "std::mt19937 e;"),
    innocent_test("sleep-in-test", "// No sleep_for(1s) here.", 'auto s = "SELECT pg_sleep(1)";', "int sleep = 1;"),
    innocent_test("sleep-in-test", "void f() { usleep(1); }  // sleep: the process has no other sign of life"),
    innocent_test("spin-in-test", "// yield: what was read is to grow old", "std::this_thread::yield();"),
    innocent_source("unfinished", 'auto unknown = money("XXX");', "int todo = 1;", "// mktemp makes a name of XXXXXX."),
    innocent_source("singleton", "struct X { static const X& none(); };", "static X& f(Y& y);"),
    innocent_source("singleton", "struct X { X& value() { return x_; } };"),
    innocent_source("singleton", "const X& f() {", "  static const X x{1};", "  return x;", "}"),
    innocent_source(
        "singleton", "// singleton: filled before main, read after", "X& f() {", "  static X x;", "  return x;", "}"
    ),
    innocent_source("raw-new", "#include <new>", "void* operator new(size_t);", "int new_price = renew(1);"),
    innocent_source("raw-new", "// new: hiredis keeps the hooks alive by this pointer alone", "auto* x = new X{};"),
    innocent_source("raw-delete", "struct X { X(const X&) = delete; };", "void operator delete(void*);"),
    innocent_source("raw-delete", "route(Verb::delete_, path);", 'auto s = "delete x";'),
    innocent_test("skipped-test", "void f() { reader.skip(2); }"),
    innocent_source("unreasoned-lint", "int x;  // NOLINT(cert-err58-cpp): made before main, and cannot throw"),
    Innocent("unreasoned-lint", {"dev": "#!/bin/sh\n# The inner shell expands.\n# shellcheck disable=SC2016\ntrue\n"}),
    Innocent("unreasoned-lint", {"dev": "#!/bin/sh\n# shellcheck disable=SC2016  # the inner shell expands\ntrue\n"}),
    innocent_source("await-temporary", "auto f() {", "  if (co_await g(1)) { h(); }", "  co_await h();", "}"),
    innocent_source("await-temporary", "auto f() { co_return g(co_await h(), 1); }"),
    innocent_source("await-temporary", "auto f() {", "  for (auto& x : co_await g()) { h(x); }", "}"),
    innocent_source("await-temporary", "auto f() { Timer t{co_await asio::this_coro::executor, 1}; }"),
    innocent_source("await-temporary", "// co_await g(T{1});", 'auto s = "co_await g(T{1})";'),
    Innocent(
        "using-namespace",
        {"src/carts/repository.hpp": "#pragma once\nint f() {\n  using namespace std::chrono;\n  return 1;\n}\n"},
    ),
    innocent_source("select-star", 'auto s = "SELECT count(*), 2 * n FROM cart";', "// SELECT * is banned."),
    innocent_source("select-star", 'f("please select", "*");'),
    innocent_source("ddl-outside-migrations", "// ddl: the migrator's own book-keeping", 'auto s = "CREATE TABLE x";'),
    innocent_source(
        "ddl-outside-migrations", "// ddl: the migrator's own book-keeping", 'auto s = R"(', "CREATE TABLE x", ')";'
    ),
    innocent_source("unnest-of-parameters", 'auto s = "FROM (SELECT unnest($1::int4[]), unnest($2::text[])) AS r (a, b)";'),
    innocent_source("unnest-of-parameters", 'auto s = "FROM carts AS c, unnest(c.sku_ids, c.held) AS l (sku, held), unnest($1)";'),
    innocent_source("unordered-lock", 'auto s = "SELECT id FROM carts WHERE id = ANY ($1) ORDER BY id FOR UPDATE";'),
    innocent_source("unordered-lock", 'auto s = "SELECT id FROM carts WHERE id = $1 FOR UPDATE";'),
    Innocent(
        "hasty-comparison",
        {"src/access/secrets.cpp": "if (a.size() != expected.size() || sodium_memcmp(a, b, c) != 0) return;\n"},
    ),
    innocent_test("ddl-outside-migrations", 'auto s = "CREATE TABLE x (id int)";'),
)
