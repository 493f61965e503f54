#pragma once

#include "app/application.hpp"

namespace shopflow::app {

/// Loads the demo shop if the catalogue is empty; throws if it can't.
void seed_demo_shop(Application::Parts& parts);

}  // namespace shopflow::app
