#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "shopflow/db/pool.hpp"

namespace shopflow::app {

/// Sees to the tables that grow for ever: at once and then every hour, whether one needs its next partition
/// or new statistics. It has a session of its own, in which a statement may take ten minutes, so that nobody
/// waits behind it. Several servers may do it at once.
class TableKeeper {
 public:
  TableKeeper(const boost::asio::any_io_executor& executor, db::ConnectionSettings connection);

  /// Goes on until the executor ends.
  boost::asio::awaitable<void> run();

  /// Makes all partitions that will soon be needed.
  boost::asio::awaitable<void> make_partitions();

  /// Renews the statistics of all tables that have outgrown theirs.
  boost::asio::awaitable<void> renew_statistics();

  /// After the executor. Blocks until what is under way is done or cut off.
  void stop() { pool_.stop(); }

 private:
  db::Pool pool_;
  boost::asio::steady_timer timer_;
};

}  // namespace shopflow::app
