#include "shopflow/catalog/sku_memory.hpp"

#include "shopflow/db/transaction.hpp"

namespace shopflow::catalog {
namespace {

const db::Statement kRevision{"catalog.revision", "SELECT revision FROM catalog_revision"};

}  // namespace

SkuMemory::Known SkuMemory::learn(db::Transaction& tx, const std::vector<SkuId>& wanted) {
  Known known;
  auto missing = find(wanted, known);
  if (missing.empty()) return known;
  // The revision comes first: what is read after it may be newer, which the guard finds, but never older.
  const auto revision = tx.exec(kRevision)[0].next<std::int64_t>();
  if (!known.skus.empty() && known.revision != revision) {
    known.skus.clear();
    missing = wanted;
  }
  known.revision = revision;
  known.skus.merge(find_skus(tx, missing));
  keep(revision, known);
  return known;
}

void SkuMemory::forget() {
  const std::lock_guard lock{mutex_};
  revision_.reset();
  skus_.clear();
}

std::vector<SkuId> SkuMemory::find(const std::vector<SkuId>& wanted, Known& known) const {
  const std::lock_guard lock{mutex_};
  if (!revision_) return wanted;
  known.revision = *revision_;
  known.skus.reserve(wanted.size());
  std::vector<SkuId> missing;
  for (const auto& id : wanted) {
    const auto found = skus_.find(id);
    if (found == skus_.end()) {
      missing.push_back(id);
    } else {
      known.skus.emplace(id, found->second);
    }
  }
  return missing;
}

void SkuMemory::keep(std::int64_t revision, const Known& read) {
  const std::lock_guard lock{mutex_};
  // Another thread has read a later one meanwhile.
  if (revision_ && *revision_ > revision) return;
  if (read.skus.size() > kSkusMax) return;
  if (revision_ != revision || skus_.size() + read.skus.size() > kSkusMax) skus_.clear();
  revision_ = revision;
  skus_.insert(read.skus.begin(), read.skus.end());
}

}  // namespace shopflow::catalog
