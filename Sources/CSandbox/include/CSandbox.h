#pragma once
#include <stdint.h>
#include <sys/types.h>

// Starts and watches the processes of functions. C, because between vfork and exec only async-signal-safe calls are
// allowed, and because a child must be tied to the life of its parent before it runs anything of its own.

typedef struct {
  const char *executable;
  char *const *arguments;    // NULL-terminated, arguments[0] included
  char *const *environment;  // NULL-terminated; the child has nothing else
  const char *folder;        // working folder
  const char *opt;           // the folder that it finds at /opt; NULL: the machine's own
  unsigned long open_files;  // RLIMIT_NOFILE
} sandbox_spec;

typedef struct {
  pid_t pid;      // -1 when the process could not be started
  int output;     // read end of its standard output and error
  int error;      // errno of what failed
} sandbox_process;

// Called on a thread of its own for every child that ended; status is as waitpid gives it.
typedef void (*sandbox_exit_handler)(pid_t pid, int status);

// Starts the helper threads and the watchdog process. Call once, early; returns 0 or an errno.
//
// The watchdog holds the read end of a pipe whose write end only this process has. When this process dies, however it
// dies, the pipe ends and the watchdog kills every process group that was started here: functions, and what functions
// started themselves.
int sandbox_start(sandbox_exit_handler on_exit);

// Starts a process in a process group of its own. Blocks for the time of a vfork and an exec.
sandbox_process sandbox_spawn(const sandbox_spec *spec);

// Whether the system lets a process have its own folder at /opt; tried once, by sandbox_start.
int sandbox_can_show_opt(void);

// Kills a process and everything in its group.
void sandbox_kill(pid_t pid);

// The processor time that a process has used, all its threads together; -1 where the system does not tell.
int64_t sandbox_cpu_nanoseconds(pid_t pid);

// Whether a process of the group holds the socket that is connected from one port of 127.0.0.1 to another: 1, 0, or -1
// where the system does not tell.
int sandbox_holds_connection(pid_t group, uint16_t from, uint16_t to);
