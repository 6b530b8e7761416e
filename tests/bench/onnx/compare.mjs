// Our engine and ONNX Runtime in turn, on one thread each: `node compare.mjs ENGINE_ROUNDS FOLDER [ROUNDS]`, pinned to a core
// (taskset -c) and run in the repository's root. Prints Markdown; fails where the two do not agree. Times are processor time, the least
// of the runs of a round, so that others who use the core meanwhile matter little.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

// Without the promise around it: run() returns when the network has run.
const require = createRequire(import.meta.url);
const { binding, initOrt } = require('./node_modules/onnxruntime-node/dist/binding.js');
const { Tensor } = require('onnxruntime-common');
const { version } = require('onnxruntime-node/package.json');

const [engineRounds, folder, rounds = '25'] = process.argv.slice(2);
const runsOfARound = 4;
// Of coordinates in pixels, and of scores before their sigmoid.
const tolerance = 0.02;

const floats = (file) => {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

// A program that answers each line with one.
function startEngine(network) {
  const child = spawn(engineRounds, [network, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${engineRounds} ${network} ended`);
    return value;
  };
  return {
    ready: next,
    round: async () => {
      child.stdin.write('\n');
      return Number(await next());
    },
    end: () => child.stdin.end(),
  };
}

class Runtime {
  constructor(network) {
    this.session = new binding.InferenceSession();
    this.session.loadModel(`${folder}/${network}.onnx`, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
    });
    const { shape } = this.session.inputMetadata[0];
    this.feeds = { input: new Tensor('float32', floats(`${folder}/${network}.input`), shape) };
    this.fetches = Object.fromEntries(this.session.outputMetadata.map(({ name }) => [name, null]));
  }
  run() {
    return this.session.run(this.feeds, this.fetches, {});
  }
  round() {
    let best = Infinity;
    for (let run = 0; run < runsOfARound; ++run) {
      const start = process.cpuUsage();
      this.run();
      const { user, system } = process.cpuUsage(start);
      best = Math.min(best, (user + system) / 1000);
    }
    return best;
  }
}

function largestDifference(network, results) {
  let largest = 0;
  for (const [name, result] of Object.entries(results)) {
    const ours = floats(`${folder}/${network}.${name}`);
    const theirs = result.cpuData ?? result.data;
    if (ours.length !== theirs.length) throw new Error(`${network}: ${name} has ${theirs.length} values, ours ${ours.length}`);
    ours.forEach((value, i) => (largest = Math.max(largest, Math.abs(value - theirs[i]))));
  }
  return largest;
}

initOrt();
console.log(`| network | ms | ONNX Runtime ${version}, ms | time against it | largest difference of results |\n|---|---|---|---|---|`);
for (const network of ['detector', 'lite', 'full', 'heavy']) {
  const engine = startEngine(network);
  await engine.ready();
  const runtime = new Runtime(network);
  const difference = largestDifference(network, runtime.run());
  const ours = [];
  const theirs = [];
  for (let round = 0; round < Number(rounds); ++round) {
    ours.push(await engine.round());
    theirs.push(runtime.round());
  }
  engine.end();
  const ratio = median(ours.map((value, i) => value / theirs[i]));
  console.log(
    `| ${network} | ${median(ours).toFixed(2)} | ${median(theirs).toFixed(2)} | ${ratio.toFixed(2)} | ${difference.toExponential(1)} |`,
  );
  if (!(difference < tolerance)) {
    console.error(`${network}: ONNX Runtime does not agree with us`);
    process.exitCode = 1;
  }
}
