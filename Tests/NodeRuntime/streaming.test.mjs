import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHandler } from './runtime-harness.mjs';

const streaming = (body) =>
    `export const handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} });`;

async function outcome(t, body, settings) {
    const runtime = await startHandler(t, streaming(body), settings);
    return runtime.invoke();
}

function trailerError({ trailers }) {
    return JSON.parse(Buffer.from(trailers['lambda-runtime-function-error-body'], 'base64'));
}

test('what the handler writes is the response', async (t) => {
    const { kind, text } = await outcome(t, `stream.write('Hello, '); stream.end('world');`);
    assert.equal(kind, 'response');
    assert.equal(text, 'Hello, world');
});

test('a streamed response is chunked, says so and announces its trailers', async (t) => {
    const { headers } = await outcome(t, `stream.end('x');`);
    assert.equal(headers['lambda-runtime-function-response-mode'], 'streaming');
    assert.equal(headers['transfer-encoding'], 'chunked');
    assert.equal(headers.trailer, 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body');
});

test('a complete response has no trailers', async (t) => {
    assert.deepEqual((await outcome(t, `stream.end('x');`)).trailers, {});
});

test('the content type is application/octet-stream unless set', async (t) => {
    assert.equal((await outcome(t, `stream.end('x');`)).headers['content-type'], 'application/octet-stream');
});

test('the handler may set the content type', async (t) => {
    const { headers } = await outcome(t, `stream.setContentType('text/plain'); stream.end('x');`);
    assert.equal(headers['content-type'], 'text/plain');
});

test('the content type cannot add a header', async (t) => {
    const { headers } = await outcome(t, `stream.setContentType('text/plain\\r\\nInjected: 1'); stream.end('x');`);
    assert.equal(headers['content-type'], 'text/plain??Injected: 1');
    assert.equal(headers.injected, undefined);
});

test('after the first write it is too late to set the content type', async (t) => {
    const failed = await outcome(t, `stream.write('x'); stream.setContentType('text/plain');`);
    assert.equal(trailerError(failed).errorType, 'Runtime.InvalidStreamingOperation');
    assert.equal(trailerError(failed).errorMessage, 'Cannot set content-type, too late.');
});

test('what is neither text nor bytes is written as JSON', async (t) => {
    assert.equal((await outcome(t, `stream.write({ a: 1 }); stream.write([2]); stream.end();`)).text, '{"a":1}[2]');
});

test('bytes are written as they are', async (t) => {
    const { bytes } = await outcome(t, `stream.write(Buffer.from([0, 255])); stream.end(new Uint8Array([128]));`);
    assert.deepEqual([...bytes], [0, 255, 128]);
});

test('an empty write does not end the response', async (t) => {
    assert.equal((await outcome(t, `stream.write(''); stream.write('more'); stream.end();`)).text, 'more');
});

test('a response may be empty', async (t) => {
    const { kind, text } = await outcome(t, `stream.end();`);
    assert.equal(kind, 'response');
    assert.equal(text, '');
});

test('megabytes arrive whole and in order', async (t) => {
    const { bytes } = await outcome(t, `
        for (let i = 0; i < 64; i++) stream.write(Buffer.alloc(65536, i));
        stream.end();`);
    assert.equal(bytes.length, 64 * 65536);
    for (let i = 0; i < 64; i++) assert.equal(bytes[i * 65536 + 17], i);
});

test('HttpResponseStream puts status and headers before the body', async (t) => {
    const prelude = { statusCode: 201, headers: { 'x-a': 'b' }, cookies: ['c=d'] };
    const { headers, text } = await outcome(t, `
        const http = awslambda.HttpResponseStream.from(stream, ${JSON.stringify(prelude)});
        http.write('body'); http.end();`);
    assert.equal(headers['content-type'], 'application/vnd.awslambda.http-integration-response');
    assert.equal(text, `${JSON.stringify(prelude)}${'\0'.repeat(8)}body`);
});

test('HttpResponseStream works for a response that is only ended', async (t) => {
    const { text } = await outcome(t, `awslambda.HttpResponseStream.from(stream, { statusCode: 204 }).end();`);
    assert.equal(text, `{"statusCode":204}${'\0'.repeat(8)}`);
});

test('a readable may be piped and awaited', async (t) => {
    const runtime = await startHandler(t, `
        import { pipeline } from 'node:stream/promises';
        import { Readable } from 'node:stream';
        ${streaming(`await pipeline(Readable.from(['a', 'b', 'c']), stream);`)}`);
    assert.equal((await runtime.invoke()).text, 'abc');
});

test('a response still being written when the handler returns is waited for', async (t) => {
    assert.equal((await outcome(t, `setTimeout(() => stream.end('late'), 5);`)).text, 'late');
});

test('an error before the first write is like that of any handler', async (t) => {
    const { kind, headers, json } = await outcome(t, `throw new TypeError('early');`);
    assert.equal(kind, 'error');
    assert.equal(headers['lambda-runtime-function-error-type'], 'TypeError');
    assert.equal(json.errorMessage, 'early');
});

test('an error after the first write is in the trailers', async (t) => {
    const failed = await outcome(t, `stream.write('half'); throw new TypeError('midway');`);
    assert.equal(failed.kind, 'response');
    assert.equal(failed.text, 'half');
    assert.equal(failed.trailers['lambda-runtime-function-error-type'], 'TypeError');
    const { trace, ...error } = trailerError(failed);
    assert.deepEqual(error, { errorType: 'TypeError', errorMessage: 'midway' });
    assert.equal(trace[0], 'TypeError: midway');
});

test('everything written before an error is sent', async (t) => {
    const { text } = await outcome(t, `
        for (let i = 0; i < 9; i++) stream.write(String(i));
        throw new Error('midway');`);
    assert.equal(text, '012345678');
});

test('a stream destroyed with an error fails with it', async (t) => {
    const failed = await outcome(t, `
        await new Promise((resolve) => stream.write('half', resolve));
        stream.destroy(new RangeError('destroyed'));`);
    assert.equal(failed.text, 'half');
    assert.equal(trailerError(failed).errorType, 'RangeError');
});

test('a response that is never ended fails', async (t) => {
    assert.equal(trailerError(await outcome(t, `stream.write('x');`)).errorMessage, 'Response stream is not finished.');
});

test('a response that is never begun fails', async (t) => {
    const { kind, json } = await outcome(t, '');
    assert.equal(kind, 'error');
    assert.equal(json.errorMessage, 'Response stream is not finished.');
});

test('a handler that never settles is a NodeJsExit', async (t) => {
    const failed = await outcome(t, `stream.write('x'); await new Promise(() => {});`);
    assert.equal(trailerError(failed).errorType, 'Runtime.NodeJsExit');
});

test('a handler that is not async fails', async (t) => {
    const runtime = await startHandler(
        t, 'export const handler = awslambda.streamifyResponse((event, stream) => { stream.write("x"); });');
    const failed = await runtime.invoke();
    assert.equal(trailerError(failed).errorMessage, 'Streaming does not support non-async handlers.');
});

test('a return value is ignored with a warning', async (t) => {
    const runtime = await startHandler(t, streaming(`stream.end('x'); return 'y';`));
    assert.equal((await runtime.invoke()).text, 'x');
    await runtime.logged(/\tWARN\tStreaming handlers ignore return values\.$/);
});

test('a failure is logged', async (t) => {
    const runtime = await startHandler(t, streaming(`throw new Error('boom');`));
    const { id } = await runtime.invoke();
    assert.equal((await runtime.logged(/\tERROR\tInvoke Error \t\{"errorType":"Error"/)).split('\t')[1], id);
});

test('an uncaught exception midway is in the trailers and ends the process with 129', async (t) => {
    const runtime = await startHandler(t, streaming(`
        stream.write('half');
        setTimeout(() => { throw new Error('uncaught'); });
        await new Promise(() => {});`));
    const failed = await runtime.invoke();
    assert.equal(failed.text, 'half');
    assert.equal(trailerError(failed).errorMessage, 'uncaught');
    assert.deepEqual(await runtime.exited, { code: 129, signal: null });
});

test('the connection serves the next invocation after a stream', async (t) => {
    const runtime = await startHandler(t, streaming(`
        if (event.fail) { stream.write('half'); throw new Error('midway'); }
        stream.end(event.text);`));
    assert.equal((await runtime.invoke({ text: 'one' })).text, 'one');
    assert.equal((await runtime.invoke({ fail: true })).text, 'half');
    assert.equal((await runtime.invoke({ text: 'two' })).text, 'two');
    assert.equal(runtime.host.connections, 1);
});

test('the next invocation waits until the event loop is empty', async (t) => {
    const runtime = await startHandler(t, streaming(`
        stream.end(globalThis.seen ?? 'nothing');
        setTimeout(() => { globalThis.seen = 'timer'; }, 20);`));
    assert.equal((await runtime.invoke()).text, 'nothing');
    assert.equal((await runtime.invoke()).text, 'timer');
});

test('nodejs24.x does not wait for an empty event loop after a stream', async (t) => {
    const runtime = await startHandler(
        t, streaming(`setInterval(() => {}, 1000); stream.end('x');`), { runtime: 'nodejs24.x' });
    assert.equal((await runtime.invoke()).text, 'x');
    assert.equal((await runtime.invoke()).text, 'x');
});

test('the high water mark of the stream can be chosen', async (t) => {
    const runtime = await startHandler(t, `
        export const handler = awslambda.streamifyResponse(
            async (event, stream) => stream.end(String(stream.writableHighWaterMark)), { highWaterMark: 4096 });`);
    assert.equal((await runtime.invoke()).text, '4096');
});

test('a handler marked for anything but response streaming is refused', async (t) => {
    const runtime = await startHandler(t, `
        export const handler = async () => {};
        handler[Symbol.for('aws.lambda.runtime.handler.streaming')] = 'request';`);
    const { json } = await runtime.host.initError;
    assert.equal(json.errorType, 'Runtime.MalformedStreamingHandler');
    assert.equal(json.errorMessage, 'Only response streaming is supported.');
});

test('AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA takes the global away', async (t) => {
    const runtime = await startHandler(t, 'export const handler = async () => typeof awslambda;',
        { env: { AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: '1' } });
    assert.equal((await runtime.invoke()).json, 'undefined');
});
