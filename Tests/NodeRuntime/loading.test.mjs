import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHandler, startRuntime } from './runtime-harness.mjs';

const commonJS = (word) => `exports.handler = async () => '${word}';`;
const module = (word) => `export const handler = async () => '${word}';`;

async function answerOf(t, files, handler) {
    const runtime = await startRuntime(t, { files, handler });
    const outcome = await runtime.invoke();
    assert.equal(outcome.kind, 'response');
    return outcome.json;
}

async function initErrorOf(t, files, settings) {
    const runtime = await startRuntime(t, { files, ...settings });
    const { json } = await runtime.host.initError;
    return json;
}

test('a CommonJS module exports the handler', async (t) => {
    assert.equal(await answerOf(t, { 'index.js': commonJS('js') }), 'js');
});

test('an ES module exports the handler', async (t) => {
    assert.equal(await answerOf(t, { 'index.mjs': module('mjs') }), 'mjs');
});

test('the handler may be nested in an export', async (t) => {
    const source = `exports.api = { users: { get: async () => 'nested' } };`;
    assert.equal(await answerOf(t, { 'index.js': source }, 'index.api.users.get'), 'nested');
});

test('the module may be in a folder', async (t) => {
    assert.equal(await answerOf(t, { 'src/app/main.mjs': module('folder') }, 'src/app/main.handler'), 'folder');
});

test('a folder with an index.js is a module', async (t) => {
    assert.equal(await answerOf(t, { 'app/index.js': commonJS('folder') }, 'app.handler'), 'folder');
});

test('the name of an ES module may hold characters that mean something in URLs', async (t) => {
    assert.equal(await answerOf(t, { 'a #1%20?/main.mjs': module('odd') }, 'a #1%20?/main.handler'), 'odd');
});

test('an ES module may await at its top level', async (t) => {
    const source = `const word = await Promise.resolve('awaited'); export const handler = async () => word;`;
    assert.equal(await answerOf(t, { 'index.mjs': source }), 'awaited');
});

test('a file without extension comes before all others', async (t) => {
    const files = { index: commonJS('bare'), 'index.js': commonJS('js'), 'index.mjs': module('mjs') };
    assert.equal(await answerOf(t, files), 'bare');
});

test('.js comes before .mjs', async (t) => {
    assert.equal(await answerOf(t, { 'index.js': commonJS('js'), 'index.mjs': module('mjs') }), 'js');
});

test('.mjs comes before .cjs', async (t) => {
    assert.equal(await answerOf(t, { 'index.mjs': module('mjs'), 'index.cjs': commonJS('cjs') }), 'mjs');
});

test('a .cjs file is a CommonJS module even in an ES package', async (t) => {
    const files = { 'package.json': '{"type":"module"}', 'index.cjs': commonJS('cjs') };
    assert.equal(await answerOf(t, files), 'cjs');
});

test('a .js file is an ES module when the nearest package.json says so', async (t) => {
    const files = { 'package.json': '{"type":"module"}', 'src/index.js': module('esm') };
    assert.equal(await answerOf(t, files, 'src/index.handler'), 'esm');
});

test('a nearer package.json without type makes .js CommonJS again', async (t) => {
    const files = { 'package.json': '{"type":"module"}', 'src/package.json': '{}', 'src/index.js': commonJS('cjs') };
    assert.equal(await answerOf(t, files, 'src/index.handler'), 'cjs');
});

test('a package in node_modules does not take its type from the task root', async (t) => {
    // An export that only running the module tells: imported as an ES module it would not be found.
    const source = `Object.assign(exports, { handler: async () => 'cjs' });`;
    const files = { 'package.json': '{"type":"module"}', 'node_modules/old/index.js': source };
    assert.equal(await answerOf(t, files, 'node_modules/old/index.handler'), 'cjs');
});

test('an unreadable package.json leaves .js CommonJS', async (t) => {
    const runtime = await startRuntime(t, { files: { 'package.json': '{', 'index.cjs': '', 'index.js': '' } });
    await runtime.logged(/\tWARN\t.*package\.json cannot be read/);
});

test('a package in node_modules is found last', async (t) => {
    const files = { 'node_modules/greetings/index.js': commonJS('package') };
    assert.equal(await answerOf(t, files, 'greetings.handler'), 'package');
});

test('a handler name with two dots in a row is malformed', async (t) => {
    assert.deepEqual(await initErrorOf(t, { 'index.js': '' }, { handler: '../index.handler' }).then(withoutTrace), {
        errorType: 'Runtime.MalformedHandlerName',
        errorMessage:
            "'../index.handler' is not a valid handler name. " +
            'Use absolute paths when specifying root directories in handler names.',
    });
});

test('a handler name without a dot is malformed', async (t) => {
    assert.deepEqual(await initErrorOf(t, { 'index.js': '' }, { handler: 'index' }).then(withoutTrace), {
        errorType: 'Runtime.MalformedHandlerName',
        errorMessage: 'Bad handler',
    });
});

test('a missing module is an ImportModuleError', async (t) => {
    const error = await initErrorOf(t, {}, { handler: 'missing.handler' });
    assert.equal(error.errorType, 'Runtime.ImportModuleError');
    assert.match(error.errorMessage, /^Error: Cannot find module 'missing'\nRequire stack:\n- /);
    assert.match(error.trace[0], /^Runtime\.ImportModuleError: Error: Cannot find module 'missing'$/);
});

test('a missing dependency of a CommonJS module is an ImportModuleError', async (t) => {
    const error = await initErrorOf(t, { 'index.js': `require('left-out');` });
    assert.equal(error.errorType, 'Runtime.ImportModuleError');
    assert.match(error.errorMessage, /^Error: Cannot find module 'left-out'/);
});

test('a missing dependency of an ES module keeps its own type', async (t) => {
    const error = await initErrorOf(t, { 'index.mjs': `import 'left-out';` });
    assert.equal(error.errorType, 'Error');
    assert.match(error.errorMessage, /^Cannot find package 'left-out' imported from /);
});

test('a missing export is a HandlerNotFound', async (t) => {
    assert.deepEqual(await initErrorOf(t, { 'index.js': '' }, { handler: 'index.api.get' }).then(withoutTrace), {
        errorType: 'Runtime.HandlerNotFound',
        errorMessage: 'index.api.get is undefined or not exported',
    });
});

test('an export that is no function is a HandlerNotFound', async (t) => {
    assert.deepEqual(await initErrorOf(t, { 'index.js': 'exports.handler = 1;' }).then(withoutTrace), {
        errorType: 'Runtime.HandlerNotFound',
        errorMessage: 'index.handler is not a function',
    });
});

test('a syntax error is a UserCodeSyntaxError whose trace tells the file and line', async (t) => {
    const error = await initErrorOf(t, { 'index.js': '\nexports.handler = async () => {;' });
    assert.equal(error.errorType, 'Runtime.UserCodeSyntaxError');
    assert.match(error.errorMessage, /^SyntaxError: /);
    assert.match(error.trace[0], /\/index\.js:2$/);
});

test('a syntax error in a module, or in one that it imports, is told with its file and line', async (t) => {
    const own = await initErrorOf(t, { 'index.mjs': '\nexport const handler = async () => {;' });
    assert.equal(own.errorType, 'Runtime.UserCodeSyntaxError');
    assert.match(own.trace[0], /^file:.*\/index\.mjs:2$/);
    const imported = await initErrorOf(t, { 'index.mjs': `import './words.mjs';`, 'words.mjs': '\n\nconst = 1;' });
    assert.match(imported.trace[0], /^file:.*\/words\.mjs:3$/);
});

test('an error thrown by the module is posted as it is', async (t) => {
    const error = await initErrorOf(t, { 'index.mjs': `throw new RangeError('at load');` });
    assert.deepEqual(withoutTrace(error), { errorType: 'RangeError', errorMessage: 'at load' });
    assert.match(error.trace[1], /index\.mjs:1/);
});

test('the error type of a failed init is also a header', async (t) => {
    const runtime = await startHandler(t, '');
    const { headers } = await runtime.host.initError;
    assert.equal(headers['lambda-runtime-function-error-type'], 'Runtime.HandlerNotFound');
});

test('a failed init ends the process with 129', async (t) => {
    const runtime = await startHandler(t, '');
    assert.deepEqual(await runtime.exited, { code: 129, signal: null });
});

test('a failed init is logged outside any request', async (t) => {
    const runtime = await startHandler(t, '');
    await runtime.logged(/^\S+Z\tundefined\tERROR\tUncaught Exception \t\{"errorType":"Runtime\.HandlerNotFound",/);
});

test('an exception beside a module that still loads fails init with 129', async (t) => {
    const runtime = await startHandler(
        t, `setTimeout(() => { throw new Error('beside'); }); await new Promise(() => {});`);
    assert.equal((await runtime.host.initError).json.errorMessage, 'beside');
    assert.deepEqual(await runtime.exited, { code: 129, signal: null });
});

test('a rejection beside a module that still loads fails init with 128', async (t) => {
    const runtime = await startHandler(t, `Promise.reject(new Error('beside')); await new Promise(setImmediate);`);
    assert.deepEqual(withoutTrace((await runtime.host.initError).json), {
        errorType: 'Runtime.UnhandledPromiseRejection',
        errorMessage: 'Error: beside',
    });
    assert.deepEqual(await runtime.exited, { code: 128, signal: null });
});

test('a module that never finishes loading ends the process with 13 and no report', async (t) => {
    const runtime = await startHandler(t, 'await new Promise(() => {});');
    assert.deepEqual(await runtime.exited, { code: 13, signal: null });
    assert.deepEqual(runtime.host.requests, []);
});

test('nodejs24.x refuses a handler with three parameters', async (t) => {
    const runtime = await startHandler(
        t, 'export const handler = (event, context, callback) => callback();', { runtime: 'nodejs24.x' });
    const { json } = await runtime.host.initError;
    assert.equal(json.errorType, 'Runtime.CallbackHandlerDeprecated');
    assert.match(json.errorMessage, /^ERROR: AWS Lambda has removed support for callback-based function handlers /);
    assert.deepEqual(await runtime.exited, { code: 1, signal: null });
});

test('nodejs24.x logs a failed init as such', async (t) => {
    const runtime = await startHandler(t, '', { runtime: 'nodejs24.x' });
    await runtime.logged(/\tundefined\tERROR\tInit Error \t\{"errorType":"Runtime\.HandlerNotFound",/);
});

test('nodejs24.x accepts a streaming handler with three parameters', async (t) => {
    const runtime = await startHandler(
        t, 'export const handler = awslambda.streamifyResponse(async (event, stream, context) => stream.end("3"));',
        { runtime: 'nodejs24.x' });
    assert.equal((await runtime.invoke()).text, '3');
});

function withoutTrace({ trace, ...error }) {
    assert.ok(Array.isArray(trace));
    return error;
}
