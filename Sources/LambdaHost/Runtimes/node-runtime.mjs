/**
 * Gatehouse's Node.js runtime client: loads a function's handler and carries invocations between it and the host's
 * Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), with the behaviour of AWS's managed
 * `nodejs*.x` runtimes.
 *
 * Run as `node node-runtime.mjs` in the environment of a Lambda sandbox, the task root as working directory. The one
 * connection to the host is also the lifeline: the process ends when it closes, so the host must not time it out.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import modules, { createRequire, syncBuiltinESMExports } from 'node:module';
import { connect } from 'node:net';
import { basename, dirname, join, resolve as resolvePath } from 'node:path';
import { Writable } from 'node:stream';
import tls from 'node:tls';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

/**
 * From nodejs24.x on a handler returns its result or a promise of it; the callback, the members of the context that go
 * with it and the wait for an empty event loop are gone
 * (https://aws.amazon.com/blogs/compute/node-js-24-runtime-now-available-in-aws-lambda/).
 */
const callbacksRemoved =
    Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV)?.[1] ?? process.versions.node.split('.')[0]) >= 24;

/** The invocation at hand, as log lines name it. */
let requestId;

/** Tells the host of an error that no handler reports: of init at first, then of the invocation at hand. */
let report;

/** What to do when nothing is left to run although the invocation is not over. */
let onEmptyLoop = () => {};

/** Set once the process only stays to report its end. */
let crashing = false;

async function main() {
    patchConsole();
    offerStreaming();
    const host = new RuntimeAPI(process.env.AWS_LAMBDA_RUNTIME_API);
    report = (error) => host.post(errorReply('init/error', error));
    process.on('uncaughtException', (error) => crash('Uncaught Exception', error, 129));
    process.on('unhandledRejection', (reason, promise) =>
        crash('Unhandled Promise Rejection', new UnhandledPromiseRejection(reason, promise), 128));
    process.on('beforeExit', () => onEmptyLoop());
    leadToHost(process.env.GATEHOUSE_OWN_HTTPS);
    delete process.env.GATEHOUSE_OWN_HTTPS;

    let handler;
    try {
        handler = await loadHandler(process.env.LAMBDA_TASK_ROOT ?? process.cwd(), process.env._HANDLER ?? '');
    } catch (error) {
        return callbacksRemoved ? crash('Init Error', error, 1) : crash('Uncaught Exception', error, 129);
    }
    const serve = handler[STREAMING] ? serveStreaming : serveBuffered;
    for (let reply; !crashing;) {
        report = () => host.acknowledged;
        const { headers, body } = await host.next(reply);
        requestId = headers['lambda-runtime-aws-request-id'];
        reply = await serve(handler, host, headers, body);
        // An exception or rejection that the handler left behind surfaces here and still counts for the invocation.
        await new Promise(setImmediate);
    }
}

async function crash(label, error, exitCode) {
    logError(label, error);
    if (crashing) return;
    crashing = true;
    await report(error);
    process.exit(exitCode);
}

// Buffered invocations

async function serveBuffered(handler, host, headers, body) {
    const path = `invocation/${requestId}`;
    report = (error) => host.post(errorReply(`${path}/error`, error));
    try {
        const { result } = await call(handler, JSON.parse(body), makeContext(headers));
        return { path: `${path}/response`, body: stringify(result) };
    } catch (error) {
        logError('Invoke Error', error);
        return errorReply(`${path}/error`, error);
    }
}

/**
 * The handler's outcome, whichever way it tells it first: promise, callback, context, or by leaving nothing to run.
 * It comes in an object, so that a promise given to a callback is a result like any other.
 */
function call(handler, event, context) {
    return new Promise((resolve, reject) => {
        const succeed = (result) => resolve({ result });
        const mustSettle = callbacksRemoved || handler.constructor?.name === 'AsyncFunction';
        onEmptyLoop = () => (mustSettle ? reject(new NodeJsExit()) : succeed(null));
        if (callbacksRemoved) return Promise.resolve(handler(event, context)).then(succeed, reject);

        const fail = (error) => reject(error ?? 'handled');
        const done = (error, result) => (error == null ? succeed(result) : reject(error));
        const callback = (error, result) => {
            if (error != null || !context.callbackWaitsForEmptyEventLoop) done(error, result);
            else resolve(emptyLoop().then(() => ({ result })));
        };
        const returned = handler(event, Object.assign(context, { succeed, fail, done }), callback);
        // A plain return value means nothing here: the callback may still come.
        if (typeof returned?.then === 'function') returned.then(succeed, fail);
    });
}

function emptyLoop() {
    return new Promise((resolve) => (onEmptyLoop = resolve));
}

function stringify(result) {
    try {
        return JSON.stringify(result) ?? 'null';
    } catch {
        const message = 'Unable to stringify response body';
        throw callbacksRemoved ? new JSONStringifyError(message) : new Error(message);
    }
}

// Streamed invocations

/** Handlers are marked with AWS's own symbols, which wrappers of handlers look for and copy. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');

function offerStreaming() {
    if (['1', 'true'].includes(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA)) return;
    globalThis.awslambda = {
        streamifyResponse(handler, options) {
            handler[STREAMING] = 'response';
            if (typeof options?.highWaterMark === 'number') handler[HIGH_WATER_MARK] = options.highWaterMark;
            return handler;
        },
        HttpResponseStream: {
            from(stream, prelude) {
                stream.setContentType('application/vnd.awslambda.http-integration-response');
                stream._onBeforeFirstWrite = (write) => {
                    write(JSON.stringify(prelude));
                    write(new Uint8Array(8));
                };
                return stream;
            },
        },
    };
}

async function serveStreaming(handler, host, headers, body) {
    const stream = new ResponseStream(host, `invocation/${requestId}`, handler[HIGH_WATER_MARK]);
    const closed = new Promise((resolve) => stream.on('error', () => {}).once('close', resolve));
    report = (error) => stream.fail(error);
    try {
        const context = makeContext(headers);
        const returned = handler(JSON.parse(body), stream, context);
        if (typeof returned?.then !== 'function') throw new Error('Streaming does not support non-async handlers.');
        const result = await new Promise((resolve, reject) => {
            onEmptyLoop = () => (stream.writableFinished ? resolve() : reject(new NodeJsExit()));
            returned.then(resolve, reject);
        });
        if (result !== undefined) console.warn('Streaming handlers ignore return values.');
        await Promise.race([closed, emptyLoop()]);
        if (stream.errored) throw stream.errored;
        if (!stream.writableFinished) throw new Error('Response stream is not finished.');
        if (context.callbackWaitsForEmptyEventLoop) await emptyLoop();
    } catch (error) {
        logError('Invoke Error', error);
        await stream.fail(error);
    }
}

/** The response of a streaming handler; its request to the host begins with the first write or with the end. */
class ResponseStream extends Writable {
    #host;
    #path;
    #contentType = 'application/octet-stream';
    #begun = false;
    #failure;
    #terminated;

    constructor(host, path, highWaterMark) {
        super({ highWaterMark });
        this.#host = host;
        this.#path = path;
    }

    setContentType(contentType) {
        if (this.#begun) throw new InvalidStreamingOperation('Cannot set content-type, too late.');
        this.#contentType = headerValue(contentType);
    }

    write(chunk, ...rest) {
        const isData = typeof chunk === 'string' || chunk instanceof Uint8Array;
        return super.write(isData ? chunk : JSON.stringify(chunk), ...rest);
    }

    /** Reports a failure unless the response is complete; what the handler wrote before goes out first. */
    async fail(error) {
        this.#failure = errorReply(`${this.#path}/error`, error);
        if (!this.destroyed) await new Promise((resolve) => this.once('close', resolve).end());
        await this.#terminate();
    }

    _write(chunk, encoding, callback) {
        this.#begin();
        this.#host.writeChunk(chunk, callback);
    }

    _final(callback) {
        this.#terminate().then(() => callback());
    }

    #begin() {
        if (this.#begun) return;
        this.#begun = true;
        this.#host.beginStream(`${this.#path}/response`, this.#contentType);
        this._onBeforeFirstWrite?.((chunk) => this.#host.writeChunk(Buffer.from(chunk)));
    }

    /** A failure before the first write is like any handler's; a later one goes into the trailers. */
    #terminate() {
        if (this.#terminated) return this.#terminated;
        if (this.#failure && !this.#begun) return (this.#terminated = this.#host.post(this.#failure));
        this.#begin();
        return (this.#terminated = this.#host.endStream(this.#failure));
    }
}

// Context

const functionVersion = process.env.AWS_LAMBDA_FUNCTION_VERSION;
const functionName = process.env.AWS_LAMBDA_FUNCTION_NAME;
const memoryLimitInMB = process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
const logGroupName = process.env.AWS_LAMBDA_LOG_GROUP_NAME;
const logStreamName = process.env.AWS_LAMBDA_LOG_STREAM_NAME;

function makeContext(headers) {
    const traceId = headers['lambda-runtime-trace-id'];
    if (traceId) process.env._X_AMZN_TRACE_ID = traceId;
    else delete process.env._X_AMZN_TRACE_ID;
    const deadline = Number(headers['lambda-runtime-deadline-ms']);
    const context = {
        functionVersion,
        functionName,
        memoryLimitInMB,
        logGroupName,
        logStreamName,
        clientContext: parseHeader('ClientContext', headers['lambda-runtime-client-context']),
        identity: parseHeader('CognitoIdentity', headers['lambda-runtime-cognito-identity']),
        invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
        awsRequestId: requestId,
        tenantId: headers['lambda-runtime-aws-tenant-id'],
        getRemainingTimeInMillis: () => deadline - Date.now(),
    };
    return callbacksRemoved ? context : { callbackWaitsForEmptyEventLoop: true, ...context };
}

function parseHeader(name, value) {
    try {
        return value === undefined ? undefined : JSON.parse(value);
    } catch (error) {
        throw new Error(`Cannot parse ${name} as json: ${error}`);
    }
}

// The host's APIs

/**
 * Leads connections to the names of the host's APIs to the host, so that a handler which builds a URL from its event
 * (`https://${requestContext.domainName}/${requestContext.stage}`) reaches the API that called it. `https`, `fetch` and
 * the SDK, whatever agents they have, all come to `tls.connect`, which looks its own name up at each call. The host knows
 * from the name in the TLS greeting whether the API is its own; names of AWS's it connects to AWS.
 */
function leadToHost(text) {
    if (!text) return;
    const { port, domains, authority } = JSON.parse(text);
    const trusting = new WeakSet();
    const connectAnywhere = tls.connect;

    const isLed = ({ host, port, path, socket }) =>
        !socket && !path && Number(port) === 443 && typeof host === 'string' &&
        domains.includes(host.toLowerCase().replace(/^[^.]+\./, ''));

    tls.connect = function (...given) {
        const options = connectOptions(given);
        if (!isLed(options)) return connectAnywhere.apply(this, given);
        const secureContext = options.secureContext ?? tls.createSecureContext(options);
        // Beside whatever the function trusts, and good for these names only.
        if (!trusting.has(secureContext)) secureContext.context.addCACert(authority);
        trusting.add(secureContext);
        const servername = options.servername || options.host;
        const led = { ...options, host: '127.0.0.1', port, lookup: undefined, servername, secureContext };
        return connectAnywhere.call(this, led, given.find((part) => typeof part === 'function'));
    };
    syncBuiltinESMExports();
}

/** Of `connect(options)`, `connect(port, options)` and `connect(port, host, options)`, each perhaps with a callback. */
function connectOptions(given) {
    const [first, second] = given;
    const place = typeof first === 'object' ? {} : { port: first, host: typeof second === 'string' ? second : undefined };
    return Object.assign(place, ...given.filter((part) => typeof part === 'object'));
}

// Finding the handler

const require = createRequire(import.meta.url);

/** Resolves `dir/file.export.nested` (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html). */
async function loadHandler(root, name) {
    if (name.includes('..')) {
        throw new MalformedHandlerName(`'${name}' is not a valid handler name. ` +
            'Use absolute paths when specifying root directories in handler names.');
    }
    const [, file, exported] = /^([^.]*)\.(.*)$/.exec(basename(name)) ?? [];
    if (exported === undefined) throw new MalformedHandlerName('Bad handler');

    const module = await loadModule(root, dirname(name), file);
    const handler = exported.split('.').reduce((value, key) => value?.[key], module);
    if (!handler) throw new HandlerNotFound(`${name} is undefined or not exported`);
    if (typeof handler !== 'function') throw new HandlerNotFound(`${name} is not a function`);
    if (handler[STREAMING] && handler[STREAMING] !== 'response') {
        throw new MalformedStreamingHandler('Only response streaming is supported.');
    }
    if (callbacksRemoved && handler.length >= 3 && !handler[STREAMING]) throw new CallbackHandlerDeprecated();
    return handler;
}

async function loadModule(root, folder, file) {
    const path = resolvePath(root, folder, file);
    let imported;
    try {
        if (existsSync(path)) return require(path);
        if (existsSync(`${path}.js`) && !isModuleFolder(dirname(path))) return require(`${path}.js`);
        for (const module of [`${path}.js`, `${path}.mjs`]) {
            if (!existsSync(module)) continue;
            offerSDK();
            return await import((imported = pathToFileURL(module)));
        }
        if (existsSync(`${path}.cjs`)) return require(`${path}.cjs`);
        return require(require.resolve(file, { paths: [root, resolvePath(root, folder)] }));
    } catch (error) {
        if (error instanceof SyntaxError) throw new UserCodeSyntaxError(error, imported);
        explainMissingSDK(error);
        if (error?.code === 'MODULE_NOT_FOUND') throw new ImportModuleError(error);
        throw error;
    }
}

/**
 * AWS's runtimes bring the SDK for JavaScript v3 (https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html). Where it
 * is installed beside the runtime, `require` finds it by NODE_PATH; `import` does not look there and is shown the way.
 */
function offerSDK() {
    const folder = join(process.env.LAMBDA_RUNTIME_DIR ?? '', 'node_modules');
    if (!existsSync(join(folder, '@aws-sdk'))) return;
    const base = pathToFileURL(join(folder, 'index.js')).href;
    if (modules.registerHooks) {
        modules.registerHooks({
            resolve(name, context, next) {
                try {
                    return next(name, context);
                } catch (error) {
                    if (!isSDKMissing(error, name)) throw error;
                    return next(name, { ...context, parentURL: base });
                }
            },
        });
    } else {
        // Older versions of Node.js take hooks as a module of their own.
        modules.register?.(`data:text/javascript,${encodeURIComponent(hooks)}`, { data: base });
    }
}

function isSDKMissing(error, name) {
    return /^(ERR_)?MODULE_NOT_FOUND$/.test(error?.code) && /^@(aws-sdk|smithy|aws)\//.test(name);
}

const hooks = `
let base;
export const initialize = (url) => { base = url; };
export async function resolve(name, context, next) {
    try {
        return await next(name, context);
    } catch (error) {
        if (!isSDKMissing(error, name)) throw error;
        return next(name, { ...context, parentURL: base });
    }
}
${isSDKMissing}`;

/** Says what is missing and what to do: on AWS the same package works. */
function explainMissingSDK(error) {
    const name = /Cannot find (?:package|module) '(@[^/']+\/[^/']+)/.exec(error?.message)?.[1];
    if (!name || !isSDKMissing(error, `${name}/`)) return;
    const advice = `The AWS SDK for JavaScript is not installed here, or not ${name} of it: ` +
        '`gatehouse doctor` says how to install it, or put it into the node_modules of the function.';
    const [first] = error.message.split('\n');
    const { stack } = error;
    error.message = `${first}. ${advice}${error.message.slice(first.length)}`;
    error.stack = stack?.replace(first, `${first}. ${advice}`);
}

/** Whether `.js` files in a folder are ES modules, as the nearest package.json says. */
function isModuleFolder(folder) {
    if (folder.endsWith('/node_modules')) return false;
    const file = join(folder, 'package.json');
    if (!existsSync(file)) return folder !== dirname(folder) && isModuleFolder(dirname(folder));
    try {
        return JSON.parse(readFileSync(file, 'utf8')).type === 'module';
    } catch (error) {
        console.warn(`${file} cannot be read and is ignored in telling ES modules.`, error);
        return false;
    }
}

// Errors

/** An error of the runtime, not of the function: its class is the reason in `Runtime.<Reason>`. */
class RuntimeError extends Error {
    get name() {
        return `Runtime.${this.constructor.name}`;
    }
}
class HandlerNotFound extends RuntimeError {}
class ImportModuleError extends RuntimeError {}
class InvalidStreamingOperation extends RuntimeError {}
class JSONStringifyError extends RuntimeError {}
class MalformedHandlerName extends RuntimeError {}
class MalformedStreamingHandler extends RuntimeError {}

class CallbackHandlerDeprecated extends RuntimeError {
    constructor() {
        super('ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
            'You need to modify this function to use a supported handler signature to use Node.js 24 or later. ' +
            'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.');
    }
}

class NodeJsExit extends RuntimeError {
    constructor() {
        super('The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by ' +
            'a Promise that was never settled. For more information, see ' +
            'https://nodejs.org/docs/latest/api/process.html#exit-codes');
    }
}

class UnhandledPromiseRejection extends RuntimeError {
    constructor(reason, promise) {
        super(reason);
        Object.assign(this, { reason, promise });
    }
}

/** Keeps the original stack, which tells the file and line; that of an error in an imported module does not. */
class UserCodeSyntaxError extends RuntimeError {
    constructor(error, imported) {
        super(error);
        this.stack = (imported && placeOf(imported)) ?? error.stack;
    }
}

/** What Node.js itself says when it fails to import a module: it begins with the file and line. */
function placeOf(url) {
    const script = `await import(${JSON.stringify(url.href)})`;
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 5_000,
    });
    return /^file:\/\/[^\n]*:\d+\n[^]*?(?=\n\nNode\.js v|$)/.exec(stderr ?? '')?.[0];
}

/** What the caller gets to see. Anything may have been thrown, even what cannot be looked at. */
function errorPayload(error) {
    try {
        const isText = (part) => typeof part === 'string' && part !== '';
        if (!(error instanceof Error) && ![error?.name, error?.message, error?.stack].every(isText)) {
            return { errorType: typeof error, errorMessage: String(error), trace: [] };
        }
        const [errorType, errorMessage] = [String(error.name), String(error.message)];
        return { errorType, errorMessage, trace: error.stack?.split('\n') ?? [] };
    } catch {
        const errorMessage = 'callback called with Error argument, but there was a problem while retrieving ' +
            'one or more of its message, name, and stack';
        return { errorType: 'handled', errorMessage, trace: [] };
    }
}

function errorReply(path, error) {
    const payload = errorPayload(error);
    return { path, body: JSON.stringify(payload), errorType: headerValue(payload.errorType) };
}

// Logs

const logsJSON = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';

/** Gives `console` AWS's line formats (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html). */
function patchConsole() {
    const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
    const lowest = levels.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase());
    levels.forEach((level, rank) => {
        const write = (message, ...more) => {
            const time = new Date().toISOString();
            const line = logsJSON ? jsonLine(time, level, message, more)
                : `${time}\t${requestId}\t${level}\t${format(message, ...more)}`;
            // An event is one line: line breaks inside it travel as carriage returns.
            process.stdout.write(`${line.replaceAll('\n', '\r')}\n`);
        };
        console[level.toLowerCase()] = rank < lowest ? () => {} : write;
    });
    console.log = console.info;
}

function jsonLine(timestamp, level, message, more) {
    const entry = { timestamp, level, requestId };
    if (more.length > 0) {
        const error = [message, ...more].find((value) => value instanceof Error);
        return JSON.stringify({ ...entry, message: format(message, ...more), ...(error && errorMembers(error)) });
    }
    try {
        const withErrors = (_, value) => (value instanceof Error ? { ...errorMembers(value), ...value } : value);
        return JSON.stringify({ ...entry, message }, withErrors);
    } catch {
        return JSON.stringify({ ...entry, message: format(message) });
    }
}

function errorMembers({ constructor, message, stack }) {
    return { errorType: constructor?.name, errorMessage: message, stackTrace: stack?.split?.('\n') };
}

function logError(label, thrown) {
    const error = thrown instanceof Error ? thrown : new Error(errorPayload(thrown).errorMessage);
    if (logsJSON) return console.error(error);
    let text;
    try {
        text = JSON.stringify(error, (_, value) => {
            if (!(value instanceof Error)) return value;
            const { name, message, code, stack } = value;
            return { errorType: name, errorMessage: message, code, ...value, stack: stack?.split('\n') };
        });
    } catch {
        text = JSON.stringify(errorPayload(error));
    }
    console.error(label, `\t${text}`);
}

// The Runtime API

/**
 * HTTP/1.1 over one socket, spoken directly because every warm call pays for it: a reply and the following `next` leave
 * in one write, and an event arrives without the machinery of `node:http`. The host answers in order and always with
 * a Content-Length.
 *
 * The socket keeps the process alive only while the host owes an answer, so that the event loop runs empty when
 * a handler has left nothing to run.
 */
class RuntimeAPI {
    /** Settles when the host has taken the reply that left with the last `next`. */
    acknowledged = Promise.resolve();
    #address;
    #socket;
    #awaited = [];
    #unread = [];
    #unreadLength = 0;
    #needed = 0;

    constructor(address) {
        const { hostname, port } = new URL(`http://${address}`);
        this.#address = address;
        this.#socket = connect({ host: hostname, port: Number(port || 80), noDelay: true })
            .on('data', (bytes) => this.#received(bytes))
            .on('error', (error) => process.stderr.write(`Runtime API: ${error.message}\n`))
            .on('close', () => process.exit(1))
            .unref();
    }

    async next(reply) {
        if (reply) this.acknowledged = this.#answer();
        const request = `GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: ${this.#address}\r\n\r\n`;
        this.#socket.ref().write(reply ? this.#encode(reply) + request : request);
        const invocation = await this.#answer();
        if (invocation.status !== 200) process.exit(1);
        this.#socket.unref();
        return invocation;
    }

    post(reply) {
        this.#socket.ref().write(this.#encode(reply));
        return this.#answer();
    }

    beginStream(path, contentType) {
        this.#socket.write(`${this.#postLine(path)}Content-Type: ${contentType}\r\n` +
            'Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n' +
            'Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n');
    }

    writeChunk(bytes, callback) {
        if (bytes.length === 0) return callback?.();
        this.#socket.cork();
        this.#socket.write(`${bytes.length.toString(16)}\r\n`);
        this.#socket.write(bytes);
        this.#socket.write('\r\n', callback);
        this.#socket.uncork();
    }

    async endStream(failure) {
        const trailers = failure ? `Lambda-Runtime-Function-Error-Type: ${failure.errorType}\r\n` +
            `Lambda-Runtime-Function-Error-Body: ${Buffer.from(failure.body).toString('base64')}\r\n` : '';
        this.#socket.ref().write(`0\r\n${trailers}\r\n`);
        await this.#answer();
        this.#socket.unref();
    }

    #encode({ path, body, errorType }) {
        const error = errorType ? `Lambda-Runtime-Function-Error-Type: ${errorType}\r\n` : '';
        return `${this.#postLine(path)}Content-Type: application/json\r\n${error}` +
            `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    }

    #postLine(path) {
        return `POST /2018-06-01/runtime/${path} HTTP/1.1\r\nHost: ${this.#address}\r\n`;
    }

    #answer() {
        return new Promise((resolve) => this.#awaited.push(resolve));
    }

    #received(bytes) {
        this.#unread.push(bytes);
        this.#unreadLength += bytes.length;
        if (this.#unreadLength < this.#needed) return;
        let rest = this.#unread.length === 1 ? bytes : Buffer.concat(this.#unread);
        let answer;
        while ((answer = parseAnswer(rest)).length <= rest.length) {
            // A failing host cannot be served any further; any other refusal concerns only what was sent.
            if (answer.status >= 500) process.exit(1);
            this.#awaited.shift()(answer);
            rest = rest.subarray(answer.length);
        }
        this.#needed = answer.length;
        this.#unread = rest.length > 0 ? [rest] : [];
        this.#unreadLength = rest.length;
    }
}

/** The answer that these bytes begin with; its length exceeds theirs while part of it is missing. */
function parseAnswer(bytes) {
    const headLength = bytes.indexOf('\r\n\r\n');
    if (headLength < 0) return { length: bytes.length + 1 };
    const [statusLine, ...lines] = bytes.toString('utf8', 0, headLength).split('\r\n');
    const headers = {};
    for (const line of lines) {
        const colon = line.indexOf(':');
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const bodyStart = headLength + 4;
    const length = bodyStart + Number(headers['content-length'] ?? 0);
    const body = length <= bytes.length ? bytes.toString('utf8', bodyStart, length) : '';
    return { status: Number(statusLine.slice(9, 12)), headers, body, length };
}

/** For what the function chose, as an error's name: it must not end the header line. */
function headerValue(text) {
    return String(text).replace(/[^\x20-\x7e]/g, '?');
}

await main();
