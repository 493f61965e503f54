#include "app/event_matrix.hpp"

#include "shopflow/analytics/analytics_handler.hpp"
#include "shopflow/email/email_handler.hpp"
#include "shopflow/events/handler.hpp"
#include "shopflow/inventory/handler.hpp"
#include "shopflow/live/notification_handler.hpp"
#include "shopflow/warehouse/warehouse_handler.hpp"

namespace shopflow::app {
namespace {

template <class... Handler>
struct HandlerList {};

/// In the order of kHandlerNames.
using Handlers = HandlerList<email::EmailHandler, inventory::InventoryHandler, analytics::AnalyticsHandler,
                             warehouse::WarehouseHandler, live::NotificationHandler>;

template <class... Handler>
consteval bool names_are(HandlerList<Handler...>) {
  return std::array<std::string_view, sizeof...(Handler)>{Handler::name...} == kHandlerNames;
}

/// One line of the table says of each handler exactly whether it has `on(event)`.
template <class Event, class... Handler>
consteval bool line_is_true(const MatrixRow& row, HandlerList<Handler...>) {
  if (row.event != Event::type) return false;
  std::size_t column = 0;
  return (((row.cells[column++] != Cell::none) == events::Handles<Handler, Event>) && ...);
}

template <class... Event>
consteval bool matrix_is_true(events::TypeList<Event...>) {
  if (sizeof...(Event) != kEventMatrix.size()) return false;
  std::size_t row = 0;
  return (line_is_true<Event>(kEventMatrix[row++], Handlers{}) && ...);
}

static_assert(names_are(Handlers{}), "the columns of the matrix are the handlers, in order");
static_assert(matrix_is_true(events::AllEvents{}),
              "a cell of the matrix is not what the handler's code does");

}  // namespace
}  // namespace shopflow::app
