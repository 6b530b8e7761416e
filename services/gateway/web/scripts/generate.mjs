// Writes src/gen: the contract's messages in TypeScript, what the coach knows, by name and title, and, where the BlazePose
// weights are, the networks that find skeletons in the browser.
// PROTOC names another protoc than the PATH's.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { storedZip, withNormalization } from './pose_task.mjs';

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const repository = join(web, '../../..');
const gen = join(web, 'src/gen');
mkdirSync(gen, { recursive: true });

try {
  execFileSync(
    process.env.PROTOC ?? 'protoc',
    [
      `--plugin=protoc-gen-es=${join(web, 'node_modules/.bin/protoc-gen-es')}`,
      `--es_out=${gen}`,
      '--es_opt=target=ts',
      `-I${join(repository, 'proto')}`,
      ...['common', 'coaching', 'gateway'].map((name) => `trackfit/v1/${name}.proto`),
    ],
    { stdio: 'inherit' },
  );
} catch (error) {
  console.error(`The contract could not be compiled (${error.message}); tools/setup installs protoc.`);
  process.exit(1);
}

const yamlFiles = (folder) =>
  readdirSync(join(repository, folder))
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => parse(readFileSync(join(repository, folder, name), 'utf8')));
const vocabulary = parse(readFileSync(join(repository, 'libs/exercises/vocabulary.yaml'), 'utf8'));
const named = new Set(vocabulary.exercises.map(({ name }) => name));
const exercises = yamlFiles('deploy/exercises').map(({ exercise, title, best_view: view }) => ({
  exercise,
  title,
  view,
  recognised: named.has(exercise),
}));
const voices = Object.fromEntries(
  yamlFiles('deploy/exercises/voices').map((file) => [file.language, Object.keys(file.voices)]),
);
writeFileSync(
  join(gen, 'coach.ts'),
  `export const exercises: {
  exercise: string;
  title: Record<string, string>;
  view: 'front' | 'side' | 'diagonal'; // from where it is seen best
  recognised: boolean; // by models; others are to be chosen
}[] = ${JSON.stringify(exercises)};
export const voices: Record<string, string[]> = ${JSON.stringify(voices)};
`,
);

const weights = join(repository, 'deploy/models/blazepose');
const weight = (name) => readFileSync(join(weights, `${name}.tflite`));
if (existsSync(join(weights, 'pose_landmark_lite.tflite'))) {
  const bundle = storedZip({
    'pose_detector.tflite': withNormalization(weight('pose_detection'), 127.5, 127.5),
    'pose_landmarks_detector.tflite': withNormalization(weight('pose_landmark_lite'), 0, 255),
  });
  writeFileSync(join(gen, 'pose_landmarker_lite.task'), bundle);
}
