// sync_file_range is Linux's own.
#define _GNU_SOURCE
#include "CFiles.h"

#include <fcntl.h>

#ifdef __linux__
void file_begin_sync(int descriptor, int64_t offset, int64_t count) {
  sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}
#else
void file_begin_sync(int descriptor, int64_t offset, int64_t count) {}
#endif
