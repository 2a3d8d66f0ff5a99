#include "CThreads.h"

#ifdef __linux__
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

// The kernel's own struct sched_attr in its first form; glibc has it since 2.41 only.
struct attributes {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

void thread_come_last(void) {
  // A thread of a shorter turn takes the processor from one of a longer turn when it wakes up (Linux 6.12; before, a
  // turn's length is not looked at). The usual one has 3 ms at most. The longer the turn, the longer one waits for it.
  struct attributes attributes = {.size = sizeof attributes, .nice = 10, .runtime = 10000000};
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}
#else
void thread_come_last(void) {}
#endif
