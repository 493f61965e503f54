#include "access/audit_subject.hpp"

#include <gtest/gtest.h>

namespace shopflow::access {
namespace {

TEST(AuditSubject, KeepsWhatTellsWhatItWasDoneTo) {
  EXPECT_EQ(audit_subject(R"({"role":"support","name":"portal"})",
                          R"({"id":"key_1","role":"support","key":"sfk_x"})"),
            R"({"id":"key_1","role":"support"})");
  EXPECT_EQ(audit_subject(R"({"handler":"email","first":1,"last":null})", R"({"replayed":4})"),
            R"({"handler":"email","first":1})");
  EXPECT_EQ(audit_subject("", ""), "");
  EXPECT_EQ(audit_subject(R"({"note":"x"})", R"({"state":"paid"})"), "");
}

TEST(AuditSubject, TheAnswerGoesBeforeWhatWasAsked) {
  EXPECT_EQ(audit_subject(R"({"amount":5,"id":"mine"})", R"({"id":"ref_1","amount":7})"),
            R"({"id":"ref_1","amount":7})");
  EXPECT_EQ(audit_subject(R"({"amount":5})", R"({"id":"ref_1","amount":null})"),
            R"({"id":"ref_1","amount":5})");
}

TEST(AuditSubject, WhatStandsWithinIsNotTaken) {
  EXPECT_EQ(audit_subject(
                R"({"line":{"quantity":3}})",
                R"({"lines":[{"id":"a","quantity":2},["]}",{"amount":1}]],"of":{"id":"b"},"id":"ord_1"})"),
            R"({"id":"ord_1"})");
  EXPECT_EQ(audit_subject("", R"({"name":"a \"quantity\":1, \\","quantity":4})"), R"({"quantity":4})");
  EXPECT_EQ(audit_subject("", R"({"name":"id","first":"last"})"), R"({"first":"last"})");
  EXPECT_EQ(audit_subject("", R"({"of":{"path":"C:\\","x":"\\\",\"id\":1"},"first":"a\\"})"),
            R"({"first":"a\\"})");
}

TEST(AuditSubject, WhatIsTooLongOrNoObjectIsLeft) {
  const std::string name(101, 'a');
  EXPECT_EQ(audit_subject("", R"({"id":")" + name + R"(","amount":1})"), R"({"amount":1})");
  EXPECT_EQ(audit_subject(R"(["id",1])", R"([{"id":1}])"), "");
  EXPECT_EQ(audit_subject(R"({"id":)", "id"), "");
  EXPECT_EQ(audit_subject("", R"({"name":")" + std::string(20'000, 'a') + R"(","id":1})"), "");
}

TEST(AuditSubject, AnAnswerThatWasCutOffDoesNoHarm) {
  const std::string whole = R"({"a":[{"x":"\"}"}],"id":"ord_1","amount":12,"b":{"c":[1,2]}})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto kept = audit_subject("", whole.substr(0, size));
    EXPECT_TRUE(kept.empty() || kept == R"({"id":"ord_1"})" || kept == R"({"id":"ord_1","amount":12})")
        << kept;
  }
  EXPECT_EQ(audit_subject("", whole), R"({"id":"ord_1","amount":12})");
}

TEST(AuditSubject, WhatWasSentIsTakenHoweverItIsWritten) {
  EXPECT_EQ(audit_subject("{ \"\\u0069d\" : \"\\u0061\" ,\n \"quantity\": 2 }", ""),
            R"({"id":"a","quantity":2})");
}

}  // namespace
}  // namespace shopflow::access
