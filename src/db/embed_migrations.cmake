# cmake -DFROM=<directory of NNNN_name.sql> -DTO=<file.cpp> -P embed_migrations.cmake
# Writes the migrations and their checksums as C++, so that a binary carries the schema that it was built for.
file(GLOB files ${FROM}/*.sql)
list(SORT files)
set(entries "")
foreach(path ${files})
  get_filename_component(stem ${path} NAME_WE)
  if(NOT stem MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
    message(FATAL_ERROR "${path} is not named NNNN_name.sql")
  endif()
  set(name ${CMAKE_MATCH_2})
  string(REGEX REPLACE "^0+" "" version ${CMAKE_MATCH_1})
  file(SHA256 ${path} checksum)
  file(READ ${path} sql)
  string(APPEND entries "    {${version}, \"${name}\", \"${checksum}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE ${TO} "#include \"shopflow/db/migrator.hpp\"

namespace shopflow::db {
namespace {

constexpr Migration kMigrations[] = {
${entries}};

}  // namespace

std::span<const Migration> embedded_migrations() { return kMigrations; }

}  // namespace shopflow::db
")
