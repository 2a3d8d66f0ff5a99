import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { RuntimeProcess, taskRoot } from './runtime-harness.mjs';

const event = '{"text":"é"}';
const invocation =
    'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: one\r\n' +
    `Lambda-Runtime-Deadline-Ms: 4000000000000\r\nContent-Length: ${Buffer.byteLength(event)}\r\n\r\n${event}`;
const accepted = 'HTTP/1.1 202 Accepted\r\nContent-Length: 15\r\n\r\n{"status":"OK"}';

/** A runtime with this handler and the host's socket of its connection, whose bytes the test reads and writes. */
async function connected(t, handler = 'async (event) => event.text') {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => server.close());
    const root = taskRoot(t, { 'index.mjs': `export const handler = ${handler};` });
    const runtime = new RuntimeProcess(root, `127.0.0.1:${server.address().port}`);
    t.after(() => runtime.stop());
    const [socket] = await once(server, 'connection');
    socket.setNoDelay(true).on('error', () => {});
    t.after(() => socket.destroy());
    let seen = '';
    socket.setEncoding('utf8').on('data', (text) => (seen += text));
    /** Waits until so many requests have arrived; gives all bytes so far. */
    const requests = async (count) => {
        while (seen.split(' HTTP/1.1\r\n').length <= count) await once(socket, 'data');
        return seen;
    };
    return { runtime, socket, requests };
}

test('the first request asks for an invocation', async (t) => {
    const { requests } = await connected(t);
    assert.match(await requests(1), /^GET \/2018-06-01\/runtime\/invocation\/next HTTP\/1\.1\r\nHost: 127\.0\.0\.1:/);
});

test('an invocation may arrive byte by byte', async (t) => {
    const { socket, requests } = await connected(t);
    await requests(1);
    for (const byte of Buffer.from(invocation)) {
        await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
    }
    assert.match(await requests(2), /POST \/2018-06-01\/runtime\/invocation\/one\/response [^]*\r\n\r\n"é"/);
});

test('headers may be in any script', async (t) => {
    const { socket, requests } = await connected(t, 'async (event, context) => context.clientContext');
    await requests(1);
    socket.write(invocation.replace('\r\n', '\r\nLambda-Runtime-Client-Context: {"name":"日本"}\r\n'));
    assert.match(await requests(2), /\/response [^]*\r\n\r\n\{"name":"日本"\}/);
});

test('the next invocation is asked for before the reply is acknowledged', async (t) => {
    const { socket, requests } = await connected(t);
    await requests(1);
    socket.write(invocation);
    assert.match(await requests(3), /"é"GET \/2018-06-01\/runtime\/invocation\/next /);
});

test('an acknowledgement and an invocation may arrive together', async (t) => {
    const { socket, requests } = await connected(t);
    await requests(1);
    socket.write(invocation);
    await requests(3);
    socket.write(accepted + invocation.replace('one', 'two'));
    assert.match(await requests(5), /\/invocation\/two\/response /);
});

test('a refused reply leaves the process to the next invocation', async (t) => {
    const { socket, requests } = await connected(t);
    await requests(1);
    socket.write(invocation);
    await requests(3);
    socket.write(`HTTP/1.1 413 Payload Too Large\r\nContent-Length: 2\r\n\r\n{}${invocation.replace('one', 'two')}`);
    assert.match(await requests(5), /\/invocation\/two\/response /);
});

test('a failing host ends the process', async (t) => {
    const { runtime, socket, requests } = await connected(t);
    await requests(1);
    socket.write(invocation);
    await requests(3);
    socket.write('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n{}');
    assert.deepEqual(await runtime.exited, { code: 1, signal: null });
});

test('a host that has no invocation to give ends the process', async (t) => {
    const { runtime, socket, requests } = await connected(t);
    await requests(1);
    socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}');
    assert.deepEqual(await runtime.exited, { code: 1, signal: null });
});

test('a closed connection ends the process', async (t) => {
    const { runtime, socket, requests } = await connected(t);
    await requests(1);
    socket.end();
    assert.deepEqual(await runtime.exited, { code: 1, signal: null });
});

test('a host that cannot be reached ends the process', async (t) => {
    const runtime = new RuntimeProcess(taskRoot(t, { 'index.mjs': 'setInterval(() => {}, 1000);' }), '127.0.0.1:1');
    t.after(() => runtime.stop());
    assert.deepEqual(await runtime.exited, { code: 1, signal: null });
    assert.match(runtime.errors, /^Runtime API: .*ECONNREFUSED/);
});
