#pragma once

#include <sys/types.h>

#include <cstdint>

namespace shopflow::bench {

/// CPU seconds, user and system, that a process and all of its threads have used.
[[nodiscard]] double cpu_seconds_of(pid_t process);

/// The same of a process, its children that live and those that have ended: all of a PostgreSQL, by its
/// postmaster.
[[nodiscard]] double cpu_seconds_of_family(pid_t parent);

/// Memory of the process that is in RAM, in MB (10^6 bytes).
[[nodiscard]] double resident_mb(pid_t process);

/// The most that it ever was.
[[nodiscard]] double resident_mb_max(pid_t process);

}  // namespace shopflow::bench
