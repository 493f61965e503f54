"""A repository in which everything is as it should be."""

CMAKE = """\
function(shopflow_room name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
endfunction()
shopflow_room(core DEPS LIBS fmt::fmt)
shopflow_room(db DEPS core LIBS PkgConfig::PQXX)
shopflow_room(http DEPS core)
shopflow_room(carts DEPS db http)
shopflow_room(orders DEPS carts)
shopflow_room(access DEPS db http)
foreach(room core db carts orders)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${room}/*_test.cpp)
endforeach()
"""

CLEAN = {
    "CMakeLists.txt": CMAKE,
    "include/shopflow/core/time.hpp": "#pragma once\nnamespace shopflow { using Instant = long; }\n",
    "src/core/time.cpp": (
        '#include "shopflow/core/time.hpp"\nauto read() { return std::chrono::system_clock::now(); }\n'
    ),
    "include/shopflow/db/pool.hpp": '#pragma once\n#include "shopflow/core/time.hpp"\n',
    "src/db/pool.cpp": '#include "shopflow/db/pool.hpp"\n#include <pqxx/pqxx>\n',
    "src/http/gate.hpp": "#pragma once\n",
    "src/http/session.cpp": '#include "http/gate.hpp"\n#include <boost/beast/http.hpp>\n',
    "include/shopflow/carts/service.hpp": '#pragma once\n#include "shopflow/core/time.hpp"\n',
    "src/carts/service.cpp": '#include "shopflow/carts/service.hpp"\n#include "shopflow/db/pool.hpp"\n',
    "src/carts/repository.cpp": '#include "carts/repository.hpp"\n#include <pqxx/pqxx>\n',
    "src/carts/repository.hpp": "#pragma once\n",
    "src/orders/service.cpp": '#include "shopflow/carts/service.hpp"\n',
    "src/app/main.cpp": '#include "shopflow/carts/service.hpp"\nint main() { std::cout << 1; }\n',
    "tests/unit/carts/service_test.cpp": '#include "shopflow/carts/service.hpp"\n#include "carts/repository.hpp"\n',
    "migrations/0001_carts.sql": "CREATE TABLE cart (id uuid PRIMARY KEY);\n",
    "migrations/0002_orders.sql": "CREATE TABLE customer_order (id uuid PRIMARY KEY);\n",
    "dev": "#!/usr/bin/env bash\nbuild() {\n  cmake --build build\n}\nbuild\n",
}
