#include "support/test_redis.hpp"

#include "support/environment.hpp"

namespace shopflow::testing {

TestRedis::TestRedis()
    : url_{required_environment("SHOPFLOW_TEST_REDIS")}, prefix_{unique_name("test") + ":"} {}

}  // namespace shopflow::testing
