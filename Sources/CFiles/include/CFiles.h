#pragma once

#include <stdint.h>

// Has the disk begin with what was written of a file there, without waiting for it. A hint: elsewhere than on Linux
// nothing happens.
void file_begin_sync(int descriptor, int64_t offset, int64_t count);
