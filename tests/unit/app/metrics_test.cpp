#include "app/metrics.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "app/routes.hpp"

namespace shopflow::app {
namespace {

std::string scrape(const Metrics& metrics) {
  Exposition out;
  metrics.expose(out);
  return out.text();
}

TEST(Metrics, AnswersAreCountedByRouteTemplateAndClassOfStatus) {
  Metrics metrics{routes()};
  const auto& route = routes()[1];
  metrics.finished(&route, 200, std::chrono::milliseconds{3}, 100);
  metrics.finished(&route, 404, std::chrono::milliseconds{30}, 50);
  const auto text = scrape(metrics);
  const auto path = std::string{route.path};
  EXPECT_NE(text.find("http_server_request_duration_seconds_count{http_request_method=\"GET\",http_route=\"" +
                      path + "\"} 2"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("http_route=\"" + path + "\",status_class=\"4xx\"} 1"), std::string::npos) << text;
  EXPECT_NE(text.find("le=\"0.005\"} 1"), std::string::npos) << text;
}

TEST(Metrics, WhatManyThreadsCountIsAddedUp) {
  Metrics metrics{routes()};
  const auto& route = routes()[1];
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 20; ++i)
      threads.emplace_back([&] { metrics.finished(&route, 200, std::chrono::milliseconds{1}, 10); });
  }
  const auto text = scrape(metrics);
  EXPECT_NE(text.find("status_class=\"2xx\"} 20"), std::string::npos) << text;
  EXPECT_NE(text.find("le=\"0.005\"} 20"), std::string::npos) << text;
  EXPECT_NE(text.find("} 200"), std::string::npos) << text;
}

TEST(Metrics, RequestsThatReachNoRouteAreCountedTogether) {
  Metrics metrics{routes()};
  metrics.finished(nullptr, 404, std::chrono::milliseconds{1}, 10);
  EXPECT_NE(scrape(metrics).find("http_route=\"none\""), std::string::npos);
}

TEST(Metrics, SourcesAreAskedAtEachScrape) {
  Metrics metrics{routes()};
  int asked = 0;
  metrics.add([&](Exposition& out) { out.gauge("asked", "How often.", {}, ++asked); });
  (void)scrape(metrics);
  EXPECT_NE(scrape(metrics).find("asked 2"), std::string::npos);
}

}  // namespace
}  // namespace shopflow::app
