import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { startRuntime, taskRoot } from './runtime-harness.mjs';

const manifest = (main) => JSON.stringify({ name: 'x', version: '3.0.0', ...main });

/** A stand-in for the SDK: a client that needs another package beside it. */
const sdk = {
    'node_modules/@aws-sdk/client-dynamodb/package.json': manifest({
        exports: { '.': { import: './client.mjs', require: './client.cjs' } },
    }),
    'node_modules/@aws-sdk/client-dynamodb/client.mjs':
        `import { word } from '@smithy/core'; export const client = 'esm ' + word;`,
    'node_modules/@aws-sdk/client-dynamodb/client.cjs':
        `exports.client = 'cjs ' + require('@smithy/core').word;`,
    'node_modules/@smithy/core/package.json': manifest({ main: 'index.js' }),
    'node_modules/@smithy/core/index.js': `exports.word = 'found';`,
};
const esm = { 'index.mjs': `import { client } from '@aws-sdk/client-dynamodb'; export const handler = async () => client;` };
const cjs = { 'index.js': `const { client } = require('@aws-sdk/client-dynamodb'); exports.handler = async () => client;` };

async function started(t, files, installed) {
    const runtime = taskRoot(t, installed);
    const env = { LAMBDA_RUNTIME_DIR: runtime, NODE_PATH: join(runtime, 'node_modules') };
    return startRuntime(t, { files, env });
}

async function answerOf(t, files, installed = sdk) {
    return (await (await started(t, files, installed)).invoke()).json;
}

test('import finds the SDK beside the runtime', async (t) => {
    assert.equal(await answerOf(t, esm), 'esm found');
});

test('require finds the SDK beside the runtime', async (t) => {
    assert.equal(await answerOf(t, cjs), 'cjs found');
});

test('import at run time finds it too', async (t) => {
    const source = `export const handler = async () => (await import('@aws-sdk/client-dynamodb')).client;`;
    assert.equal(await answerOf(t, { 'index.mjs': source }), 'esm found');
});

test('what a package brings itself comes first', async (t) => {
    const own = {
        'node_modules/@aws-sdk/client-dynamodb/package.json': manifest({ main: 'own.js' }),
        'node_modules/@aws-sdk/client-dynamodb/own.js': `exports.client = 'own';`,
    };
    assert.equal(await answerOf(t, { ...esm, ...own }), 'own');
    assert.equal(await answerOf(t, { ...cjs, ...own }), 'own');
});

for (const [kind, files] of Object.entries({ esm, cjs })) {
    for (const [state, installed] of Object.entries({ 'is not installed': {}, 'has other clients': sdk })) {
        test(`where the SDK ${state}, the error says what to do (${kind})`, async (t) => {
            const missing = Object.fromEntries(
                Object.entries(files).map(([name, text]) => [name, text.replace('client-dynamodb', 'client-none')]),
            );
            const runtime = await started(t, missing, installed);
            const { json } = await runtime.host.initError;
            assert.match(json.errorMessage, /Cannot find (package|module) '@aws-sdk\/client-none'/);
            assert.match(json.errorMessage, /not @aws-sdk\/client-none of it: `gatehouse doctor` says how to install it/);
        });
    }
}

test('other packages that are missing are told as Node.js tells it', async (t) => {
    const runtime = await started(t, { 'index.mjs': `import 'absent'; export const handler = 1;` }, sdk);
    assert.doesNotMatch((await runtime.host.initError).json.errorMessage, /gatehouse/);
});
