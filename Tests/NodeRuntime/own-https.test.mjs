import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { startHandler } from './runtime-harness.mjs';

const name = 'abc.execute-api.localhost';

/** A port of loopback, and the first bytes of what comes there next; every connection ends at once. */
async function listener(t) {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => server.close());
    const greeting = async () => {
        const [socket] = await once(server, 'connection');
        socket.on('error', () => {});
        const [bytes] = await once(socket, 'data');
        socket.destroy();
        return bytes.toString('latin1');
    };
    return { port: server.address().port, greeting };
}

/** A handler whose host has these APIs, and the host's port for them. */
async function started(t, source) {
    const host = await listener(t);
    const told = { port: host.port, domains: ['execute-api.localhost'], authority: rootCertificates[0] };
    const runtime = await startHandler(t, source, { env: { GATEHOUSE_OWN_HTTPS: JSON.stringify(told) } });
    return { runtime, host };
}

const ways = {
    'https': `import https from 'node:https'; const go = () => new Promise((end) =>
        https.get('https://${name}/').on('error', end));`,
    'an agent': `import https from 'node:https'; const agent = new https.Agent({ keepAlive: true, maxSockets: 50 });
        const go = () => new Promise((end) => https.get({ hostname: '${name}', agent }).on('error', end));`,
    'fetch': `const go = () => fetch('https://${name}/').catch(() => {});`,
    'an imported connect': `import { connect } from 'node:tls'; const go = () => new Promise((end) =>
        connect(443, '${name}', { servername: '${name}' }).on('error', end));`,
    'capitals': `import tls from 'node:tls'; const go = () => new Promise((end) =>
        tls.connect({ host: 'ABC.Execute-API.localhost', port: '443', servername: '${name}' }).on('error', end));`,
};

for (const [way, source] of Object.entries(ways)) {
    test(`${way} is led to the host`, async (t) => {
        const { runtime, host } = await started(t, `${source} export const handler = async () => { await go(); };`);
        const greeting = host.greeting();
        await runtime.invoke();
        assert.match(await greeting, new RegExp(`^\\x16\\x03.*${name}`, 's'));
    });
}

test('another port, and what has a socket already, goes where it goes', async (t) => {
    const other = await listener(t);
    const source = `import tls from 'node:tls'; import net from 'node:net';
        const lookup = (name, options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
        export const handler = ({ port, isOpen }) => new Promise((end) => tls.connect({
            host: '${name}', port: isOpen ? 443 : port, lookup, servername: '${name}',
            socket: isOpen ? net.connect(port, '127.0.0.1') : undefined,
        }).on('error', () => end()));`;
    const { runtime } = await started(t, source);
    for (const isOpen of [false, true]) {
        const greeting = other.greeting();
        await runtime.invoke({ port: other.port, isOpen });
        assert.match(await greeting, new RegExp(name));
    }
});

test('the function does not see what its runtime is told', async (t) => {
    const { runtime } = await started(t, 'export const handler = async () => process.env.GATEHOUSE_OWN_HTTPS ?? null;');
    assert.equal((await runtime.invoke()).json, null);
});
