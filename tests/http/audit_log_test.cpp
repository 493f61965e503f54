#include "http/operations.hpp"

namespace shopflow::testing {
namespace {

class AuditLog : public ::testing::Test {
 protected:
  /// The rows about a path, oldest first, as "stage method status role".
  [[nodiscard]] std::vector<std::string> story(const std::string& path) {
    std::vector<std::string> lines;
    std::string cursor;
    auto admin = shop.staff();
    for (bool more = true; more;) {
      const auto page = admin.get("/v1/admin/audit-log?limit=100" + cursor).json();
      for (const auto& record : page.at("data")) {
        const auto& entry = record.at("entry");
        if (entry.at("path") != path) continue;
        const auto status = entry.contains("status") && !entry.at("status").is_null()
                                ? std::to_string(entry.at("status").get<int>())
                                : std::string{"-"};
        lines.insert(lines.begin(), entry.at("stage").get<std::string>() + " " +
                                        entry.at("method").get<std::string>() + " " + status + " " +
                                        entry.at("role").get<std::string>());
      }
      more = page.at("has_more");
      if (more) cursor = "&cursor=" + page.at("next_cursor").get<std::string>();
    }
    return lines;
  }
  [[nodiscard]] std::int64_t rows() const {
    return shop.server.database().number("SELECT count(*) FROM audit_log");
  }

  Shop shop;
};

TEST_F(AuditLog, WhatIsDoneWithAKeyIsWrittenDownBeforeAndAfter) {
  const auto cup = shop.article(3);
  const auto order = shop.order(cup, 1);
  auto support = shop.staff("support");
  EXPECT_EQ(support.put(order.staff("/note"), {{"note", "ring twice"}}).status, 200);
  EXPECT_EQ(story(order.staff("/note")),
            (std::vector<std::string>{"begun PUT - support", "ended PUT 200 support"}));
  EXPECT_EQ(support.post(order.staff("/refunds"), Json{{"reason", "a scratch"}}, {fresh_key()}).status, 409);
  EXPECT_EQ(story(order.staff("/refunds")),
            (std::vector<std::string>{"begun POST - support", "ended POST 409 support"}));
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

TEST_F(AuditLog, EveryOperationThatChangesSomethingWithAKeyIsInItAndNoRead) {
  auto admin = shop.staff();
  auto analyst = shop.staff("analyst");
  int changes = 0;
  int refused = 0;
  for (const auto& operation : operations(shop.contract)) {
    if (!operation.wants_staff()) continue;
    SCOPED_TRACE(operation.method + " " + operation.path);
    const auto body = operation.has_body() ? std::optional{good_body(operation)} : std::nullopt;
    const auto before = rows();
    const auto answer =
        admin.request(operation.method, operation.target(), body, {fresh_key(), {"If-Match", "\"1\""}});
    EXPECT_NE(answer.status, 403);
    EXPECT_EQ(rows() - before, operation.method == "GET" ? 0 : 2);
    if (operation.method == "GET") continue;
    ++changes;
    if (operation.allows("analyst")) continue;
    EXPECT_EQ(analyst.request(operation.method, operation.target(), body, {fresh_key()}).status, 403);
    // Of one key only the first ten refusals of a minute stand each in a row.
    EXPECT_EQ(rows() - before, ++refused <= 10 ? 3 : 2);
  }
  EXPECT_GE(changes, 20);
  EXPECT_EQ(shop.audit(), "0 differences\n");
}

TEST_F(AuditLog, NothingIsDoneThatCantBeWrittenDown) {
  auto admin = shop.staff();
  const auto cup = shop.article(3);
  shop.server.database().sql("ALTER TABLE audit_log ADD CONSTRAINT closed CHECK (position < 0) NOT VALID");
  const auto answer =
      admin.post("/v1/admin/stock/" + cup.sku + "/receive", Json{{"quantity", 5}}, {fresh_key()});
  EXPECT_GE(answer.status, 500) << answer.body;
  EXPECT_EQ(shop.server.database().number("SELECT on_hand FROM stock"), 3);
}

TEST_F(AuditLog, TellsWhichKeyWasMade) {
  const auto made = shop.staff().post("/v1/admin/keys", Json{{"name", "portal"}, {"role", "support"}}, {});
  ASSERT_EQ(made.status, 201) << made.body;
  const auto subject = shop.server.database().sql("SELECT subject FROM audit_log WHERE stage = 'ended'");
  EXPECT_EQ(subject, R"({"id":")" + made.json().at("id").get<std::string>() + R"(","role":"support"})");
}

TEST_F(AuditLog, ManyRefusalsOfAKeyAreCountedInOneRow) {
  auto analyst = shop.staff("analyst");
  const auto before = rows();
  for (int i = 0; i < 25; ++i) {
    EXPECT_EQ(analyst.put("/v1/admin/orders/" + nobody("ord") + "/note", {{"note", "x"}}).status, 403);
  }
  EXPECT_EQ(rows() - before, 10);
  EXPECT_EQ(shop.server.stop(SIGTERM), 0);
  EXPECT_EQ(rows() - before, 11);
  EXPECT_EQ(shop.server.database().sql("SELECT subject FROM audit_log ORDER BY position DESC LIMIT 1"),
            R"({"more":15})");
}

TEST_F(AuditLog, CommandsAreInItToo) {
  const auto before = rows();
  const auto made = shop.server.run("admin create-key --role analyst --name reports");
  ASSERT_EQ(made.code, 0) << made.output;
  EXPECT_EQ(rows(), before + 1);
  EXPECT_NE(shop.server.database()
                .sql("SELECT path FROM audit_log ORDER BY position DESC LIMIT 1")
                .find("admin create-key analyst key_"),
            std::string::npos);
  EXPECT_NE(shop.server.run("admin create-key --role analyst --name reports").code, 0);
  EXPECT_EQ(rows(), before + 1);
  EXPECT_EQ(shop.server.run("mails retry").code, 0);
  EXPECT_EQ(rows(), before + 1);
}

TEST_F(AuditLog, AuditSaysWhereItWasChanged) {
  (void)shop.article(3);
  const auto& database = shop.server.database();
  database.sql("ALTER TABLE audit_log DISABLE TRIGGER audit_log_stays");
  database.sql("UPDATE audit_log SET actor = 'nobody' WHERE position = 1");
  const auto run = shop.server.run("audit");
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.output.find("the audit log is as it was written: position 1"), std::string::npos)
      << run.output;
}

TEST_F(AuditLog, OnlyAdminsReadIt) {
  for (const auto* role : {"catalog", "warehouse", "support", "analyst"}) {
    expect_code(shop.staff(role).get("/v1/admin/audit-log"), 403, "role_not_allowed");
  }
  EXPECT_EQ(shop.staff().get("/v1/admin/audit-log?limit=1").status, 200);
}

}  // namespace
}  // namespace shopflow::testing
