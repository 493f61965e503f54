#pragma once

/// Published structs are declared once, as a json::Shape; reading, writing and describing them follow from
/// it.
#include "shopflow/core/json_constraints.hpp"  // IWYU pragma: export
#include "shopflow/core/json_names.hpp"        // IWYU pragma: export
#include "shopflow/core/json_query.hpp"        // IWYU pragma: export
#include "shopflow/core/json_read.hpp"         // IWYU pragma: export
#include "shopflow/core/json_schema.hpp"       // IWYU pragma: export
#include "shopflow/core/json_shape.hpp"        // IWYU pragma: export
#include "shopflow/core/json_text.hpp"         // IWYU pragma: export
#include "shopflow/core/json_write.hpp"        // IWYU pragma: export
