#define _GNU_SOURCE
#include "CSandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#endif

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wanted = PTHREAD_COND_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static pthread_cond_t children = PTHREAD_COND_INITIALIZER;
static const sandbox_spec *pending;
static sandbox_process result;
static int has_result;
static unsigned long started;
static sandbox_exit_handler exit_handler;
static int watchdog = -1;
// The child that is between vfork and exec; 0: none.
static _Atomic pid_t beginning;

// --- the watchdog -------------------------------------------------------------------------------------------------

enum { watched_groups = 16384 };

static void watch(int input) {
  static int32_t groups[watched_groups];
  int count = 0;
  int32_t message;
  ssize_t size;
  setsid();
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  // A positive number is a group that began, a negative one a group that ended.
  while ((size = read(input, &message, sizeof message)) == sizeof message || (size < 0 && errno == EINTR)) {
    if (size < 0) continue;
    if (message > 0) {
      if (count < watched_groups) groups[count++] = message;
    } else {
      for (int i = 0; i < count; i++) {
        if (groups[i] == -message) {
          groups[i] = groups[--count];
          break;
        }
      }
    }
  }
  for (int i = 0; i < count; i++) kill(-groups[i], SIGKILL);
  _exit(0);
}

static void tell_watchdog(int32_t message) {
  while (write(watchdog, &message, sizeof message) < 0 && errno == EINTR) {
  }
}

static void close_from(int first) {
#if defined(__linux__) && defined(SYS_close_range)
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
#endif
  for (int fd = first; fd < 65536; fd++) close(fd);
}

static int start_watchdog(void) {
  int ends[2];
  if (pipe(ends) < 0) return errno;
  pid_t pid = fork();
  if (pid < 0) return errno;
  if (pid == 0) {
    // Everything but its input is closed: it must not keep sockets or terminals of the server alive.
    if (ends[0] != 0) dup2(ends[0], 0);
    close_from(1);
    watch(0);
  }
  close(ends[0]);
  watchdog = ends[1];
  fcntl(watchdog, F_SETFD, FD_CLOEXEC);
  return 0;
}

// --- a folder at /opt ---------------------------------------------------------------------------------------------

static enum { opt_hidden, opt_by_mount, opt_by_namespace } can_show_opt = opt_hidden;

#ifdef __linux__
// Of the user that this process is; written before there are children.
static char user_map[64], group_map[64];

static int write_text(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t length = (ssize_t)strlen(text);
  ssize_t written = write(file, text, (size_t)length);
  close(file);
  return written == length ? 0 : -1;
}

// Gives the calling process a view of its own of the file system, with `folder` at /opt. Without the right to mount it
// becomes the owner of a user namespace first, if it `may_own` one, in which it stays the user that it is and gains
// nothing by its exec; nor can it become another user there. Async-signal-safe.
static int show_opt(const char *folder, int may_own) {
  if (unshare(CLONE_NEWNS) != 0) {
    if (!may_own || unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return -1;
    if (write_text("/proc/self/setgroups", "deny") != 0 || write_text("/proc/self/gid_map", group_map) != 0 ||
        write_text("/proc/self/uid_map", user_map) != 0) {
      return -1;
    }
  }
  // What is mounted here stays here.
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
  return mount(folder, "/opt", NULL, MS_BIND, NULL);
}

// A child tries it: whoever has become the owner of a namespace cannot go back.
static void try_opt(void) {
  snprintf(user_map, sizeof user_map, "%u %u 1", (unsigned)geteuid(), (unsigned)geteuid());
  snprintf(group_map, sizeof group_map, "%u %u 1", (unsigned)getegid(), (unsigned)getegid());
  pid_t pid = fork();
  if (pid == 0) {
    if (show_opt("/tmp", 0) == 0) _exit(opt_by_mount);
    _exit(show_opt("/tmp", 1) == 0 ? opt_by_namespace : opt_hidden);
  }
  int status;
  if (pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status)) can_show_opt = WEXITSTATUS(status);
}
#endif

int sandbox_can_show_opt(int has_identity) {
  return has_identity ? can_show_opt == opt_by_mount : can_show_opt != opt_hidden;
}

// --- becoming another user ----------------------------------------------------------------------------------------

// For good: there is no way back, and no program that it executes gains anything. Async-signal-safe.
//
// The kernel is asked directly. The C library's functions have every thread of the process change with the caller, and
// in a child of vfork the threads that they find are the parent's. Taking another user also ends that memory can be
// looked into (PR_SET_DUMPABLE); so, as long as the child borrows the parent's, nobody can attach to it.
static int take_identity(const sandbox_identity *identity) {
#ifdef __linux__
  // Keys that the server's session holds (keyctl) stay with it. Where there is no such thing there is nothing to leave.
  syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
  if (syscall(SYS_setgroups, (long)identity->group_count, identity->groups) != 0 ||
      syscall(SYS_setresgid, identity->group, identity->group, identity->group) != 0 ||
      syscall(SYS_setresuid, identity->user, identity->user, identity->user) != 0) {
    return -1;
  }
  // Old kernels have none of these to clear.
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#else
  if (setgroups(identity->group_count, identity->groups) != 0 || setgid(identity->group) != 0) return -1;
  return setuid(identity->user);
#endif
}

int sandbox_first_closed(const sandbox_identity *identity, const char *const *paths, int count) {
  int answer[2], found = -1;
  if (pipe(answer) < 0) return -1;
  pid_t pid = fork();
  if (pid == 0) {
    if (take_identity(identity) != 0) _exit(1);
    int first = 0;
    while (first < count && access(paths[first], X_OK) == 0) first++;
    ssize_t written = write(answer[1], &first, sizeof first);
    _exit(written == (ssize_t)sizeof first ? 0 : 1);
  }
  close(answer[1]);
  ssize_t size;
  while ((size = read(answer[0], &found, sizeof found)) < 0 && errno == EINTR) {
  }
  close(answer[0]);
  // The reaper may have been first.
  if (pid > 0) waitpid(pid, NULL, 0);
  return size == (ssize_t)sizeof found ? found : -1;
}

// --- starting -----------------------------------------------------------------------------------------------------

// Has the kernel kill the calling process when the server dies. Who becomes another user loses this, so it comes after.
static void tie_to(pid_t parent) {
#ifdef __linux__
  // The thread that forks lives as long as the process, so this is the death of the server.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
#else
  (void)parent;
#endif
}

// In a child that shares its parent's memory (vfork): it only calls what is async-signal-safe, writes to no variable of
// the parent but `beginning`, and does not return.
static void become(const sandbox_spec *spec, int output, int report, pid_t parent) {
  sigset_t none;
  struct rlimit limit;
  sigemptyset(&none);
  // A session of its own, too, where it is another user: at the server's terminal it could type what the shell reads.
  if (spec->identity == NULL || setsid() < 0) setpgid(0, 0);
  beginning = getpid();
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
  limit.rlim_cur = limit.rlim_max = 0;
  setrlimit(RLIMIT_CORE, &limit);
  int nothing = open("/dev/null", O_RDONLY);
  if (nothing >= 0 && dup2(nothing, 0) >= 0 && dup2(output, 1) >= 0 && dup2(output, 2) >= 0 &&
      dup2(report, 3) >= 0 && fcntl(3, F_SETFD, FD_CLOEXEC) >= 0) {
    close_from(4);
    // Only now: a server with many connections has no number below the limit left to open anything with.
    limit.rlim_cur = limit.rlim_max = spec->open_files;
    setrlimit(RLIMIT_NOFILE, &limit);
    int is_shown = 1;
#ifdef __linux__
    is_shown = spec->opt == NULL || show_opt(spec->opt, spec->identity == NULL) == 0;
#endif
    // Last of all: processes of the same user may send signals from then on.
    if (is_shown && chdir(spec->folder) == 0 && (spec->identity == NULL || take_identity(spec->identity) == 0)) {
      tie_to(parent);
      execve(spec->executable, spec->arguments, spec->environment);
    }
  }
  int error = errno;
  ssize_t written = write(3, &error, sizeof error);
  (void)written;
  _exit(127);
}

// The child of a fork needs a copy of the server's page tables: 5 ms at 100 MB resident, 47 ms at 2 GB, during which
// every thread that writes waits. A child of vfork borrows the memory until its exec, and only this thread waits. No
// signal may run a handler meanwhile; `become` sets all of them to their defaults before it lets them in.
static pid_t begin_child(const sandbox_spec *spec, int output, int report, pid_t parent) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
#ifdef __linux__
  pid_t pid = vfork();
#else
  pid_t pid = fork();
#endif
  if (pid == 0) become(spec, output, report, parent);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return pid;
}

static sandbox_process start_child(const sandbox_spec *spec) {
  sandbox_process process = {-1, -1, 0};
  int output[2], report[2], error = 0;
  pid_t parent = getpid();
  if (pipe(output) < 0) {
    process.error = errno;
    return process;
  }
  if (pipe(report) < 0) {
    process.error = errno;
    close(output[0]);
    close(output[1]);
    return process;
  }
  // The descriptors that become 0 to 3 in the child must not lie there already.
  int out = fcntl(output[1], F_DUPFD_CLOEXEC, 8);
  int rep = fcntl(report[1], F_DUPFD_CLOEXEC, 8);
  close(output[1]);
  close(report[1]);
  fcntl(output[0], F_SETFD, FD_CLOEXEC);
  fcntl(report[0], F_SETFD, FD_CLOEXEC);
  // Who opens /dev/stderr opens this pipe once more, with his own rights. Where that is not to be had he does without.
  if (spec->identity != NULL && fchown(out, spec->identity->user, spec->identity->group) != 0) errno = 0;
  pid_t pid = begin_child(spec, out, rep, parent);
  if (pid < 0) error = errno;
  beginning = 0;
  close(out);
  close(rep);
  if (pid > 0) {
    setpgid(pid, pid);
    tell_watchdog(pid);
    ssize_t size;
    while ((size = read(report[0], &process.error, sizeof process.error)) < 0 && errno == EINTR) {
    }
    if (size != (ssize_t)sizeof process.error) process.error = 0;
    process.pid = pid;
    process.output = output[0];
    if (process.error != 0) {
      close(output[0]);
      process.pid = -1;
      process.output = -1;
    }
  } else {
    process.error = error;
    close(output[0]);
  }
  close(report[0]);
  return process;
}

// One thread starts them for everybody: a child is tied to the thread that made it (PR_SET_PDEATHSIG), and this one stays.
static void *run_spawner(void *unused) {
  (void)unused;
  pthread_mutex_lock(&lock);
  for (;;) {
    while (pending == NULL) pthread_cond_wait(&wanted, &lock);
    const sandbox_spec *spec = pending;
    pthread_mutex_unlock(&lock);
    sandbox_process process = start_child(spec);
    pthread_mutex_lock(&lock);
    pending = NULL;
    result = process;
    has_result = 1;
    started++;
    pthread_cond_broadcast(&done);
    pthread_cond_signal(&children);
  }
  return NULL;
}

sandbox_process sandbox_spawn(const sandbox_spec *spec) {
  pthread_mutex_lock(&lock);
  while (pending != NULL || has_result) pthread_cond_wait(&done, &lock);
  pending = spec;
  pthread_cond_signal(&wanted);
  while (!has_result) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_sec += 1;
    // A process of the same user may stop the child before its exec, for which the thread that starts them waits.
    if (pthread_cond_timedwait(&done, &lock, &time) == ETIMEDOUT && beginning > 1) kill(beginning, SIGCONT);
  }
  sandbox_process process = result;
  has_result = 0;
  pthread_cond_broadcast(&done);
  pthread_mutex_unlock(&lock);
  return process;
}

// --- ending -------------------------------------------------------------------------------------------------------

static void *run_reaper(void *unused) {
  (void)unused;
  unsigned long seen = 0;
  for (;;) {
    int status;
    siginfo_t info;
    if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0) {
      pid_t pid = info.si_pid;
      // What the process started itself goes with it. Before it is reaped its number cannot mean another group.
      kill(-pid, SIGKILL);
      if (waitpid(pid, &status, 0) != pid) continue;
      tell_watchdog(-pid);
      exit_handler(pid, status);
    } else if (errno == ECHILD) {
      pthread_mutex_lock(&lock);
      while (started == seen) pthread_cond_wait(&children, &lock);
      seen = started;
      pthread_mutex_unlock(&lock);
    }
  }
  return NULL;
}

void sandbox_kill(pid_t pid) {
  if (pid <= 1) return;
  kill(-pid, SIGKILL);
  kill(pid, SIGKILL);
}

// --- looking at processes -----------------------------------------------------------------------------------------

int64_t sandbox_cpu_nanoseconds(pid_t pid) {
#ifdef __linux__
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return -1;
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
#else
  (void)pid;
  return -1;
#endif
}

#ifdef __linux__
// The inode of the socket that is connected from `from` to `to`, both on 127.0.0.1; 0 when there is none, -1 when the
// kernel does not tell.
static int64_t socket_inode(uint16_t from, uint16_t to) {
  struct {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
  } question;
  union {
    struct nlmsghdr header;
    char bytes[4096];
  } answer;
  memset(&question, 0, sizeof question);
  question.header.nlmsg_len = sizeof question;
  question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  question.header.nlmsg_flags = NLM_F_REQUEST;
  question.request.sdiag_family = AF_INET;
  question.request.sdiag_protocol = IPPROTO_TCP;
  question.request.idiag_states = ~0U;
  question.request.id.idiag_sport = htons(from);
  question.request.id.idiag_dport = htons(to);
  question.request.id.idiag_src[0] = question.request.id.idiag_dst[0] = htonl(INADDR_LOOPBACK);
  question.request.id.idiag_cookie[0] = question.request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  int channel = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (channel < 0) return -1;
  int64_t inode = -1;
  if (send(channel, &question, sizeof question, 0) == (ssize_t)sizeof question) {
    ssize_t size = recv(channel, &answer, sizeof answer, 0);
    if (size >= (ssize_t)sizeof answer.header && answer.header.nlmsg_type == SOCK_DIAG_BY_FAMILY &&
        size >= (ssize_t)NLMSG_LENGTH(sizeof(struct inet_diag_msg))) {
      inode = ((struct inet_diag_msg *)NLMSG_DATA(&answer.header))->idiag_inode;
    } else if (size >= (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr)) && answer.header.nlmsg_type == NLMSG_ERROR &&
               ((struct nlmsgerr *)NLMSG_DATA(&answer.header))->error == -ENOENT) {
      inode = 0;
    }
  }
  close(channel);
  return inode;
}

static int holds_socket(pid_t pid, int64_t inode) {
  char path[64], wanted[64], target[64];
  snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
  snprintf(wanted, sizeof wanted, "socket:[%lld]", (long long)inode);
  DIR *folder = opendir(path);
  if (folder == NULL) return 0;
  int found = 0;
  struct dirent *entry;
  while (!found && (entry = readdir(folder)) != NULL) {
    ssize_t size = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);
    if (size < 0) continue;
    target[size] = 0;
    found = strcmp(target, wanted) == 0;
  }
  closedir(folder);
  return found;
}

static int group_holds_socket(pid_t group, int64_t inode) {
  // Mostly the runtime itself; else something that it started.
  if (holds_socket(group, inode)) return 1;
  DIR *processes = opendir("/proc");
  if (processes == NULL) return -1;
  int found = 0;
  struct dirent *entry;
  while (!found && (entry = readdir(processes)) != NULL) {
    pid_t pid = (pid_t)atoi(entry->d_name);
    found = pid > 0 && pid != group && getpgid(pid) == group && holds_socket(pid, inode);
  }
  closedir(processes);
  return found;
}
#endif

int sandbox_holds_connection(pid_t group, const sandbox_identity *identity, uint16_t from, uint16_t to) {
#ifdef __linux__
  int64_t inode = socket_inode(from, to);
  if (inode < 0) return -1;
  if (inode == 0) return 0;
  if (identity == NULL) return group_holds_socket(group, inode);
  // In a container root may not look into processes of others (CAP_SYS_PTRACE), only they may. This is the user by whom
  // the kernel judges this one thread, and nobody can trace or signal it for that.
  setfsgid(identity->group);
  setfsuid(identity->user);
  int found = group_holds_socket(group, inode);
  setfsuid(geteuid());
  setfsgid(getegid());
  return found;
#else
  (void)group, (void)identity, (void)from, (void)to;
  return -1;
#endif
}

int sandbox_start(sandbox_exit_handler on_exit) {
  pthread_t thread;
  exit_handler = on_exit;
  int error = start_watchdog();
#ifdef __linux__
  // Before there is a reaper, which would take the child's end for itself.
  if (error == 0) try_opt();
#endif
  if (error == 0) error = pthread_create(&thread, NULL, run_spawner, NULL);
  if (error == 0) error = pthread_create(&thread, NULL, run_reaper, NULL);
  return error;
}
