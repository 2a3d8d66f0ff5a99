// The least that a broadcast can cost: one `write` per client, of bytes made before.
//
//   write_loop PORT LENGTH
//       Answers every handshake, whose key is the one of RFC 6455 section 1.3. A line of input has a text of that many
//       bytes written to everybody.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 20000, BACKLOG = 1024 };

static int clients[CLIENTS], count;

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static void greet(int listener) {
    static const char answer[] =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    char request[4096];
    int on = 1, client = accept(listener, NULL, NULL);
    if (client < 0 || count == CLIENTS) fail("accept");
    // A client sends the whole of it at once; who sends nothing only looks whether somebody listens.
    if (read(client, request, sizeof request) <= 0) {
        close(client);
        return;
    }
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (write(client, answer, sizeof answer - 1) < 0) fail("write");
    clients[count++] = client;
}

int main(int given, char **arguments) {
    if (given != 3) return 2;
    int length = atoi(arguments[2]), on = 1;
    unsigned char frame[65536 + 4];
    if (length < 126 || length > 65535) return 2;
    memset(frame, 'x', sizeof frame);
    frame[0] = 0x81, frame[1] = 126, frame[2] = length >> 8, frame[3] = length & 0xff;

    struct rlimit descriptors;
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);
    struct sockaddr_in here = {
        .sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, BACKLOG)) fail("listen");

    struct pollfd sources[] = {{.fd = listener, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    for (;;) {
        if (poll(sources, 2, -1) < 0) fail("poll");
        if (sources[0].revents) greet(listener);
        if (!sources[1].revents) continue;
        char line[16];
        if (read(STDIN_FILENO, line, sizeof line) <= 0) return 0;
        for (int i = 0; i < count; i++)
            if (write(clients[i], frame, length + 4) != length + 4) fail("write");
    }
}
