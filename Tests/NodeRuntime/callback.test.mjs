import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHandler } from './runtime-harness.mjs';

/** The outcome of a callback handler with this body. */
async function outcome(t, body) {
    const runtime = await startHandler(t, `export const handler = (event, context, callback) => { ${body} };`);
    return runtime.invoke();
}

test('the callback answers', async (t) => {
    const { kind, json } = await outcome(t, 'callback(null, { ok: true });');
    assert.equal(kind, 'response');
    assert.deepEqual(json, { ok: true });
});

test('the callback answers later', async (t) => {
    assert.equal((await outcome(t, 'setTimeout(() => callback(null, "later"), 1);')).json, 'later');
});

test('the callback without a result answers null', async (t) => {
    assert.equal((await outcome(t, 'callback();')).text, 'null');
});

test('the callback with an error fails the invocation', async (t) => {
    const { kind, json } = await outcome(t, 'callback(new TypeError("refused"));');
    assert.equal(kind, 'error');
    assert.equal(json.errorType, 'TypeError');
    assert.equal(json.errorMessage, 'refused');
});

test('an exception fails the invocation', async (t) => {
    const { kind, json } = await outcome(t, 'throw new Error("thrown");');
    assert.equal(kind, 'error');
    assert.equal(json.errorMessage, 'thrown');
});

test('the callback waits until the event loop is empty', async (t) => {
    const { json } = await outcome(t, `
        const seen = [];
        setTimeout(() => seen.push("timer"), 5);
        callback(null, seen);`);
    assert.deepEqual(json, ['timer']);
});

test('the callback does not wait when callbackWaitsForEmptyEventLoop is false', async (t) => {
    const { json } = await outcome(t, `
        context.callbackWaitsForEmptyEventLoop = false;
        const seen = [];
        setInterval(() => seen.push("timer"), 1000);
        callback(null, seen);`);
    assert.deepEqual(json, []);
});

test('the callback with an error does not wait', async (t) => {
    const { kind } = await outcome(t, 'setInterval(() => {}, 1000); callback(new Error("now"));');
    assert.equal(kind, 'error');
});

test('context.succeed answers without waiting', async (t) => {
    const { kind, json } = await outcome(t, 'setInterval(() => {}, 1000); context.succeed("succeeded");');
    assert.equal(kind, 'response');
    assert.equal(json, 'succeeded');
});

test('context.done answers', async (t) => {
    assert.equal((await outcome(t, 'context.done(null, "done");')).json, 'done');
});

test('context.done with an error fails the invocation', async (t) => {
    assert.equal((await outcome(t, 'context.done(new Error("done for"));')).json.errorMessage, 'done for');
});

test('context.fail fails the invocation', async (t) => {
    const { kind, json } = await outcome(t, 'context.fail(new Error("failed"));');
    assert.equal(kind, 'error');
    assert.equal(json.errorMessage, 'failed');
});

test('context.fail without an error says handled', async (t) => {
    assert.deepEqual((await outcome(t, 'context.fail();')).json,
        { errorType: 'string', errorMessage: 'handled', trace: [] });
});

test('a promise given to context.succeed is a result like any other', async (t) => {
    assert.deepEqual((await outcome(t, 'context.succeed(new Promise(() => {}));')).json, {});
});

test('only the first outcome counts, even while it waits', async (t) => {
    assert.equal((await outcome(t, 'callback(null, "first"); context.succeed("second");')).json, 'first');
});

test('a plain return value does not answer', async (t) => {
    const { json } = await outcome(t, 'setTimeout(() => callback(null, "called"), 1); return "returned";');
    assert.equal(json, 'called');
});

test('a handler that never answers has answered null when the event loop is empty', async (t) => {
    const { kind, text } = await outcome(t, 'return "ignored";');
    assert.equal(kind, 'response');
    assert.equal(text, 'null');
});

test('an async handler may use the callback', async (t) => {
    const runtime = await startHandler(
        t, 'export const handler = async (event, context, callback) => { callback(null, "called"); };');
    assert.equal((await runtime.invoke()).json, 'called');
});
