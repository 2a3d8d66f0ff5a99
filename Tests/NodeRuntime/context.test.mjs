import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deadline, functionArn, startHandler } from './runtime-harness.mjs';

/** What an expression over `context` gives inside a handler. */
async function inHandler(t, expression, headers, settings) {
    const runtime = await startHandler(t, `export const handler = async (event, context) => ${expression};`, settings);
    return runtime.invoke({}, headers);
}

test('the context in JSON is what AWS shows', async (t) => {
    const { id, text } = await inHandler(t, 'context');
    assert.equal(text, JSON.stringify({
        callbackWaitsForEmptyEventLoop: true,
        functionVersion: '$LATEST',
        functionName: 'greeter',
        memoryLimitInMB: '128',
        logGroupName: '/aws/lambda/greeter',
        logStreamName: '2024/08/18/[$LATEST]60cefc4c4d174d898e4dbb301f9f10ef',
        invokedFunctionArn: functionArn,
        awsRequestId: id,
    }));
});

test('the context has the members of the callback style', async (t) => {
    const { json } = await inHandler(t, '[context.succeed, context.fail, context.done].map((value) => typeof value)');
    assert.deepEqual(json, ['function', 'function', 'function']);
});

test('nodejs24.x has no members of the callback style', async (t) => {
    const { json } = await inHandler(t, 'Object.keys(context)', {}, { runtime: 'nodejs24.x' });
    assert.deepEqual(json, [
        'functionVersion', 'functionName', 'memoryLimitInMB', 'logGroupName', 'logStreamName', 'clientContext',
        'identity', 'invokedFunctionArn', 'awsRequestId', 'tenantId', 'getRemainingTimeInMillis',
    ]);
});

test('the remaining time runs to the deadline', async (t) => {
    const { json } = await inHandler(t, '[Date.now(), context.getRemainingTimeInMillis(), Date.now()]');
    const [before, remaining, after] = json;
    assert.ok(remaining <= deadline - before && remaining >= deadline - after);
});

test('the client context is parsed', async (t) => {
    const headers = { 'Lambda-Runtime-Client-Context': '{"client":{"app_title":"shop"},"custom":{"a":1}}' };
    assert.deepEqual((await inHandler(t, 'context.clientContext', headers)).json,
        { client: { app_title: 'shop' }, custom: { a: 1 } });
});

test('a client context that is no JSON fails the invocation', async (t) => {
    const { kind, json } = await inHandler(t, '1', { 'Lambda-Runtime-Client-Context': '{' });
    assert.equal(kind, 'error');
    assert.match(json.errorMessage, /^Cannot parse ClientContext as json: SyntaxError: /);
});

test('the Cognito identity is parsed', async (t) => {
    const identity = { cognitoIdentityId: 'us-east-1:id', cognitoIdentityPoolId: 'us-east-1:pool' };
    const headers = { 'Lambda-Runtime-Cognito-Identity': JSON.stringify(identity) };
    assert.deepEqual((await inHandler(t, 'context.identity', headers)).json, identity);
});

test('the tenant id is in the context', async (t) => {
    const { json } = await inHandler(t, 'context.tenantId', { 'Lambda-Runtime-Aws-Tenant-Id': 'blue' });
    assert.equal(json, 'blue');
});

test('the trace id is in the environment', async (t) => {
    const trace = 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1';
    const { json } = await inHandler(t, 'process.env._X_AMZN_TRACE_ID', { 'Lambda-Runtime-Trace-Id': trace });
    assert.equal(json, trace);
});

test('the trace id does not outlive its invocation', async (t) => {
    const runtime = await startHandler(t, `export const handler = async () => '_X_AMZN_TRACE_ID' in process.env;`);
    assert.equal((await runtime.invoke({}, { 'Lambda-Runtime-Trace-Id': 'Root=1-a-b' })).json, true);
    assert.equal((await runtime.invoke()).json, false);
});

test('the working directory is the task root', async (t) => {
    const runtime = await startHandler(t, 'export const handler = async () => process.cwd();');
    assert.equal((await runtime.invoke()).json, runtime.root);
});
