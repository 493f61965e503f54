# cmake -DFROM=<directory with page.html, page.css, page.js> -DTO=<file.cpp> -P embed_docs.cmake
# Writes the page of the documentation as C++, so that the binary shows it without any file or network.
foreach(part html css js)
  file(READ ${FROM}/page.${part} ${part})
endforeach()
file(WRITE ${TO} "#include \"http/docs_parts.hpp\"

namespace shopflow::http {

const std::string_view kDocsHtml = R\"docs(${html})docs\";
const std::string_view kDocsStyle = R\"docs(${css})docs\";
const std::string_view kDocsScript = R\"docs(${js})docs\";

}  // namespace shopflow::http
")
