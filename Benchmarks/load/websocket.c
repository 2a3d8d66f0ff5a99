// Clients of a WebSocket server, all in one thread, so that they are never what is measured.
//
//   websocket echo PORT HOST TARGET CLIENTS SECONDS MESSAGE
//       Each client has one message under way. Prints messages, seconds, and the 50th and 99th percentile in microseconds.
//   websocket hold PORT HOST TARGET CLIENTS PER-SECOND [MESSAGE]
//       Connects so many a second, prints `open`, and reads what comes until standard input ends. Lines of input:
//       `expect N`  is answered `expecting`, and `received FIRST LAST` when N messages have come: when the first was read
//                   and when the last, in nanoseconds of CLOCK_MONOTONIC;
//       `ask`       sends the message by every client, prints `answer TEXT` for each message that comes, then `received`.
//
// Every handshake has the key of RFC 6455 section 1.3, and every answer to it is held against the one accept value.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KEPT = 512, EVENTS = 256, ADDRESSES = 16, SLOWEST_US = 1000000, PATIENCE_MS = 60000, ECHO_PACE = 1000 };

static const char *ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

// A client keeps the beginning of what has come: of the handshake's answer, later of a frame, its head included.
typedef struct {
    int socket;
    bool isOpen;
    uint16_t kept;
    uint32_t left;  // of a frame longer than what is kept
    uint64_t sentAt;
    char bytes[KEPT];
} Client;

static Client *clients;
static int poller, wanted, opened;
static char request[4096], message[512];
static size_t requestLength, messageLength;

static bool isEcho, isShown;
static uint64_t received, goal, firstAt, lastAt, endsAt;
static char answer[KEPT];
static uint32_t *histogram;

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...) {
    va_list list;
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void put(int socket, const char *bytes, size_t length) {
    // A few bytes on a socket that nothing waits in: there is always room.
    if (send(socket, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) fail("send: %s", strerror(errno));
}

static void say(Client *client) {
    client->sentAt = now();
    put(client->socket, message, messageLength);
}

static void begin(int number, int port) {
    Client *client = &clients[number];
    client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->socket < 0) fail("socket: %s", strerror(errno));
    int on = 1;
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // One address has some 28,000 ports, and those of runs before may not be free yet.
    setsockopt(client->socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + number % ADDRESSES)};
    struct sockaddr_in there = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(client->socket, (struct sockaddr *)&here, sizeof here)) fail("bind: %s", strerror(errno));
    if (connect(client->socket, (struct sockaddr *)&there, sizeof there)) fail("connect: %s", strerror(errno));
    put(client->socket, request, requestLength);
    fcntl(client->socket, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, client->socket, &event)) fail("epoll_ctl: %s", strerror(errno));
}

// One whole text, of which no more than what is kept is known.
static void hear(Client *client, const char *text, size_t length) {
    if (isEcho) {
        uint64_t time = now(), us = (time - client->sentAt) / 1000;
        histogram[us < SLOWEST_US ? us : SLOWEST_US - 1]++;
        // An error frame is longer than an answer.
        if (received++ == 0) snprintf(answer, sizeof answer, "%.*s", (int)length, text);
        if (strlen(answer) != length) fail("an answer %.*s after %s", (int)length, text, answer);
        if (time < endsAt) say(client);
        return;
    }
    lastAt = now();
    if (received++ == 0) firstAt = lastAt;
    if (isShown) printf("answer %.*s\n", (int)length, text);
    if (received == goal) {
        printf("received %lu %lu\n", firstAt, lastAt);
        fflush(stdout);
    }
}

// Takes what is kept apart; true when there was a whole one.
static bool take(Client *client) {
    size_t used;
    if (!client->isOpen) {
        client->bytes[client->kept] = 0;
        char *end = strstr(client->bytes, "\r\n\r\n");
        if (!end) {
            if (client->kept == KEPT - 1) fail("a long answer to the handshake: %s", client->bytes);
            return false;
        }
        if (strncmp(client->bytes, "HTTP/1.1 101 ", 13) || !strstr(client->bytes, ACCEPT))
            fail("the handshake is refused: %s", client->bytes);
        client->isOpen = true;
        opened++;
        used = end + 4 - client->bytes;
    } else {
        if (client->kept < 2) return false;
        const uint8_t *bytes = (const uint8_t *)client->bytes;
        size_t head = bytes[1] < 126 ? 2 : 4, length = bytes[1];
        if (bytes[0] != 0x81 || bytes[1] > 126)
            fail("a frame that begins with %02x %02x: %.*s", bytes[0], bytes[1], client->kept - 2, client->bytes + 2);
        if (client->kept < head) return false;
        if (head == 4) length = (size_t)bytes[2] << 8 | bytes[3];
        if (head + length > KEPT - 1) fail("a message of %zu bytes", length);
        if (client->kept < head + length) return false;
        hear(client, client->bytes + head, length);
        used = head + length;
    }
    client->kept -= used;
    memmove(client->bytes, client->bytes + used, client->kept);
    return true;
}

static void receive(Client *client) {
    for (;;) {
        size_t room = KEPT - 1 - client->kept;
        ssize_t count = recv(client->socket, client->bytes + client->kept, room, 0);
        if (count < 0 && errno == EAGAIN) return;
        if (count < 0) fail("recv: %s", strerror(errno));
        if (count == 0) fail("the server ended a connection: %.*s", client->kept, client->bytes);
        client->kept += count;
        while (take(client)) {}
        // What is left in the socket is told again.
        if ((size_t)count < room) return;
    }
}

// Handles what comes for so many milliseconds at most; false when nothing came.
static bool turn(int patience) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poller, events, EVENTS, patience);
    if (count < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr) {
            receive(events[i].data.ptr);
            continue;
        }
        char line[64];
        if (!fgets(line, sizeof line, stdin)) exit(0);
        received = 0;
        isShown = !strcmp(line, "ask\n");
        goal = isShown ? (uint64_t)wanted : strtoull(line + strlen("expect "), NULL, 10);
        if (isShown) {
            for (int number = 0; number < wanted; number++) say(&clients[number]);
        } else {
            puts("expecting");
            fflush(stdout);
        }
    }
    return count != 0;
}

static void open_all(int port, double perSecond) {
    uint64_t start = now();
    for (int number = 0; number < wanted;) {
        double due = (double)(now() - start) / 1e9 * perSecond;
        for (; number < wanted && number <= due; number++) begin(number, port);
        turn(1);
    }
    while (opened < wanted)
        if (!turn(PATIENCE_MS)) fail("%d of %d handshakes are answered", opened, wanted);
}

static double percentile(double share) {
    uint64_t seen = 0;
    for (int us = 0; us < SLOWEST_US; us++)
        if ((seen += histogram[us]) >= share * received) return us;
    return SLOWEST_US;
}

static void echo(double seconds) {
    histogram = calloc(SLOWEST_US, sizeof *histogram);
    uint64_t start = now();
    endsAt = start + (uint64_t)(seconds * 1e9);
    for (int number = 0; number < wanted; number++) say(&clients[number]);
    while (now() < endsAt)
        if (!turn(PATIENCE_MS)) fail("no answer in %d ms", PATIENCE_MS);
    printf("%lu %f %.0f %.0f %s\n", received, (now() - start) / 1e9, percentile(0.5), percentile(0.99), answer);
}

// A text in one frame, masked, as a client's has to be.
static void frame(const char *text) {
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    size_t length = strlen(text);
    if (length > 125) fail("a message of %zu bytes", length);
    message[0] = (char)0x81;
    message[1] = (char)(0x80 | length);
    memcpy(message + 2, mask, 4);
    for (size_t i = 0; i < length; i++) message[6 + i] = text[i] ^ mask[i % 4];
    messageLength = 6 + length;
}

int main(int count, char **arguments) {
    if (count < 7) fail("usage: see the head of websocket.c");
    isEcho = !strcmp(arguments[1], "echo");
    int port = atoi(arguments[2]);
    requestLength = snprintf(
        request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        arguments[4], arguments[3]);
    wanted = atoi(arguments[5]);
    if (count > 7) frame(arguments[7]);
    struct rlimit descriptors;
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);
    clients = calloc(wanted, sizeof *clients);
    poller = epoll_create1(EPOLL_CLOEXEC);

    if (isEcho) {
        open_all(port, ECHO_PACE);
        echo(atof(arguments[6]));
        return 0;
    }
    open_all(port, atof(arguments[6]));
    // Lines come one at a time, each when the one before is answered: none waits in the buffer unseen.
    struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &input)) fail("epoll_ctl: %s", strerror(errno));
    puts("open");
    fflush(stdout);
    for (;;) turn(-1);
}
