#include "warehouse/repository.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::warehouse {
namespace {

// A list has the identifier of its order, so its primary key keeps an order from having two. Lists of earlier
// versions have one of their own, by which the world knows them, and are found by the index on those alone.
//
// Nobody but the handler makes lists, one batch after the other, so it is enough to look whether one is
// there; an ON CONFLICT that never happens would cost more.
#define SHOPFLOW_NO_LIST                                                                         \
  "WHERE NOT EXISTS (SELECT FROM pick_lists AS known WHERE known.id = p.order_id) "              \
  "AND NOT EXISTS (SELECT FROM pick_lists AS old WHERE old.order_id = p.order_id AND old.id <> " \
  "old.order_id)"

const db::Statement kInsert{"warehouse.insert", R"(
INSERT INTO pick_lists (id, order_id, state, sku_ids, quantities, created_at, updated_at)
SELECT p.order_id, p.order_id, 'waiting', ($5::uuid[])[p.first:p.last], ($6::int4[])[p.first:p.last], p.at, p.at
FROM (SELECT unnest($1::uuid[]), unnest($2::timestamptz[]), unnest($3::int4[]), unnest($4::int4[]))
     AS p (order_id, at, first, last)
)" SHOPFLOW_NO_LIST};

const db::Statement kInsertReady{"warehouse.insert_ready", R"(
WITH counter AS (
  UPDATE pick_list_counter SET ready_number = ready_number + cardinality($1::uuid[])
  RETURNING ready_number - cardinality($1::uuid[]) AS before
)
INSERT INTO pick_lists (id, order_id, state, sku_ids, quantities, ready_number, created_at, updated_at)
SELECT p.order_id, p.order_id, 'ready', ($5::uuid[])[p.first:p.last], ($6::int4[])[p.first:p.last],
       (SELECT before FROM counter) + p.place, p.at, p.paid_at
FROM (SELECT unnest($1::uuid[]), unnest($2::timestamptz[]), unnest($3::int4[]), unnest($4::int4[]),
             unnest($7::timestamptz[]), generate_subscripts($1::uuid[], 1))
     AS p (order_id, at, first, last, paid_at, place)
)" SHOPFLOW_NO_LIST};

// Orders repeat when an event is replayed together with itself; the list then takes one of the two times.
// The move is looked up in the row itself and not joined: a list that somebody claims or releases at the same
// moment is read again when its lock is had, which a joined row is not.
const db::Statement kMoveByOrder{"warehouse.move_by_order", R"(
UPDATE pick_lists AS p
SET state = (($4::text[])[array_position($3::text[], p.state::text)])::pick_list_state, updated_at = told.at
FROM (SELECT unnest($1::uuid[]), unnest($2::timestamptz[])) AS told (order_id, at)
     LEFT JOIN pick_lists AS old ON old.order_id = told.order_id AND old.id <> old.order_id
WHERE p.id = coalesce(old.id, told.order_id) AND p.state::text = ANY ($3::text[])
)"};

// The counter is locked before any list, here, above and in kReopen.
const db::Statement kOpen{"warehouse.open", R"(
WITH counter AS (
  UPDATE pick_list_counter SET ready_number = ready_number + cardinality($1::uuid[])
  RETURNING ready_number - cardinality($1::uuid[]) AS before
)
UPDATE pick_lists AS p
SET state = 'ready', updated_at = told.at, ready_number = (SELECT before FROM counter) + told.place
FROM (SELECT unnest($1::uuid[]), unnest($2::timestamptz[]), generate_subscripts($1::uuid[], 1))
     AS told (order_id, at, place)
     LEFT JOIN pick_lists AS old ON old.order_id = told.order_id AND old.id <> old.order_id
WHERE p.id = coalesce(old.id, told.order_id) AND p.state = ANY ($3::text[]::pick_list_state[])
)"};

const db::Statement kReopen{"warehouse.reopen", R"(
WITH counter AS (UPDATE pick_list_counter SET ready_number = ready_number + 1 RETURNING ready_number)
UPDATE pick_lists AS p
SET state = 'ready', claimed_by = NULL, updated_at = $3, ready_number = counter.ready_number
FROM counter
WHERE p.id = $1 AND p.state = $2::pick_list_state
)"};

#define SHOPFLOW_PICK_LIST                                                                                  \
  "SELECT p.id, p.order_id, p.state, p.sku_ids, p.quantities, p.claimed_by, p.ready_number, p.created_at, " \
  "p.updated_at, "                                                                                          \
  "ARRAY(SELECT coalesce(s.code, '') FROM unnest(p.sku_ids) WITH ORDINALITY AS l (sku_id, place) "          \
  "LEFT JOIN skus AS s ON s.id = l.sku_id ORDER BY l.place), "                                              \
  "ARRAY(SELECT coalesce(nullif(s.name, ''), product.name, '') "                                            \
  "FROM unnest(p.sku_ids) WITH ORDINALITY AS l (sku_id, place) LEFT JOIN skus AS s ON s.id = l.sku_id "     \
  "LEFT JOIN products AS product ON product.id = s.product_id ORDER BY l.place) "                           \
  "FROM pick_lists AS p "

const db::Statement kListReady{"warehouse.list_ready", SHOPFLOW_PICK_LIST R"(
WHERE p.state = 'ready' AND p.ready_number > $1 ORDER BY p.ready_number LIMIT $2
)"};

const db::Statement kList{"warehouse.list", SHOPFLOW_PICK_LIST R"(
WHERE p.state = $1::pick_list_state AND p.state <> 'ready' AND p.id > $2 ORDER BY p.id LIMIT $3
)"};

const db::Statement kFind{"warehouse.find", SHOPFLOW_PICK_LIST "WHERE p.id = $1"};

const db::Statement kLock{"warehouse.lock", SHOPFLOW_PICK_LIST "WHERE p.id = $1 FOR NO KEY UPDATE OF p"};

const db::Statement kMove{"warehouse.move", R"(
UPDATE pick_lists SET state = $3::pick_list_state, claimed_by = $4, updated_at = $5
WHERE id = $1 AND state = $2::pick_list_state
)"};

struct ListArrays {
  db::UuidArray orders;
  db::TimestampArray times;
  db::TimestampArray paid;
  db::Slices lines;
  db::UuidArray skus;
  db::IntArray quantities;

  explicit ListArrays(const std::vector<NewPickList>& lists) {
    for (const auto& list : lists) {
      orders.push(list.order_id);
      times.push(list.at);
      paid.push(list.paid_at);
      lines.push(list.skus.size());
      for (std::size_t i = 0; i < list.skus.size(); ++i) {
        skus.push(list.skus[i]);
        quantities.push(list.quantities.at(i));
      }
    }
  }
};

PickList read(db::Row row) {
  PickList list;
  list.id = row.next<PickListId>();
  list.order_id = row.next<OrderId>();
  list.state = json::value_of<PickListState>(row.next<std::string>()).value();
  const auto skus = row.next<std::vector<Uuid>>();
  const auto quantities = row.next<std::vector<std::int32_t>>();
  list.claimed_by = row.next<std::optional<std::string>>();
  list.ready_number = row.next<std::optional<std::int64_t>>();
  list.created_at = row.next<Timestamp>();
  list.updated_at = row.next<Timestamp>();
  const auto codes = row.next<std::vector<std::string>>();
  const auto names = row.next<std::vector<std::string>>();
  for (std::size_t i = 0; i < skus.size(); ++i) {
    list.lines.push_back({SkuId{skus[i]}, codes.at(i), names.at(i), quantities.at(i)});
  }
  return list;
}

std::vector<PickList> read_all(const db::Rows& rows) {
  std::vector<PickList> lists;
  for (std::size_t i = 0; i < rows.size(); ++i) lists.push_back(read(rows[i]));
  return lists;
}

std::optional<PickList> first(const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read(rows[0]);
}

}  // namespace

void insert_pick_lists(db::Transaction& tx, const std::vector<NewPickList>& lists) {
  if (lists.empty()) return;
  const ListArrays rows{lists};
  tx.exec(kInsert, rows.orders, rows.times, rows.lines.first, rows.lines.last, rows.skus, rows.quantities);
}

bool insert_ready_lists(db::Transaction& tx, const std::vector<NewPickList>& lists) {
  if (lists.empty()) return true;
  const ListArrays rows{lists};
  const auto made = tx.exec(kInsertReady, rows.orders, rows.times, rows.lines.first, rows.lines.last,
                            rows.skus, rows.quantities, rows.paid);
  return made.affected() == lists.size();
}

void move_by_order(db::Transaction& tx, const std::vector<Moved>& orders, PickListTrigger trigger) {
  if (orders.empty()) return;
  db::UuidArray ids;
  db::TimestampArray times;
  for (const auto& order : orders) {
    ids.push(order.order_id);
    times.push(order.at);
  }
  db::TextArray sources;
  db::TextArray targets;
  bool opens = false;
  for (const auto& move : kPickListMoves) {
    if (move.trigger != trigger || !move.from) continue;
    sources.push(json::name_of(*move.from));
    targets.push(json::name_of(move.to));
    opens = opens || move.to == PickListState::ready;
  }
  if (opens) {
    tx.exec(kOpen, ids, times, sources);
  } else {
    tx.exec(kMoveByOrder, ids, times, sources, targets);
  }
}

std::vector<PickList> list_ready(db::Transaction& tx, std::int64_t after, std::int32_t count_max) {
  auto lists = read_all(tx.exec(kListReady, after, count_max));
  // Their numbers were given by commits that did not wait for the disk, and a crash of PostgreSQL could give
  // them to others, while whoever got these asks for what comes behind them.
  if (!lists.empty()) tx.await_disk();
  return lists;
}

std::vector<PickList> list_pick_lists(db::Transaction& tx, PickListState state, PickListId after,
                                      std::int32_t count_max) {
  return read_all(tx.exec(kList, json::name_of(state), after, count_max));
}

std::optional<PickList> find_pick_list(db::Transaction& tx, PickListId id) {
  return first(tx.exec(kFind, id));
}

std::optional<PickList> lock_pick_list(db::Transaction& tx, PickListId id) {
  return first(tx.exec(kLock, id));
}

bool move_pick_list(db::Transaction& tx, PickListId id, PickListState from, PickListState to,
                    const std::optional<std::string>& claimed_by, Timestamp now) {
  if (to == PickListState::ready) return tx.exec(kReopen, id, json::name_of(from), now).affected() == 1;
  return tx.exec(kMove, id, json::name_of(from), json::name_of(to), claimed_by, now).affected() == 1;
}

}  // namespace shopflow::warehouse
