#pragma once
#include <stdint.h>
#include <sys/types.h>

// Starts and watches the processes of functions. C, because between vfork and exec only async-signal-safe calls are
// allowed, and because a child must be tied to the life of its parent before it runs anything of its own.

// Who a process is when it is not the server's own user. Nothing is inherited: these are all the groups that it is in.
typedef struct {
  uint32_t user;
  uint32_t group;
  const uint32_t *groups;  // further ones
  int group_count;
} sandbox_identity;

typedef struct {
  const char *executable;
  char *const *arguments;    // NULL-terminated, arguments[0] included
  char *const *environment;  // NULL-terminated; the child has nothing else
  const char *folder;        // working folder
  const char *opt;           // the folder that it finds at /opt; NULL: the machine's own
  unsigned long open_files;  // RLIMIT_NOFILE
  const sandbox_identity *identity;  // NULL: the server's own
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

// Starts a process in a process group of its own, with an identity of its own in a session of its own, too. Blocks for the time of a vfork and an exec.
sandbox_process sandbox_spawn(const sandbox_spec *spec);

// Whether the system lets a process have its own folder at /opt; tried once, by sandbox_start. Processes of another
// user only where the server may mount.
int sandbox_can_show_opt(int has_identity);

// The first of the paths that somebody else may not enter or execute; `count` when all are open to him, -1 when that
// could not be found out.
int sandbox_first_closed(const sandbox_identity *identity, const char *const *paths, int count);

// Kills a process and everything in its group.
void sandbox_kill(pid_t pid);

// The processor time that a process has used, all its threads together; -1 where the system does not tell.
int64_t sandbox_cpu_nanoseconds(pid_t pid);

// Whether a process of the group holds the socket that is connected from one port of 127.0.0.1 to another: 1, 0, or -1
// where the system does not tell. `identity` is that of the group, NULL for the server's own.
int sandbox_holds_connection(pid_t group, const sandbox_identity *identity, uint16_t from, uint16_t to);
