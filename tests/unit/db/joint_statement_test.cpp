#include "shopflow/db/joint_statement.hpp"

#include <gtest/gtest.h>

namespace shopflow::db {
namespace {

TEST(JointStatement, PartsFollowEachOtherAndEachCountsItsRows) {
  const std::array parts{
      JointPart{"", "SELECT 1 FROM seasons WHERE number = $1", 1},
      JointPart{"", "\nUPDATE rows SET a = ($12::int4[])[1] FROM unnest($1::uuid[]) WHERE b = $2\n", 12},
      JointPart{"head AS (\n  UPDATE heads SET at = at + $1\n)", "INSERT INTO log SELECT $2 FROM head", 2},
  };
  EXPECT_EQ(
      joint_text(parts),
      "WITH part_1 AS (\nSELECT 1 FROM seasons WHERE number = $4\n), "
      "part_2 AS (\nUPDATE rows SET a = ($16::int4[])[1] FROM unnest($5::uuid[]) WHERE b = $6\nRETURNING "
      "1\n), "
      "head AS (\n  UPDATE heads SET at = at + $17\n), "
      "part_3 AS (\nINSERT INTO log SELECT $18 FROM head\nRETURNING 1\n)\n"
      "SELECT batch_must_fit((SELECT count(*) FROM part_1) = $1 AND (SELECT count(*) FROM part_2) = $2 AND "
      "(SELECT count(*) FROM part_3) = $3)");
}

}  // namespace
}  // namespace shopflow::db
