// Chromium with a video for a camera, and what every page of these tests is watched for.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const QUIET = [
  '--no-sandbox', // tests may run as root
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// `camera`: an MJPEG file that plays in a loop; without one there is no camera.
export function launch({ camera, flags = [] } = {}) {
  const film = camera
    ? ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`]
    : [];
  return chromium.launch({ executablePath: CHROMIUM, args: [...QUIET, ...film, ...flags] });
}

// A page whose console errors and uncaught exceptions are collected in `page.errors`.
export async function openPage(browser, { phone = false, camera = true, ...options } = {}) {
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 800 },
    locale: 'en-US',
    ...options,
  });
  if (camera) await context.grantPermissions(['camera']);
  const page = await context.newPage();
  page.errors = [];
  page.on('console', (message) => {
    if (message.type() === 'error') page.errors.push(message.text());
  });
  page.on('pageerror', (error) => page.errors.push(String(error)));
  // What the coach says aloud is heard by nobody here.
  await page.addInitScript(() => {
    window.spoken = [];
    if (window.speechSynthesis)
      window.speechSynthesis.speak = ({ text, lang }) => window.spoken.push({ text, lang });
  });
  return page;
}

export async function startTraining(page) {
  await page.getByRole('button', { name: /Start training|운동 시작/ }).click();
}

export const count = async (page) => Number(await page.getByTestId('count').innerText());

// Until `read` gives something that `enough` takes.
export async function until(read, enough, what, seconds = 40) {
  let last;
  for (
    const end = Date.now() + seconds * 1000;
    Date.now() < end;
    await new Promise((resolve) => setTimeout(resolve, 100))
  ) {
    last = await read();
    if (enough(last)) return last;
  }
  throw new Error(`${what}: still ${JSON.stringify(last)} after ${seconds} s`);
}

// The file that a button saves, as text.
export async function saved(page, button) {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  return readFileSync(await (await downloading).path(), 'utf8');
}

// What the page exports of the training that it shows.
export async function exportedWorkout(page) {
  return JSON.parse(await saved(page, 'Export as JSON')).workouts[0];
}

// Analyses a video on the page that is open, and waits for the summary.
export async function analyse(page, url, video) {
  await page.goto(`${url}#file`);
  await page.setInputFiles('input[type=file]', video);
  await page.locator('.workout').waitFor({ timeout: 150_000 });
}

export async function endTraining(page) {
  await page.getByRole('button', { name: /End training|운동 끝내기/ }).click();
  await page.locator('.workout').waitFor();
}

// The count, once it is at least so many.
export const counted = (page, least, seconds) =>
  until(
    () => count(page),
    (n) => n >= least,
    `${least} repetitions`,
    seconds,
  );

// Waits for the first answer of the server.
export const answered = (page) => page.getByTestId('statistics').waitFor();
