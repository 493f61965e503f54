#pragma once

#include <string>

namespace shopflow::testing {

/// Notes that an operation has answered so in this run: "GET /v1/products/{id} 404 product_not_found". When
/// the tests of this program are over, all that was noted is written to a file of the program's name in the
/// directory that SHOPFLOW_TEST_SEEN names, its first line "whole" if no test was left out, else "part";
/// without that variable nothing is written. Any thread.
void note_seen_answer(const std::string& answer);

}  // namespace shopflow::testing
