// The one translation unit that holds Asio's own functions (BOOST_ASIO_SEPARATE_COMPILATION); it keeps builds
// short.
#include <boost/asio/impl/src.hpp>
