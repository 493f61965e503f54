// The one translation unit that holds Beast's own functions (BOOST_BEAST_SEPARATE_COMPILATION); it keeps
// builds short.
#include <boost/beast/src.hpp>
