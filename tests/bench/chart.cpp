#include "bench/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace shopflow::bench {
namespace {

constexpr double kWidth = 960;
constexpr double kLeft = 430;  // where the axis begins
constexpr double kRight = 70;  // room for the figure behind the longest bar
constexpr double kTop = 64;
constexpr double kLine = 34;  // height of a row
constexpr double kBar = 16;

/// Decades from a tenth of the reference to beyond the best row and goal.
struct Axis {
  double from = 0.1;
  double to = 10;
  [[nodiscard]] double x(double ratio) const {
    const auto share = std::log10(std::clamp(ratio, from, to) / from) / std::log10(to / from);
    return kLeft + share * (kWidth - kLeft - kRight);
  }
};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

/// More is better in the chart, so a time is shown as how many times faster it is. What was not measured has
/// no bar.
double speed(const Row& row) {
  if (!std::isfinite(row.ratio) || row.ratio <= 0) return 0;
  return row.direction == Goal::at_least ? row.ratio : 1 / row.ratio;
}
double speed_wanted(const Row& row) { return row.direction == Goal::at_least ? row.goal : 1 / row.goal; }

std::string text(double x, double y, const std::string& attributes, const std::string& words) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\"{}>{}</text>\n", x, y, attributes, escaped(words));
}

std::string grid(const Axis& axis, double bottom) {
  std::string out;
  for (double decade = axis.from; decade <= axis.to * 1.01; decade *= 10) {
    const auto x = axis.x(decade);
    const bool one = std::abs(decade - 1) < 0.01;
    out += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"{3}\"/>\n", x,
                       kTop - 6, bottom, one ? "#57606a" : "#d0d7de");
    out += text(x, kTop - 12, " text-anchor=\"middle\" fill=\"#57606a\"", fmt::format("{:g} x", decade));
  }
  return out;
}

std::string bar(const Axis& axis, const Row& row, double y) {
  const auto end = axis.x(speed(row));
  const auto goal = axis.x(speed_wanted(row));
  const auto middle = y + kLine / 2;
  auto out = text(kLeft - 12, middle - 2, " text-anchor=\"end\" font-weight=\"600\"", row.name);
  out += text(kLeft - 12, middle + 11, " text-anchor=\"end\" font-size=\"10\" fill=\"#57606a\"",
              "against " + row.reference_name);
  out += fmt::format("<rect x=\"{}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" fill=\"{}\"/>\n", kLeft,
                     middle - kBar / 2, end - kLeft, kBar, row.met() ? "#1a7f37" : "#bf8700");
  out += fmt::format(
      "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"#cf222e\" "
      "stroke-width=\"2\"/>\n",
      goal, middle - kBar / 2 - 4, middle + kBar / 2 + 4);
  return out + text(std::max(end, goal) + 6, middle + 4, "",
                    speed(row) > 0 ? fmt::format("{:.1f} x", speed(row)) : "- x");
}

}  // namespace

std::string chart_of(const std::vector<Row>& all, const std::string& caption) {
  std::vector<Row> rows;
  std::ranges::copy_if(all, std::back_inserter(rows),
                       [](const Row& row) { return !row.reference_name.empty(); });
  Axis axis;
  for (const auto& row : rows) {
    while (std::max(speed(row), speed_wanted(row)) > axis.to) axis.to *= 10;
    while (speed(row) > 0 && std::min(speed(row), speed_wanted(row)) < axis.from) axis.from /= 10;
  }
  const auto bottom = kTop + kLine * static_cast<double>(rows.size());
  const auto height = bottom + 34;
  auto out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\""
      " font-family=\"sans-serif\" font-size=\"12\" fill=\"#1f2328\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
      kWidth, height);
  out += text(16, 24, " font-size=\"15\" font-weight=\"600\"",
              "ShopFlow over HTTP, as a multiple of the reference");
  out += grid(axis, bottom);
  for (std::size_t i = 0; i < rows.size(); ++i)
    out += bar(axis, rows[i], kTop + kLine * static_cast<double>(i));
  out += text(16, height - 12, " font-size=\"10\" fill=\"#57606a\"", caption + "; the red mark is the goal");
  return out + "</svg>\n";
}

}  // namespace shopflow::bench
