import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHandler } from './runtime-harness.mjs';

async function answer(t, source, event, settings) {
    const runtime = await startHandler(t, source, settings);
    const outcome = await runtime.invoke(event);
    assert.equal(outcome.kind, 'response');
    return outcome;
}

test('an async handler answers with its result', async (t) => {
    const source = 'export const handler = async (event) => ({ hello: event.name });';
    const { text } = await answer(t, source, { name: 'Ada' });
    assert.equal(text, '{"hello":"Ada"}');
});

test('a plain function may return a promise', async (t) => {
    assert.equal((await answer(t, 'export const handler = () => Promise.resolve("promised");')).json, 'promised');
});

test('a response is JSON with its length', async (t) => {
    const { headers } = await answer(t, 'export const handler = async () => "é";');
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['content-length'], '4');
});

test('no result is null', async (t) => {
    assert.equal((await answer(t, 'export const handler = async () => {};')).text, 'null');
});

test('a result that JSON has no word for is null', async (t) => {
    assert.equal((await answer(t, 'export const handler = async () => () => 1;')).text, 'null');
});

test('an event in any script arrives whole', async (t) => {
    const event = { text: 'naïve – 日本語 – 🙂' };
    assert.deepEqual((await answer(t, 'export const handler = async (event) => event;', event)).json, event);
});

test('an event of several megabytes arrives whole', async (t) => {
    const event = { text: 'é'.repeat(2_500_000) };
    assert.deepEqual((await answer(t, 'export const handler = async (event) => event;', event)).json, event);
});

test('globals live from one invocation to the next', async (t) => {
    const runtime = await startHandler(t, 'let count = 0; export const handler = async () => ++count;');
    assert.equal((await runtime.invoke()).json, 1);
    assert.equal((await runtime.invoke()).json, 2);
});

test('all invocations share one connection', async (t) => {
    const runtime = await startHandler(t, 'export const handler = async () => {};');
    for (let i = 0; i < 5; i++) await runtime.invoke();
    assert.equal(runtime.host.connections, 1);
});

test('an outcome is posted under the id of its invocation', async (t) => {
    const runtime = await startHandler(t, 'export const handler = async (event, context) => context.awsRequestId;');
    const { id, json } = await runtime.invoke();
    assert.equal(json, id);
});

test('a result that cannot be serialised fails the invocation', async (t) => {
    const runtime = await startHandler(t, 'export const handler = async () => 1n;');
    const { kind, json } = await runtime.invoke();
    assert.equal(kind, 'error');
    assert.equal(json.errorType, 'Error');
    assert.equal(json.errorMessage, 'Unable to stringify response body');
});

test('nodejs24.x gives a result that cannot be serialised a type of its own', async (t) => {
    const runtime = await startHandler(t, 'export const handler = async () => 1n;', { runtime: 'nodejs24.x' });
    assert.equal((await runtime.invoke()).json.errorType, 'Runtime.JSONStringifyError');
});

test('an event that is no JSON fails its invocation only', async (t) => {
    const runtime = await startHandler(t, 'export const handler = async (event) => event;');
    const { kind, json } = await runtime.invoke('{');
    assert.equal(kind, 'error');
    assert.equal(json.errorType, 'SyntaxError');
    assert.equal((await runtime.invoke(7)).json, 7);
});

test('a promise is not waited for once the handler has answered', async (t) => {
    const source = 'export const handler = async () => { setInterval(() => {}, 1e6); return "done"; };';
    assert.equal((await answer(t, source)).json, 'done');
});

test('nodejs24.x takes a plain return value for the result', async (t) => {
    const source = 'export const handler = () => "plain";';
    assert.equal((await answer(t, source, {}, { runtime: 'nodejs24.x' })).json, 'plain');
});

test('nodejs24.x calls the handler with event and context only', async (t) => {
    const source = 'export const handler = async (...given) => given.length;';
    assert.equal((await answer(t, source, {}, { runtime: 'nodejs24.x' })).json, 2);
});
