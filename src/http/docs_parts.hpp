#pragma once

#include <string_view>

namespace shopflow::http {

// The files of src/http/docs, put into the binary when it is built.
extern const std::string_view kDocsHtml;
extern const std::string_view kDocsStyle;
extern const std::string_view kDocsScript;

}  // namespace shopflow::http
