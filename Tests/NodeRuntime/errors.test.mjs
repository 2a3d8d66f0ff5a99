import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHandler } from './runtime-harness.mjs';

/** The error that an async handler with this body ends in. */
async function errorOf(t, body, settings) {
    const runtime = await startHandler(t, `export const handler = async (event) => { ${body} };`, settings);
    const outcome = await runtime.invoke();
    assert.equal(outcome.kind, 'error');
    return outcome;
}

test('an error has type, message and trace, in this order and nothing else', async (t) => {
    const { json } = await errorOf(t, 'throw new Error("boom");');
    assert.deepEqual(Object.keys(json), ['errorType', 'errorMessage', 'trace']);
    assert.equal(json.errorType, 'Error');
    assert.equal(json.errorMessage, 'boom');
    assert.equal(json.trace[0], 'Error: boom');
    assert.match(json.trace[1], /^    at .*index\.mjs:1:/);
});

test('the type of an error is its name', async (t) => {
    const { json } = await errorOf(t, `class Late extends Error { name = 'Late'; } throw new Late('sorry');`);
    assert.equal(json.errorType, 'Late');
});

test('what looks like an error is one', async (t) => {
    const { json } = await errorOf(t, `throw { name: 'Alien', message: 'hello', stack: 'far\\naway' };`);
    assert.deepEqual(json, { errorType: 'Alien', errorMessage: 'hello', trace: ['far', 'away'] });
});

test('the type of anything else is what typeof says', async (t) => {
    assert.deepEqual((await errorOf(t, 'throw "boom";')).json,
        { errorType: 'string', errorMessage: 'boom', trace: [] });
});

test('a rejection with nothing says handled', async (t) => {
    assert.deepEqual((await errorOf(t, 'throw undefined;')).json,
        { errorType: 'string', errorMessage: 'handled', trace: [] });
});

test('nodejs24.x tells a rejection with nothing as undefined', async (t) => {
    assert.deepEqual((await errorOf(t, 'throw undefined;', { runtime: 'nodejs24.x' })).json,
        { errorType: 'undefined', errorMessage: 'undefined', trace: [] });
});

test('an error that cannot be looked at is still reported', async (t) => {
    const { json } = await errorOf(t, `throw { get name() { throw new Error('hidden'); } };`);
    assert.equal(json.errorType, 'handled');
    assert.match(json.errorMessage, /^callback called with Error argument, but there was a problem while retrieving /);
});

test('an error whose message is no text is still reported', async (t) => {
    const { json } = await errorOf(t, `throw Object.assign(new Error('x'), { message: 7n });`);
    assert.deepEqual([json.errorType, json.errorMessage], ['Error', '7']);
});

test('a thrown value without a string form is still reported', async (t) => {
    assert.equal((await errorOf(t, 'throw Object.create(null);')).json.errorType, 'handled');
});

test('the error type is also a header', async (t) => {
    const { headers } = await errorOf(t, 'throw new TypeError("boom");');
    assert.equal(headers['lambda-runtime-function-error-type'], 'TypeError');
});

test('the name of an error cannot add a header', async (t) => {
    const { headers, json } = await errorOf(t, `throw Object.assign(new Error('x'), { name: 'A\\r\\nInjected: é' });`);
    assert.equal(headers['lambda-runtime-function-error-type'], 'A??Injected: ?');
    assert.equal(headers.injected, undefined);
    assert.equal(json.errorType, 'A\r\nInjected: é');
});

test('a failed invocation leaves the process to the next one', async (t) => {
    const runtime = await startHandler(
        t, 'export const handler = async (event) => { if (event.fail) throw new Error("once"); return "fine"; };');
    assert.equal((await runtime.invoke({ fail: true })).kind, 'error');
    assert.equal((await runtime.invoke()).json, 'fine');
});

test('an uncaught exception fails the invocation and ends the process with 129', async (t) => {
    const runtime = await startHandler(t, `export const handler = async () => {
        setTimeout(() => { throw new RangeError('uncaught'); });
        await new Promise(() => {});
    };`);
    const { kind, json } = await runtime.invoke();
    assert.equal(kind, 'error');
    assert.equal(json.errorType, 'RangeError');
    assert.equal(json.errorMessage, 'uncaught');
    assert.deepEqual(await runtime.exited, { code: 129, signal: null });
});

test('an unhandled rejection fails the invocation and ends the process with 128', async (t) => {
    const runtime = await startHandler(t, `export const handler = async () => {
        Promise.reject(new Error('unhandled'));
        await new Promise(() => {});
    };`);
    const { kind, json } = await runtime.invoke();
    assert.equal(kind, 'error');
    assert.equal(json.errorType, 'Runtime.UnhandledPromiseRejection');
    assert.equal(json.errorMessage, 'Error: unhandled');
    assert.equal(json.trace[0], 'Runtime.UnhandledPromiseRejection: Error: unhandled');
    assert.deepEqual(await runtime.exited, { code: 128, signal: null });
});

test('a rejection left behind by a handler that has returned fails the invocation', async (t) => {
    const { json } = await errorOf(t, `Promise.reject(new Error('left')); return 'fine';`);
    assert.equal(json.errorType, 'Runtime.UnhandledPromiseRejection');
});

test('only the first of several crashes is reported', async (t) => {
    const runtime = await startHandler(t, `export const handler = async () => {
        for (const word of ['first', 'second']) Promise.reject(new Error(word));
        await new Promise(() => {});
    };`);
    assert.equal((await runtime.invoke()).json.errorMessage, 'Error: first');
    await runtime.exited;
    assert.equal(runtime.host.requests.filter((line) => line.endsWith('/error')).length, 1);
});

test('a process that crashes asks for no further invocation', async (t) => {
    const runtime = await startHandler(t, `export const handler = async () => { Promise.reject(new Error('left')); };`);
    await runtime.invoke();
    await runtime.exited;
    assert.equal(runtime.host.requests.filter((line) => line.endsWith('/next')).length, 1);
});

test('an exception between invocations ends the process with 129 and no report', async (t) => {
    const runtime = await startHandler(t, `export const handler = async () => {
        globalThis.bomb = () => { throw new Error('idle'); };
        process.once('SIGUSR2', () => bomb());
        return 'fine';
    };`);
    assert.equal((await runtime.invoke()).json, 'fine');
    runtime.child.kill('SIGUSR2');
    assert.deepEqual(await runtime.exited, { code: 129, signal: null });
    assert.equal(runtime.host.requests.some((line) => line.endsWith('/error')), false);
});

test('a promise that never settles is a NodeJsExit', async (t) => {
    const { json } = await errorOf(t, 'await new Promise(() => {});');
    assert.equal(json.errorType, 'Runtime.NodeJsExit');
    assert.match(json.errorMessage, /^The Lambda runtime client detected an unexpected Node\.js exit code\./);
});

test('a NodeJsExit leaves the process to the next invocation', async (t) => {
    const runtime = await startHandler(
        t, 'export const handler = async (event) => (event.hang ? new Promise(() => {}) : "fine");');
    assert.equal((await runtime.invoke({ hang: true })).json.errorType, 'Runtime.NodeJsExit');
    assert.equal((await runtime.invoke()).json, 'fine');
});

test('a plain function whose promise never settles answers null', async (t) => {
    const runtime = await startHandler(t, 'export const handler = () => new Promise(() => {});');
    assert.equal((await runtime.invoke()).text, 'null');
});

test('nodejs24.x makes it a NodeJsExit too', async (t) => {
    const runtime = await startHandler(
        t, 'export const handler = () => new Promise(() => {});', { runtime: 'nodejs24.x' });
    assert.equal((await runtime.invoke()).json.errorType, 'Runtime.NodeJsExit');
});

test('process.exit in a handler ends the process with its code and no report', async (t) => {
    const runtime = await startHandler(t, 'export const handler = async () => process.exit(3);');
    await assert.rejects(runtime.invoke(), /the runtime exited: 3/);
    assert.equal(runtime.host.requests.some((line) => line.startsWith('POST')), false);
});

test('process.exit without a code ends the process with 0', async (t) => {
    const runtime = await startHandler(t, 'export const handler = async () => process.exit();');
    await assert.rejects(runtime.invoke(), /the runtime exited: 0/);
});
