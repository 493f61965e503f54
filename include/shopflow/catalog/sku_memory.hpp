#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "shopflow/catalog/catalog.hpp"

namespace shopflow::catalog {

/// SKUs as the catalogue had them at one of its revisions, over which a price may be fixed without asking the
/// database first. The revision is counted up by every change of a product or SKU that was there, in the
/// transaction of the change, so whatever is fixed here has to be written under SameCatalogue. Bounded:
/// 16,384 SKUs; a batch that has more is not remembered. Thread-safe.
class SkuMemory {
 public:
  struct Known {
    std::int64_t revision = 0;
    SkuHandles skus;  // those that exist
  };

  /// Reads what is not remembered, by statements that are their own.
  [[nodiscard]] Known learn(db::Transaction& tx, const std::vector<SkuId>& wanted);
  /// The catalogue has another revision than this one had.
  void forget();

 private:
  static constexpr std::size_t kSkusMax = 16'384;
  /// Those that are not remembered, and in `known` those that are.
  [[nodiscard]] std::vector<SkuId> find(const std::vector<SkuId>& wanted, Known& known) const;
  void keep(std::int64_t revision, const Known& read);

  mutable std::mutex mutex_;
  std::optional<std::int64_t> revision_;  // of all that is remembered
  SkuHandles skus_;
};

/// Part of a joint statement: the catalogue still has the revision at which prices were fixed.
struct SameCatalogue {
  std::int64_t revision = 0;

  static constexpr const char* kText = "SELECT 1 FROM catalog_revision WHERE revision = $1";
  static constexpr std::size_t kParameters = 1;
  [[nodiscard]] static std::size_t size() { return 1; }
  [[nodiscard]] auto parameters() const { return std::tie(revision); }
};

}  // namespace shopflow::catalog
