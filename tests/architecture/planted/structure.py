"""Offences in the shape of the repository: ranks, link lines, sizes, dead files, tests without a subject."""

from .clean import CMAKE
from .offender import Innocent, Offender, in_source, in_test, innocent_source

LONG_BODY = ["  work();"] * 69


def _cmake(old, new):
    assert old in CMAKE
    return {"CMakeLists.txt": CMAKE.replace(old, new)}


INCLUDES = (
    in_source("private-header", '#include "http/gate.hpp"'),
    in_source("private-header", '#include "../http/gate.hpp"'),
    in_test("private-header", '#include "http/gate.hpp"'),
    Offender(
        "private-header",
        "include/shopflow/carts/service.hpp",
        2,
        {"include/shopflow/carts/service.hpp": '#pragma once\n#include "carts/repository.hpp"\n'},
    ),
    Offender(
        "include-rank",
        "tests/unit/db/pool_test.cpp",
        2,
        {
            "tests/unit/db/pool_test.cpp": (
                '#include "shopflow/db/pool.hpp"\n#include "shopflow/carts/service.hpp"\n'
            )
        },
    ),
    Offender(
        "include-rank",
        "src/core/time.cpp",
        1,
        {"src/core/time.cpp": "#include <shopflow/carts/service.hpp>\n"},
    ),
    Offender(
        "test-in-product",
        "src/carts/service.cpp",
        2,
        {
            "src/carts/service.cpp": '#include "shopflow/carts/service.hpp"\n#include "support/server.hpp"\n',
            "tests/support/server.hpp": "#pragma once\n",
        },
    ),
)

UNITY = (
    Offender(
        "unity-include",
        "src/carts/repository.cpp",
        2,
        {
            "src/carts/rows.hpp": "#pragma once\nint count_rows(int carts);\n",
            "src/carts/service.cpp": '#include "shopflow/carts/service.hpp"\n#include "carts/rows.hpp"\n',
            "src/carts/repository.cpp": '#include "carts/repository.hpp"\nint rows() { return count_rows(1); }\n',
        },
    ),
    Offender(
        "unity-include",
        "src/carts/repository.cpp",
        2,
        {
            "src/carts/rows.hpp": "#pragma once\nstruct Rows {\n  int count;\n};\n",
            "src/carts/service.cpp": '#include "shopflow/carts/service.hpp"\n#include "carts/rows.hpp"\n',
            "src/carts/repository.cpp": '#include "carts/repository.hpp"\nint count(const Rows& rows);\n',
        },
    ),
)

LINKS = (
    Offender("link-rank", "CMakeLists.txt", 5, _cmake("db DEPS core LIBS", "db DEPS core http LIBS")),
    Offender("link-rank", "CMakeLists.txt", 5, _cmake("db DEPS core LIBS", "db DEPS core db LIBS")),
    Offender("link-missing", "src/carts/service.cpp", 2, _cmake("carts DEPS db http", "carts DEPS core http")),
    Offender("link-log", "src/carts/keeper.cpp", 1, {"src/carts/keeper.cpp": "#include <spdlog/spdlog.h>\n"}),
    Offender("unknown-room", "CMakeLists.txt", 8, _cmake("orders DEPS carts", "orders DEPS carts helpers")),
)

SIZES = (
    Offender("file-size", "src/carts/service.cpp", 301, {"src/carts/service.cpp": "int x;\n" * 301}),
    Offender("file-size", "dev", 301, {"dev": "#!/bin/sh\n" + "true\n" * 300}),
    Offender("file-size", "tests/tool.py", 301, {"tests/tool.py": "# size: too short\n" + "x = 1\n" * 300}),
    in_source("function-size", "int carts::Service::hold(int a) const {", *LONG_BODY, "}"),
    in_source("function-size", "Service::Service(int a)", "    : a_{a}, b_(a) {", *LONG_BODY, "}"),
    in_source("function-size", "auto f(int a) -> std::vector<int> {", *LONG_BODY, "}"),
    in_source("function-size", "class X {", " public:", "  void f() {", *LONG_BODY, "  }", "};", at=3),
    in_test("function-size", "TEST(Cart, HoldsUnits) {", *LONG_BODY, "}"),
    Offender(
        "function-size", "tests/tool.py", 2, {"tests/tool.py": "\n" + "\n".join(["def f():", *["    g()"] * 70, ""])}
    ),
    Offender(
        "function-size", "dev", 2, {"dev": "\n".join(["#!/usr/bin/env bash", "build() {", *["  true"] * 69, "}", ""])}
    ),
)

DEAD = (
    Offender("dead-header", "include/shopflow/carts/old.hpp", 1, {"include/shopflow/carts/old.hpp": "#pragma once\n"}),
    Offender(
        "dead-header",
        "src/carts/old.hpp",
        1,
        {"src/carts/old.hpp": '#pragma once\n// #include "carts/old.hpp"\n#include "carts/old.hpp"\n'},
    ),
    Offender("dead-source", "src/carts/deep/old.cpp", 1, {"src/carts/deep/old.cpp": "int x;\n"}),
    Offender("dead-source", "src/old.cpp", 1, {"src/old.cpp": "int x;\n"}),
    Offender("dead-source", "tests/unit/carts/helper.cpp", 1, {"tests/unit/carts/helper.cpp": "int x;\n"}),
    Offender(
        "dead-source",
        "tests/load/x.cpp",
        1,
        {"tests/load/x.cpp": "int x;\n", "CMakeLists.txt": CMAKE + "file(GLOB s tests/${kind}/*.cpp)\n"},
    ),
    Offender(
        "unknown-room",
        "include/shopflow/util/x.hpp",
        1,
        {
            "include/shopflow/util/x.hpp": "#pragma once\n",
            "src/orders/service.cpp": '#include "shopflow/util/x.hpp"\n',
        },
    ),
    Offender(
        "unknown-room",
        "include/other/x.hpp",
        1,
        {"include/other/x.hpp": "#pragma once\n", "src/orders/service.cpp": '#include "other/x.hpp"\n'},
    ),
    Offender("migration-name", "migrations/0004_late.sql", 1, {"migrations/0004_late.sql": ""}),
    Offender("migration-name", "migrations/0002_twice.sql", 1, {"migrations/0002_twice.sql": ""}),
    Offender("migration-name", "migrations/0003-Stock.sql", 1, {"migrations/0003-Stock.sql": ""}),
    Offender("migration-name", "migrations/notes.txt", 1, {"migrations/notes.txt": ""}),
    Offender("migration-name", "migrations/more/0003_stock.sql", 1, {"migrations/more/0003_stock.sql": ""}),
)

MIRROR = (
    Offender("test-mirror", "tests/unit/carts/gone_test.cpp", 1, {"tests/unit/carts/gone_test.cpp": "int x;\n"}),
    Offender(
        "test-mirror",
        "tests/unit/service_test.cpp",
        1,
        {"tests/unit/service_test.cpp": "int x;\n", "CMakeLists.txt": CMAKE + "tests(tests/unit/service_test.cpp)\n"},
    ),
)

OFFENDERS = (*INCLUDES, *UNITY, *LINKS, *SIZES, *DEAD, *MIRROR)

INNOCENTS = (
    innocent_source("include-rank", '// #include "shopflow/orders/service.hpp"', '/* #include "http/gate.hpp" */'),
    Innocent(
        "private-header",
        {"tests/race_test.cpp": '#include "http/gate.hpp"\n', "CMakeLists.txt": CMAKE + "race(tests/race_test.cpp)\n"},
    ),
    Innocent(
        "unity-include",
        {
            "src/carts/rows.hpp": "#pragma once\nstruct Rows {\n  int count;\n};\nint count_rows(int carts);\n",
            "src/carts/repository.hpp": '#pragma once\n#include "carts/rows.hpp"\n',
            "src/carts/repository.cpp": '#include "carts/repository.hpp"\nint rows() { return count_rows(1); }\n',
            "src/carts/service.cpp": "struct Rows;\nint count(const Rows& rows);\nint f(X x) { return x.count_rows(1); }\n",
        },
    ),
    Innocent("link-missing", {"src/orders/service.cpp": '#include "shopflow/core/time.hpp"\n'}),
    Innocent(
        "link-log",
        {
            "src/carts/keeper.cpp": "#include <spdlog/spdlog.h>\n",
            "src/app/serve.cpp": "#include <spdlog/spdlog.h>\n",
            **_cmake("carts DEPS db http", "carts DEPS db http LIBS fmt::fmt ${spdlog}"),
        },
    ),
    Innocent("file-size", {"src/carts/service.cpp": "int x;\n" * 300}),
    Innocent("file-size", {"dev": "#!/bin/sh\n# size: one script is what the owner asked for\n" + "true\n" * 300}),
    Innocent("file-size", {"migrations/0003_rates.sql": "SELECT 1;\n" * 400, "tests/rates.csv": "a,b\n" * 400}),
    innocent_source("function-size", "int f() {", *LONG_BODY[:68], "}"),
    innocent_source("function-size", "constexpr Route routes[] = {", *["  {Verb::get, f(1)},"] * 100, "};"),
    innocent_source("function-size", "class X : public Y<decltype(f(1))> {", *["  int f() { return 1; }"] * 100, "};"),
    innocent_source("function-size", "namespace a::b {", *["int f() { return '}' + 1'000; }"] * 100, "}"),
    innocent_source("function-size", 'auto s = R"(', *["f() {"] * 100, ')";'),
    Innocent("dead-source", {"src/tool.cpp": "int x;\n", "CMakeLists.txt": CMAKE + "add_executable(t src/tool.cpp)\n"}),
    Innocent(
        "dead-source",
        {"tests/load/deep/x.cpp": "int x;\n", "CMakeLists.txt": CMAKE + "file(GLOB_RECURSE s tests/load/*.cpp)\n"},
    ),
    Innocent("test-mirror", {"tests/unit/carts/service_limits_test.cpp": "int x;\n"}),
    Innocent("migration-name", {"migrations/0003_stock_ledger2.sql": "SELECT 1;\n"}),
)
