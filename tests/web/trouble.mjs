// What goes wrong: no camera, no place, servers and networks that go.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, request } from 'node:http';
import { connect, createServer as createNetwork } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  answered,
  counted,
  endTraining,
  exportedWorkout,
  launch,
  openPage,
  startTraining,
} from './browser.mjs';
import {
  PLACES,
  assertAccessible,
  camera,
  newPage,
  scratch,
  servers,
  shortly,
  trackfitKey,
  withPage,
} from './stage.mjs';

const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });

describe('trouble', () => {
  const alert = (page, text) => page.getByRole('alert').getByText(text).waitFor();

  it('tells that the camera was refused', shortly, () =>
    withPage({ camera: false }, async (page) => {
      await startTraining(page);
      await alert(page, 'The camera is not allowed');
      await assertAccessible(page, 'camera refused');
    }),
  );

  it('tells that there is no camera', shortly, async () => {
    const blind = await launch();
    try {
      const page = await openPage(blind);
      await page.goto(servers.url);
      await startTraining(page);
      await alert(page, 'No camera was found');
    } finally {
      await blind.close();
    }
  });

  it('has a camera beyond localhost over HTTPS, and says so where there is none', shortly, async () => {
    const [certificate, key] = [join(scratch, 'gym.pem'), join(scratch, 'gym.key')];
    const address = new URL(servers.url);
    openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=gym.example'],
      ...['-addext', 'subjectAltName=DNS:gym.example', '-keyout', key, '-out', certificate],
    );
    // This key alone is trusted, as if its certificate were a public one.
    const publicKey = openssl('x509', '-in', certificate, '-pubkey', '-noout');
    const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'der'], { input: publicKey });
    const pin = createHash('sha256').update(der).digest('base64');
    const remote = await launch({
      camera,
      flags: [
        '--host-resolver-rules=MAP gym.example 127.0.0.1',
        `--ignore-certificate-errors-spki-list=${pin}`,
      ],
    });
    try {
      const plain = await openPage(remote, { camera: false });
      await plain.goto(`http://gym.example:${address.port}/`);
      await startTraining(plain);
      await alert(plain, 'only over HTTPS');

      await servers.stop('gateway');
      await servers.startGateway(...PLACES, '--http-certificate', certificate, '--http-key', key);
      const page = await openPage(remote);
      await page.goto(`https://gym.example:${address.port}/`);
      await startTraining(page);
      await counted(page, 2);
      await endTraining(page);
      const { overall } = await exportedWorkout(page);
      assert.deepEqual([overall.exercise, overall.known], ['push_up', true]);
      assert.deepEqual(page.errors, []);
    } finally {
      await remote.close();
      await servers.stop('gateway');
      await servers.startGateway(...PLACES);
    }
  });

  it('asks for a key where the server wants one, and goes on with it', shortly, async () => {
    const file = join(scratch, 'keys.yml');
    const key = trackfitKey('new', '--file', file, '--tenant', 'gym');
    await servers.stop('gateway');
    await servers.startGateway(...PLACES, '--api-keys', file);
    const enter = async (page, text) => {
      await page.getByLabel('API key', { exact: true }).fill(text);
      await page.getByRole('button', { name: 'Use this key' }).click();
    };
    try {
      await withPage({}, async (page) => {
        await startTraining(page);
        await page.getByText('This server asks for an API key').waitFor();
        await assertAccessible(page, 'without a key');
        await enter(page, 'tf_nobody_' + '0'.repeat(40));
        await alert(page, 'This key is not accepted');
        await enter(page, key);
        await counted(page, 1);
        await endTraining(page);
        const kept = await page.evaluate(() => [sessionStorage, localStorage].map((s) => JSON.stringify(s)));
        assert.deepEqual(
          kept.map((store) => store.includes(key)),
          [true, false],
        );
        await page.reload();
        await startTraining(page);
        await answered(page);
      });
    } finally {
      await servers.stop('gateway');
      await servers.startGateway(...PLACES);
    }
  });

  it('waits for a place on a full server', shortly, async () => {
    const pages = await Promise.all(Array.from({ length: 4 }, () => newPage()));
    try {
      for (const page of pages) await page.goto(servers.url);
      for (const page of pages.slice(0, 3)) {
        await startTraining(page);
        await answered(page);
      }
      const late = pages[3];
      await startTraining(late);
      await late.getByText(/All places on the server are taken. Next try in \d+ s/).waitFor();
      await endTraining(pages[0]);
      await answered(late);
    } finally {
      for (const page of pages) await page.context().close();
    }
  });

  it('goes on with the count when the server is killed and comes back', shortly, () =>
    withPage({}, async (page) => {
      await startTraining(page);
      const before = await counted(page, 2);
      await servers.stop('gateway', 'SIGKILL');
      await page.getByText('The server does not answer').waitFor();
      await servers.startGateway(...PLACES);
      await counted(page, before + 2);
      await endTraining(page);
      const numbers = (await exportedWorkout(page)).reps.map(({ number }) => number);
      assert.deepEqual(
        numbers,
        numbers.map((_, i) => i + 1),
      );
    }),
  );

  it('goes on where it was when the network breaks', shortly, async () => {
    const target = new URL(servers.url);
    const ends = new Set();
    const network = createNetwork((client) => {
      const server = connect(target.port, target.hostname);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ]) {
        ends.add(from);
        from.on('error', () => undefined);
        from.on('close', () => to.destroy());
        from.pipe(to);
      }
    });
    await new Promise((resolve) => network.listen(0, '127.0.0.1', resolve));
    const resumed = async () => {
      const metrics = await (await fetch(`${servers.url}metrics`)).text();
      return Number(/resumptions_total{outcome="resumed"} (\d+)/.exec(metrics)[1]);
    };
    const before = await resumed();
    const page = await newPage();
    try {
      await page.goto(`http://127.0.0.1:${network.address().port}/`);
      await startTraining(page);
      for (const times of [1, 2]) {
        const count = await counted(page, times);
        for (const end of ends) end.destroy();
        ends.clear();
        await counted(page, count + 1);
      }
      await endTraining(page);
      const { reps } = await exportedWorkout(page);
      assert.deepEqual(
        reps.map(({ set, number }) => [set, number]),
        reps.map((_, i) => [1, i + 1]),
      );
      assert.equal((await resumed()) - before, 2);
    } finally {
      await page.context().close();
      network.close();
    }
  });

  it('says that answers fail to come, and goes on when they do', shortly, () =>
    withPage({}, async (page) => {
      await startTraining(page);
      const before = await counted(page, 1);
      await servers.stop('inferencer', 'SIGKILL');
      const stalled = page.getByText('sends no answers at the moment');
      await stalled.waitFor();
      await servers.startInferencer();
      await stalled.waitFor({ state: 'detached' });
      await counted(page, before + 2);
    }),
  );

  it('survives a drain', shortly, () =>
    withPage({}, async (page) => {
      await startTraining(page);
      await counted(page, 1);
      await servers.stop('gateway', 'SIGTERM');
      await page.getByText(/The server restarts|The server does not answer/).waitFor();
      await servers.startGateway(...PLACES);
      await counted(page, 3);
    }),
  );

  it('asks to be loaded again when its parts are gone, as after an update', shortly, () =>
    withPage({}, async (page) => {
      await page.route('**/assets/report-*', (route) => route.fulfill({ status: 404 }));
      await startTraining(page);
      await answered(page);
      await endTraining(page);
      await page.getByRole('button', { name: 'Export report' }).click();
      await alert(page, 'could not be loaded');
      await assertAccessible(page, 'outdated');
      await page.getByRole('button', { name: 'Reload the page' }).click();
      await page.getByRole('button', { name: 'Start training' }).waitFor();
    }),
  );

  it('tells that something between blocks WebSocket', shortly, async () => {
    const target = new URL(servers.url);
    const proxy = createServer((incoming, outgoing) => {
      const { method, url, headers } = incoming;
      request({ host: target.hostname, port: target.port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      }).end();
    });
    proxy.on('upgrade', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const page = await newPage();
    try {
      await page.goto(`http://127.0.0.1:${proxy.address().port}/`);
      await startTraining(page);
      await page.getByText('blocks WebSocket').waitFor();
    } finally {
      await page.context().close();
      proxy.close();
      proxy.closeAllConnections();
    }
  });
});
