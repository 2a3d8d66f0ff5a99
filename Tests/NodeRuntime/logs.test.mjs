import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHandler } from './runtime-harness.mjs';

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The log lines of one invocation of an async handler with this body. */
async function linesOf(t, body, env) {
    const runtime = await startHandler(t, `export const handler = async () => { ${body} };`, { env });
    const { id } = await runtime.invoke();
    const log = await runtime.stop();
    return { id, lines: log.split('\n').slice(0, -1) };
}

/** The same, of a function whose log format is JSON. */
async function entriesOf(t, body, env) {
    const { id, lines } = await linesOf(t, body, { AWS_LAMBDA_LOG_FORMAT: 'JSON', ...env });
    return { id, entries: lines.map((line) => JSON.parse(line)) };
}

test('a line has time, request id, level and message between tabs', async (t) => {
    const { id, lines } = await linesOf(t, `console.log('hello %s', 'world', { a: 1 });`);
    const [when, ...rest] = lines[0].split('\t');
    assert.match(when, time);
    assert.deepEqual(rest, [id, 'INFO', 'hello world { a: 1 }']);
});

test('each method of console has its level', async (t) => {
    const { lines } = await linesOf(t, `
        for (const name of ['trace', 'debug', 'log', 'info', 'warn', 'error', 'fatal']) console[name]('x');`);
    assert.deepEqual(lines.map((line) => line.split('\t')[2]),
        ['TRACE', 'DEBUG', 'INFO', 'INFO', 'WARN', 'ERROR', 'FATAL']);
});

test('a message of several lines is one line with carriage returns', async (t) => {
    const { lines } = await linesOf(t, `console.log('one\\ntwo');`);
    assert.equal(lines.length, 1);
    assert.match(lines[0], /\tone\rtwo$/);
});

test('lines below the log level are left out', async (t) => {
    const { lines } = await linesOf(t, `
        for (const name of ['trace', 'debug', 'info', 'log', 'warn', 'error', 'fatal']) console[name](name);`,
    { AWS_LAMBDA_LOG_LEVEL: 'warn' });
    assert.deepEqual(lines.map((line) => line.split('\t')[3]), ['warn', 'error', 'fatal']);
});

test('a line outside an invocation has the request id undefined', async (t) => {
    const runtime = await startHandler(t, `console.log('loading'); export const handler = async () => {};`);
    const line = await runtime.logged(/loading/);
    assert.deepEqual(line.split('\t').slice(1), ['undefined', 'INFO', 'loading']);
});

test('what is written past console stays as it is', async (t) => {
    const { lines } = await linesOf(t, `process.stdout.write('raw\\n');`);
    assert.deepEqual(lines, ['raw']);
});

test('a failed invocation is logged with its stack', async (t) => {
    const { id, lines } = await linesOf(t, `throw Object.assign(new TypeError('boom'), { code: 'E1', detail: 2 });`);
    const [, requestId, level, label, json] = lines[0].split('\t');
    assert.deepEqual([requestId, level, label], [id, 'ERROR', 'Invoke Error ']);
    const { stack, ...members } = JSON.parse(json);
    assert.deepEqual(members, { errorType: 'TypeError', errorMessage: 'boom', code: 'E1', detail: 2 });
    assert.equal(stack[0], 'TypeError: boom');
});

test('a failure that is no error is logged as one', async (t) => {
    const { lines } = await linesOf(t, `throw 'boom';`);
    const { errorType, errorMessage } = JSON.parse(lines[0].split('\t')[4]);
    assert.deepEqual([errorType, errorMessage], ['Error', 'boom']);
});

test('a failure that JSON cannot hold is logged by its payload', async (t) => {
    const { lines } = await linesOf(t, `throw Object.assign(new Error('boom'), { count: 1n });`);
    const { errorType, errorMessage, trace } = JSON.parse(lines[0].split('\t')[4]);
    assert.deepEqual([errorType, errorMessage, trace[0]], ['Error', 'boom', 'Error: boom']);
});

test('an unhandled rejection is logged with its reason', async (t) => {
    const { lines } = await linesOf(t, `Promise.reject(new Error('left'));`);
    const [, , , label, json] = lines[0].split('\t');
    assert.equal(label, 'Unhandled Promise Rejection ');
    const { errorType, errorMessage, reason } = JSON.parse(json);
    assert.deepEqual([errorType, errorMessage, reason.errorMessage],
        ['Runtime.UnhandledPromiseRejection', 'Error: left', 'left']);
});

test('in JSON a line is an object with timestamp, level, requestId and message', async (t) => {
    const { id, entries } = await entriesOf(t, `console.log('hello');`);
    const [{ timestamp, ...rest }] = entries;
    assert.match(timestamp, time);
    assert.deepEqual(rest, { level: 'INFO', requestId: id, message: 'hello' });
});

test('in JSON a single object stays an object', async (t) => {
    const { entries } = await entriesOf(t, `console.log({ order: 7, cause: new RangeError('far') });`);
    const { order, cause } = entries[0].message;
    assert.equal(order, 7);
    assert.deepEqual([cause.errorType, cause.errorMessage, cause.stackTrace[0]],
        ['RangeError', 'far', 'RangeError: far']);
});

test('in JSON several values are formatted into one message', async (t) => {
    const { entries } = await entriesOf(t, `console.log('order %d', 7, { a: 1 });`);
    assert.equal(entries[0].message, 'order 7 { a: 1 }');
});

test('in JSON the first error among several values has members of its own', async (t) => {
    const { entries } = await entriesOf(t, `console.error('failed', new RangeError('far'), new Error('second'));`);
    const { level, errorType, errorMessage, stackTrace } = entries[0];
    assert.deepEqual([level, errorType, errorMessage, stackTrace[0]],
        ['ERROR', 'RangeError', 'far', 'RangeError: far']);
});

test('in JSON a value that JSON cannot hold is formatted', async (t) => {
    const { entries } = await entriesOf(t, `const a = {}; a.self = a; console.log(a);`);
    assert.match(entries[0].message, /\[Circular \*1\]/);
});

test('in JSON a failed invocation is one entry', async (t) => {
    const { id, entries } = await entriesOf(t, `throw new TypeError('boom');`);
    const { level, requestId, message } = entries[0];
    assert.deepEqual([level, requestId, message.errorType, message.errorMessage], ['ERROR', id, 'TypeError', 'boom']);
});

test('in JSON too, lines below the log level are left out', async (t) => {
    const { entries } = await entriesOf(t, `console.debug('debug'); console.info('info');`,
        { AWS_LAMBDA_LOG_LEVEL: 'INFO' });
    assert.deepEqual(entries.map((entry) => entry.message), ['info']);
});
