// The three servers as processes of their own, on free ports, and the gateway's web port.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT_MS = 120_000;

export class Servers {
  #processes = new Map(); // by name
  #addresses = {};

  constructor(binaries, scratch) {
    this.binaries = binaries;
    this.scratch = scratch;
  }

  get gateway() {
    return this.#addresses.gateway;
  }
  // Of the page.
  get url() {
    return `http://${this.#addresses.http}/`;
  }

  async start(...gatewayFlags) {
    await Promise.all([this.#start('extractor'), this.startInferencer()]);
    await this.startGateway(...gatewayFlags);
  }

  // Both on the ports of before, so that those who knew them find them again.
  async startInferencer() {
    await this.#start('inferencer');
  }
  async startGateway(...flags) {
    const { extractor, inferencer, http } = this.#addresses;
    await this.#start(
      'gateway',
      '--extractor',
      extractor,
      '--inferencer',
      inferencer,
      '--http-listen',
      http ?? '127.0.0.1:0',
      ...flags,
    );
  }

  async #start(name, ...flags) {
    const ports = join(this.scratch, `${name}.ports`);
    rmSync(ports, { force: true });
    const log = openSync(join(this.scratch, `${name}.log`), 'a');
    const listen = this.#addresses[name] ?? '127.0.0.1:0';
    const process = spawn(
      join(this.binaries, `trackfit-${name}`),
      ['--listen', listen, '--metrics-listen', '127.0.0.1:0', '--port-file', ports, ...flags],
      { stdio: ['ignore', log, log] },
    );
    closeSync(log);
    this.#processes.set(name, process);
    for (const end = Date.now() + START_TIMEOUT_MS; !existsSync(ports); await sleep(50)) {
      if (process.exitCode !== null || Date.now() > end)
        throw new Error(`trackfit-${name} does not start: ${this.log(name)}`);
    }
    const told = JSON.parse(readFileSync(ports, 'utf8'));
    this.#addresses[name] = `127.0.0.1:${told.grpc}`;
    if (told.http) this.#addresses.http = `127.0.0.1:${told.http}`;
  }

  log(name) {
    return readFileSync(join(this.scratch, `${name}.log`), 'utf8').slice(-2000);
  }

  // The exit status; SIGKILL leaves the clients to find out by themselves.
  async stop(name, signal = 'SIGTERM') {
    const process = this.#processes.get(name);
    this.#processes.delete(name);
    if (!process || process.exitCode !== null) return process?.exitCode;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.kill(signal);
    return ended;
  }

  async stopAll() {
    const statuses = [];
    for (const name of ['gateway', 'inferencer', 'extractor']) statuses.push(await this.stop(name));
    return statuses;
  }
}
