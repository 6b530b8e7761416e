// What all suites have: the servers, a browser with a synthesised person before its camera, and what every page must be.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { launch, openPage } from './browser.mjs';
import { Servers } from './servers.mjs';

const { TRACKFIT_BINARIES: binaries, TRACKFIT_SCRATCH: scratch, TRACKFIT_PAGE: pageFolder } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const clip = join(scratch, 'push_up.mp4'); // what the command line reads
const video = join(scratch, 'push_up.h264.mp4'); // the same in what browsers play
const camera = join(scratch, 'push_up.mjpeg');
export { camera, clip, pageFolder, scratch, video };

export const servers = new Servers(binaries, scratch);
export const PLACES = ['--max-sessions', '3']; // of the gateway
export const shortly = { timeout: 180_000 };
let browser;

const run = (program, args) => execFileSync(join(binaries, program), args, { stdio: ['ignore', 'pipe', 'pipe'] });
export const trackfit = (...args) => run('trackfit', args);
export const trackfitKey = (...args) => run('trackfit-key', args).toString().trim();
const ffmpeg = (...args) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args]);

before(async () => {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  trackfit(
    ...['synthesize', '--exercise', 'push_up', '--repetitions', '4', '--repetition-seconds', '2.6'],
    ...['--fault', 'sagging_hips', '--size', '480x360', '--output', clip],
  );
  ffmpeg('-i', clip, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '15', '-pix_fmt', 'yuv420p', video);
  ffmpeg('-i', clip, '-q:v', '3', '-f', 'mjpeg', camera);
  await servers.start(...PLACES);
  browser = await launch({ camera });
});
after(async () => {
  await browser?.close();
  assert.deepEqual(await servers.stopAll(), [0, 0, 0]);
});

// A page of the browser with the camera.
export const newPage = (options) => openPage(browser, options);

export async function withPage(options, use) {
  const page = await newPage(options);
  try {
    await page.goto(servers.url);
    await use(page);
  } finally {
    await page.context().close();
  }
}

export async function assertAccessible(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(
    serious.map(({ id, nodes }) => `${where}: ${id} at ${nodes.map(({ target }) => target).join(', ')}`),
    [],
  );
}

export async function assertNoSideways(page, where) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${where} is ${content} px wide in a window of ${window} px`);
}
