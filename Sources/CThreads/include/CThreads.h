#pragma once

// The calling thread comes last at the machine's processors from now on: it has a tenth of what others have where all
// want one, and gives way at once to whoever wakes up. Elsewhere than on Linux nothing changes.
void thread_come_last(void);
