// A training as one HTML file for people, which needs nothing else and loads nothing: the page of `trackfit report`, made of what
// the browser keeps.
import { render } from 'preact-render-to-string';
import style from '../../../../../libs/report/style.css?raw';
import { setsOf } from '../model/sets';
import type { Finding, Rep, WorkoutSet } from '../model/types';
import type { Workout } from '../model/workout';
import { labelsIn, type Labels } from './labels';
import { PoseTrack } from './poses';
import { SetSection } from './set_section';
import { clockTime, isOff } from './words';

const MOST_TO_WORK_ON = 3;
const MOST_NUMBERS = 12; // of repetitions in a sentence

function Tiles({ sets, labels: { of } }: { sets: WorkoutSet[]; labels: Labels }) {
  const sum = (value: (set: WorkoutSet) => number) => sets.reduce((total, set) => total + value(set), 0);
  const [repetitions, partial] = [sum((set) => set.repetitions), sum((set) => set.partial)];
  const all = repetitions + partial;
  const score = sum((set) => set.score * (set.repetitions + set.partial)) / all;
  const counted = of(repetitions === 1 ? 'repetition' : 'repetitions');
  const seconds = (ms: number) => of('{n} s', { n: (ms / 1000).toFixed(0) });
  const heldMs = Math.max(...sets.map((set) => set.heldMs));
  const tiles = [
    [
      String(repetitions),
      partial > 0 ? of('{repetitions}, {n} partial', { repetitions: counted, n: partial }) : counted,
    ],
    [of('{part} of {whole}', { part: sum((set) => set.correct), whole: all }), of('correct')],
    [score.toFixed(0), of('mean score of 100')],
    [String(sets.length), of(sets.length === 1 ? 'set' : 'sets')],
    [seconds(sum((set) => set.tensionMs)), of('under tension')],
    ...(heldMs > 0 ? [[seconds(heldMs), of('longest hold')]] : []),
  ];
  return (
    <div class="tiles">
      {tiles.map(([value, words]) => (
        <div key={words} class="tile">
          <b>{value}</b>
          <span>{words}</span>
        </div>
      ))}
    </div>
  );
}

// A condition over all sets of an exercise.
interface Condition {
  title: string;
  text: string; // the latest sentence about it
  judged: number;
  slightly: number;
  clearly: number;
  offIn: Map<number, number[]>; // by set, numbers of repetitions
}

function conditionsOf(reps: Rep[]): Condition[] {
  const conditions = new Map<string, Condition>();
  const add = (rep: Rep, { code, title, level, text }: Finding) => {
    const key = `${rep.exercise} ${code}`;
    const condition = conditions.get(key) ?? {
      title,
      text: '',
      judged: 0,
      slightly: 0,
      clearly: 0,
      offIn: new Map<number, number[]>(),
    };
    conditions.set(key, condition);
    if (level !== 'unseen') ++condition.judged;
    if (level === 'clearly') ++condition.clearly;
    if (level === 'slightly') ++condition.slightly;
    if (!isOff({ level })) return;
    condition.text = text || condition.text;
    condition.offIn.set(rep.set, [...(condition.offIn.get(rep.set) ?? []), rep.number]);
  };
  for (const rep of reps) for (const finding of rep.findings) add(rep, finding);
  return [...conditions.values()];
}

const weight = ({ judged, slightly, clearly }: Condition) => (2 * clearly + slightly) / Math.max(1, judged);

// "Depth: off in 3 of 10, 2 clearly; repetitions 7, 8, 9 of set 1"
function offWords({ title, judged, slightly, clearly, offIn }: Condition, { of }: Labels): string {
  const kind = clearly === 0 ? of(', slightly') : slightly > 0 ? of(', {n} clearly', { n: clearly }) : '';
  const sets = [...offIn].map(([set, numbers]) =>
    of(numbers.length === 1 ? 'repetition {numbers} of set {set}' : 'repetitions {numbers} of set {set}', {
      numbers: numbers.slice(0, MOST_NUMBERS).join(', ') + (numbers.length > MOST_NUMBERS ? ', ...' : ''),
      set,
    }),
  );
  const off = of('{title}: off in {off} of {judged}', { title, off: slightly + clearly, judged });
  return [off + kind, ...sets].join('; ');
}

function Overview({ reps, labels }: { reps: Rep[]; labels: Labels }) {
  const conditions = conditionsOf(reps).sort((a, b) => weight(b) - weight(a));
  const off = conditions.filter(({ offIn }) => offIn.size > 0).slice(0, MOST_TO_WORK_ON);
  const lists = [
    {
      title: 'Fine in every repetition',
      style: 'good',
      of: conditions.filter(({ judged, offIn }) => judged > 0 && offIn.size === 0),
    },
    {
      title: 'What the camera did not show',
      style: 'unseen',
      of: conditions.filter(({ judged }) => judged === 0),
    },
  ].filter((list) => list.of.length > 0);
  return (
    <div class="overview">
      {off.length > 0 && (
        <div>
          <h2>{labels.of('What to work on')}</h2>
          <ol class="change">
            {off.map((condition) => (
              <li key={condition.title}>
                <strong>{condition.text || condition.title}</strong>
                <span>{offWords(condition, labels)}</span>
              </li>
            ))}
          </ol>
        </div>
      )}
      {lists.length > 0 && (
        <div>
          {lists.map(({ title, style: name, of }) => (
            <>
              <h2>{labels.of(title)}</h2>
              <ul class="tags">
                {of.map((condition) => (
                  <li key={condition.title} class={name}>
                    {condition.title}
                  </li>
                ))}
              </ul>
            </>
          ))}
        </div>
      )}
    </div>
  );
}

// What the coach said during the session, in order.
function Sentences({ workout, labels: { of } }: { workout: Workout; labels: Labels }) {
  const said = workout.sayings.filter(({ kind }) => kind !== 'notice');
  if (said.length === 0) return null;
  return (
    <section>
      <h2>{of('What the coach said')}</h2>
      <table class="said">
        <tbody>
          {said.map(({ kind, text, timeMs }, i) => (
            <tr key={i}>
              <td>{clockTime(timeMs - workout.startMs)}</td>
              <td>{of(kind === 'hint' ? 'Camera' : 'Coach')}</td>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Notices({ workout, labels }: { workout: Workout; labels: Labels }) {
  const notices = workout.sayings.filter(({ kind }) => kind === 'notice');
  if (notices.length === 0) return null;
  return (
    <section>
      <h2>{labels.of('Notices')}</h2>
      <ul>
        {notices.map(({ text }, i) => (
          <li key={i}>{text}</li>
        ))}
      </ul>
    </section>
  );
}

const TERMS =
  'Out is the way from the start of a repetition to its turning point, back the way from there. A repetition is correct when it is ' +
  'complete and no condition is clearly off; its score falls with how far conditions are off. What camera and view do not show is not ' +
  'judged, and shown as –.';
const LIMITS =
  'Measured by TrackFit in the video of one camera. It knows nothing of weights, pain or injuries, and is no medical advice.';
const NOTHING =
  'No repetition was counted. Was the whole body in the picture, and was it an exercise that the coach knows?';

function Report({ workout, labels }: { workout: Workout; labels: Labels }) {
  const sets = setsOf(workout.reps);
  const poses = new PoseTrack(workout.skeletons, workout.aspect);
  const title = labels.of('Training report');
  const about = [
    workout.name ||
      new Date(workout.startedAt).toLocaleString(labels.language, { dateStyle: 'long', timeStyle: 'short' }),
    labels.of('{time} long', { time: clockTime(workout.endMs - workout.startMs) }),
    labels.of('{n} frames', { n: workout.skeletons.length }),
    ...new Set(sets.map((set) => set.title)),
  ];
  return (
    <html lang={labels.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <header class="page">
          <h1>{title}</h1>
          <p>{about.join(' · ')}</p>
        </header>
        <main>
          {sets.length === 0 ? (
            <p class="empty">{labels.of(NOTHING)}</p>
          ) : (
            <>
              <Tiles sets={sets} labels={labels} />
              <Overview reps={workout.reps} labels={labels} />
            </>
          )}
          {sets.map((set) => (
            <SetSection
              key={set.set}
              set={set}
              reps={workout.reps.filter((rep) => rep.set === set.set)}
              poses={poses}
              labels={labels}
            />
          ))}
          <Sentences workout={workout} labels={labels} />
          <Notices workout={workout} labels={labels} />
        </main>
        <footer>
          <p>{labels.of(TERMS)}</p>
          <p>{labels.of(LIMITS)}</p>
        </footer>
      </body>
    </html>
  );
}

// `language`: of trainings that do not say theirs.
export function reportOf(workout: Workout, language: string): string {
  const labels = labelsIn(workout.language ?? language);
  return `<!DOCTYPE html>\n${render(<Report workout={workout} labels={labels} />)}\n`;
}
