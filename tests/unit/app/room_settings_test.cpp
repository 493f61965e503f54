#include "app/room_settings.hpp"

#include <gtest/gtest.h>

namespace shopflow::app {
namespace {

using namespace std::chrono_literals;

TEST(HttpSettings, AreByDefaultWhatIsPromised) {
  const auto settings = http_settings(Config{});
  EXPECT_EQ(settings.gate.header_bytes_max, 8U * 1024);
  EXPECT_EQ(settings.gate.fields_max, 64U);
  EXPECT_EQ(settings.body_bytes_max, 256U * 1024);
  EXPECT_EQ(settings.json_depth_max, 32U);
  EXPECT_EQ(settings.header_ms_max, 5s);
  EXPECT_EQ(settings.body_ms_max, 15s);
  EXPECT_EQ(settings.write_ms_max, 15s);
  EXPECT_EQ(settings.idle_ms_max, 30s);
}

/// The configuration says what an integer may be, and the room says so once more: neither takes what the
/// other refuses.
TEST(HttpSettings, AreTakenByTheServerAtBothEndsOfWhatTheConfigurationTakes) {
  for (const auto& key : config_keys()) {
    if (!key.limits || !key.name.starts_with("http.")) continue;
    for (const auto value : {key.limits->min, key.limits->max}) {
      Config config;
      ASSERT_FALSE(key.set(config, value)) << key.name;
      EXPECT_EQ(http::find_problem(http_settings(config)), std::nullopt) << key.name;
    }
  }
}

}  // namespace
}  // namespace shopflow::app
