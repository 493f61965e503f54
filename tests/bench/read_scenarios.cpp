#include "bench/reference.hpp"
#include "bench/rounds.hpp"
#include "bench/scenarios.hpp"

namespace shopflow::bench {
namespace {

constexpr std::size_t kConnections = 64;

std::string ask(Stand& stand, const std::string& target) {
  const auto answer = stand.server().client().get(target);
  if (answer.status != 200) throw std::runtime_error{target + " answers " + answer.body};
  return answer.body;
}

/// The body up to the moment of its figures, which moves.
std::string without_moment(const std::string& body) { return body.substr(0, body.find(R"("as_of")")); }

Reference read_static(const Options& options, const std::vector<std::string>& bodies) {
  const StaticServer nginx{bodies, options.tcp};
  std::vector<Page> pages;
  for (std::size_t i = 0; i < bodies.size(); ++i) pages.push_back(page(StaticServer::path(i), bodies[i]));
  auto crowd = readers(pages, kConnections);
  const auto load = run_load({.server = nginx.address(),
                              .threads = options.threads,
                              .warm_up = options.warm_up,
                              .measured = options.measured},
                             crowd);
  return {load.rate, load.busiest};
}

Row compare(Bench& bench, Stand& stand, const std::vector<Page>& pages,
            const std::vector<std::string>& bodies) {
  const auto compared = alternate(bench.options, bench.progress,
                                  {.ours =
                                       [&] {
                                         auto crowd = readers(pages, kConnections);
                                         return measure(stand, crowd);
                                       },
                                   .reference = [&] { return read_static(bench.options, bodies); }});
  stand.audit();
  return compared.row("nginx, static file");
}

}  // namespace

std::vector<Row> read_stock(Bench& bench) {
  Stand stand{bench.options, Stand::kArticles};
  std::vector<Page> pages;
  std::vector<std::string> bodies;
  for (const auto& article : stand.catalogue()) {
    const auto target = "/v1/products/" + article.product + "/inventory";
    const auto body = ask(stand, target);
    pages.push_back(page(target, without_moment(body)));
    if (bodies.empty()) bodies.push_back(body);
  }
  auto row = compare(bench, stand, pages, bodies);
  row.goal = 1.2;
  return {row};
}

std::vector<Row> read_pages(Bench& bench) {
  Stand stand{bench.options, Stand::kArticles};
  std::vector<Page> pages;
  std::vector<std::string> bodies;
  const std::string list = "/v1/products?limit=20";
  const auto listed = ask(stand, list);
  for (const auto& article : stand.catalogue()) {
    const auto target = "/v1/products/" + article.product;
    const auto body = ask(stand, target);
    pages.push_back(page(target, body));
    pages.push_back(page(list, listed));
    if (bodies.empty()) bodies = {body, listed};
  }
  auto row = compare(bench, stand, pages, bodies);
  row.goal = 0.7;
  return {row};
}

}  // namespace shopflow::bench
