/**
 * Runs node-runtime.mjs as a child process against a small Runtime API, so that a test sees what the host would see.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const runtimeFile = fileURLToPath(new URL('../../Sources/LambdaHost/Runtimes/node-runtime.mjs', import.meta.url));

export const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:greeter';
export const deadline = 4_000_000_000_000;

/** Starts a runtime on a task root with these files; everything is gone when the test `t` is over. */
export async function startRuntime(t, { files, ...settings }) {
    const host = new FakeHost();
    await host.listen();
    const runtime = new RuntimeProcess(taskRoot(t, files), host.address, settings);
    runtime.host = host;
    runtime.exited.then((exit) => host.runtimeExited(exit));
    t.after(async () => {
        await runtime.stop();
        host.close();
    });
    return runtime;
}

/** A runtime whose handler is the default one: `handler` exported by an ES module with this text. */
export function startHandler(t, source, settings = {}) {
    return startRuntime(t, { files: { 'index.mjs': source }, ...settings });
}

export function taskRoot(t, files) {
    const root = mkdtempSync(join(tmpdir(), 'node-runtime-'));
    t.after(() => rmSync(root, { recursive: true, force: true }));
    for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(root, name)), { recursive: true });
        writeFileSync(join(root, name), text);
    }
    return root;
}

export class RuntimeProcess {
    log = '';
    #logWaiters = new Set();

    constructor(root, address, { handler = 'index.handler', runtime = 'nodejs22.x', env = {} } = {}) {
        this.root = root;
        this.child = spawn(process.execPath, [runtimeFile], {
            cwd: root,
            env: {
                PATH: process.env.PATH,
                _HANDLER: handler,
                LAMBDA_TASK_ROOT: root,
                AWS_LAMBDA_RUNTIME_API: address,
                AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
                AWS_LAMBDA_FUNCTION_NAME: 'greeter',
                AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
                AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
                AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/greeter',
                AWS_LAMBDA_LOG_STREAM_NAME: '2024/08/18/[$LATEST]60cefc4c4d174d898e4dbb301f9f10ef',
                ...env,
            },
            stdio: ['ignore', 'pipe', 'pipe'],
        });
        this.child.stdout.setEncoding('utf8').on('data', (text) => {
            this.log += text;
            for (const waiter of this.#logWaiters) waiter();
        });
        this.errors = '';
        this.child.stderr.setEncoding('utf8').on('data', (text) => (this.errors += text));
        this.exited = once(this.child, 'close').then(([code, signal]) => ({ code, signal }));
    }

    invoke(event, headers) {
        return this.host.invoke(event, headers);
    }

    /** The first log line that matches, waited for. */
    logged(pattern) {
        return new Promise((resolve, reject) => {
            const look = () => {
                const line = this.log.split('\n').slice(0, -1).find((candidate) => pattern.test(candidate));
                if (line === undefined) return;
                this.#logWaiters.delete(look);
                resolve(line);
            };
            this.#logWaiters.add(look);
            this.exited.then(() => reject(new Error(`never logged: ${pattern}\n${this.log}${this.errors}`)));
            look();
        });
    }

    /** Ends the process; afterwards `log` is complete. */
    async stop() {
        this.child.kill('SIGKILL');
        await this.exited;
        return this.log;
    }
}

/** Serves the Runtime API: hands out queued invocations and collects what the runtime posts. */
class FakeHost {
    connections = 0;
    /** Every request line, in order. */
    requests = [];
    /** Settles with the first error posted to `/runtime/init/error`. */
    #initFailed;
    initError = new Promise((resolve, reject) => (this.#initFailed = { resolve, reject }));
    #queued = [];
    #askers = [];
    #pending = new Map();
    #invocations = 0;
    #server = createServer((request, response) => this.#serve(request, response));

    async listen() {
        this.initError.catch(() => {});
        this.#server.on('connection', () => (this.connections += 1));
        await once(this.#server.listen(0, '127.0.0.1'), 'listening');
        this.address = `127.0.0.1:${this.#server.address().port}`;
    }

    close() {
        this.#server.close();
        this.#server.closeAllConnections();
    }

    /** The outcome that the runtime posts for an event; a string is sent as it is. */
    invoke(event = {}, headers = {}) {
        const id = `8476a536-e9f4-11e8-9739-${String(++this.#invocations).padStart(12, '0')}`;
        const outcome = new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
        this.#queued.push({
            body: typeof event === 'string' ? event : JSON.stringify(event),
            headers: {
                'Content-Type': 'application/json',
                'Lambda-Runtime-Aws-Request-Id': id,
                'Lambda-Runtime-Deadline-Ms': deadline,
                'Lambda-Runtime-Invoked-Function-Arn': functionArn,
                ...headers,
            },
        });
        this.#handOut();
        return outcome;
    }

    runtimeExited({ code, signal }) {
        const error = new Error(`the runtime exited: ${signal ?? code}`);
        this.#initFailed.reject(error);
        for (const { reject } of this.#pending.values()) reject(error);
        this.#pending.clear();
    }

    #handOut() {
        while (this.#queued.length > 0 && this.#askers.length > 0) {
            const { headers, body } = this.#queued.shift();
            this.#askers.shift().writeHead(200, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body);
        }
    }

    async #serve(request, response) {
        this.requests.push(`${request.method} ${request.url}`);
        const path = request.url.replace('/2018-06-01/runtime/', '');
        if (request.method === 'GET' && path === 'invocation/next') {
            this.#askers.push(response);
            return this.#handOut();
        }
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        const bytes = Buffer.concat(chunks);
        const post = {
            kind: path.split('/').at(-1),
            id: path.split('/').at(-2),
            headers: request.headers,
            trailers: request.trailers,
            bytes,
            text: bytes.toString(),
            get json() {
                return JSON.parse(this.text);
            },
        };
        const answer = '{"status":"OK"}';
        response.writeHead(202, { 'Content-Type': 'application/json', 'Content-Length': answer.length }).end(answer);
        if (path === 'init/error') this.#initFailed.resolve(post);
        this.#pending.get(post.id)?.resolve(post);
        this.#pending.delete(post.id);
    }
}
