#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/event_matrix.hpp"
#include "app/routes.hpp"
#include "shopflow/carts/reservation.hpp"
#include "shopflow/http/openapi.hpp"
#include "shopflow/orders/order_states.hpp"
#include "shopflow/payments/payment_states.hpp"
#include "shopflow/shipping/shipment_states.hpp"
#include "shopflow/warehouse/pick_list_states.hpp"

namespace shopflow::app {
namespace {

std::string_view mark(Cell cell) {
  switch (cell) {
    case Cell::required:
      return "X";
    case Cell::ours:
      return "+";
    case Cell::none:
      return "";
  }
  return "";
}

std::string events_table() {
  std::string out = "| event |";
  for (const auto name : kHandlerNames) out += fmt::format(" {} |", name);
  out += "\n|---|";
  for (std::size_t i = 0; i < kHandlerNames.size(); ++i) out += "---|";
  out += "\n";
  for (const auto& row : kEventMatrix) {
    out += fmt::format("| {} |", row.event);
    for (const auto cell : row.cells) out += fmt::format(" {} |", mark(cell));
    out += "\n";
  }
  return out;
}

std::string states_tables() {
  return fmt::format(
      "**Reservation**\n\n| from | trigger | to | stock | event "
      "|\n|---|---|---|---|---|\n{}\n**Order**\n\n{}\n**Payment**\n\n{}\n"
      "**Pick list**\n\n{}\n**Shipment**\n\n{}",
      carts::reservation_table_markdown(), orders::order_states_markdown(),
      payments::payment_states_markdown(), warehouse::pick_list_states_markdown(),
      shipping::shipment_states_markdown());
}

std::string config_table() {
  std::string out = "| key | default | meaning |\n|---|---|---|\n";
  const Config defaults;
  for (const auto& key : config_keys()) {
    const auto shown = key.show(defaults);
    out +=
        fmt::format("| `{}` | {} | {} |\n", key.name, shown.empty() ? "" : "`" + shown + "`", key.meaning());
  }
  return out;
}

}  // namespace

int print_table(const std::string& which) {
  if (which == "api") fmt::print("{}", http::routes_markdown(routes()));
  if (which == "events") fmt::print("{}", events_table());
  if (which == "states") fmt::print("{}", states_tables());
  if (which == "config") fmt::print("{}", config_table());
  return exit_code::ok;
}

}  // namespace shopflow::app
