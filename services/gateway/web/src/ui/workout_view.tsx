// What came of a training: totals, what to work on, sets, every repetition, the recording.
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { setsOf, worstFindings } from '../model/sets';
import type { Finding, Rep, WorkoutSet } from '../model/types';
import { exported, timeOf, type Workout } from '../model/workout';
import { usePage } from './context';
import { download } from './download';
import { Heading } from './heading';
import { Replay, type ReplayControl } from './replay';
import { clock, measuredLine, repVerdict, repWord, seconds, verdictTitle, when } from './words';

interface WorkoutViewProps {
  workout: Workout;
  videoUrl?: string | null;
  actions?: ComponentChildren;
}

const WORST = 3;

export function WorkoutView({ workout, videoUrl = null, actions }: WorkoutViewProps) {
  const { settings, t } = usePage();
  const replay = useRef<ReplayControl>(null);
  const sets = setsOf(workout.reps);
  const worst = worstFindings(sets, WORST);
  const show = (timeMs: number) => replay.current?.show(timeMs);
  const showSequence = (sequence: number) => show(timeOf(workout, sequence));
  // The repetition in which a condition was furthest off is where to look at it.
  const showCode = (code: string) => {
    const found = workout.reps
      .flatMap(({ findings }) => findings)
      .filter(
        (finding) => finding.code === code && (finding.level === 'clearly' || finding.level === 'slightly'),
      )
      .sort((a, b) => Number(b.level === 'clearly') - Number(a.level === 'clearly'))[0];
    if (found) showSequence(found.sequence);
  };
  return (
    <article class="workout">
      <header>
        <div>
          <p class="fine">{workout.name || when(workout.startedAt, settings.language)}</p>
          <Heading>{titleOf(workout, sets, t, settings.language)}</Heading>
          {workout.overall?.known && (
            <p class="fine" data-testid="verdict" data-exercise={workout.overall.exercise}>
              {t('sure', { n: Math.round(workout.overall.confidence * 100) })}
            </p>
          )}
        </div>
        <div class="actions">
          {actions}
          <button onClick={() => void saveReport(workout, settings.language)}>{t('saveReport')}</button>
          <button onClick={() => download(`${fileName(workout)}.json`, exported([workout]))}>
            {t('save')}
          </button>
        </div>
      </header>
      {!workout.complete && <p class="message problem">{t('incomplete')}</p>}
      <Tiles workout={workout} sets={sets} />
      <div class="columns">
        <div>
          <section class="card">
            <Replay workout={workout} videoUrl={videoUrl} control={replay} />
          </section>
          <Said workout={workout} />
        </div>
        <div>
          {workout.reps.length === 0 ? (
            <section class="card">
              <h2>{t('nothingCounted')}</h2>
              <p>{t('nothingCountedHint')}</p>
            </section>
          ) : (
            <section class="card first">
              <h2>{t('workOn')}</h2>
              {worst.length === 0 && <p>{t('nothingOff')}</p>}
              <ol class="work-on">
                {worst.map((finding) => (
                  <li key={finding.code}>
                    <button
                      onClick={() => showCode(finding.code)}
                      title={t('showMoment', { what: finding.title })}
                    >
                      <b>{finding.text || finding.title}</b>
                      <span>
                        {t('workOnLine', { what: finding.title, off: finding.off, judged: finding.judged })}
                      </span>
                    </button>
                  </li>
                ))}
              </ol>
            </section>
          )}
          {sets.map((set) => (
            <SetCard
              key={set.set}
              set={set}
              reps={workout.reps.filter((rep) => rep.set === set.set)}
              onShow={show}
              onShowSequence={showSequence}
            />
          ))}
        </div>
      </div>
    </article>
  );
}

// trackfit-2026-03-01-18-30: in order of time when sorted by name
function fileName({ startedAt }: Workout): string {
  const local = new Date(startedAt - new Date(startedAt).getTimezoneOffset() * 60_000);
  return `trackfit-${local.toISOString().slice(0, 16).replace(/[T:]/g, '-')}`;
}

async function saveReport(workout: Workout, language: string) {
  const loaded = await import('../report/report').catch(() => null);
  if (!loaded) return; // which the page tells
  download(`${fileName(workout)}.html`, loaded.reportOf(workout, language));
}

function titleOf(
  workout: Workout,
  sets: WorkoutSet[],
  t: ReturnType<typeof usePage>['t'],
  language: string,
): string {
  if (workout.overall?.known) return verdictTitle(workout.overall, t, language);
  const titles = [...new Set(sets.map(({ title }) => title))];
  return titles.length ? titles.join(', ') : t('verdictUnknown');
}

function Tiles({ workout, sets }: { workout: Workout; sets: WorkoutSet[] }) {
  const { t } = usePage();
  const sum = (of: (set: WorkoutSet) => number) => sets.reduce((total, set) => total + of(set), 0);
  const repetitions = sum((set) => set.repetitions);
  const all = workout.reps.length;
  const score = workout.reps.reduce((total, rep) => total + rep.score, 0) / all;
  const tiles = [
    { key: 'repetitions', value: String(repetitions), word: t('repetitionsWord') },
    ...(all
      ? [
          { key: 'correct', value: `${sum((set) => set.correct)}/${all}`, word: t('correctOf') },
          { key: 'score', value: score.toFixed(0), word: t('meanScore') },
        ]
      : []),
    { key: 'time', value: clock(workout.endMs - workout.startMs), word: t('totalTime') },
  ];
  return (
    <div class="tiles">
      {tiles.map(({ key, value, word }) => (
        <p class="tile card" key={key}>
          <b data-testid={key}>{value}</b> <span>{word}</span>
        </p>
      ))}
    </div>
  );
}

interface SetCardProps {
  set: WorkoutSet;
  reps: Rep[];
  onShow: (timeMs: number) => void;
  onShowSequence: (sequence: number) => void;
}

function SetCard({ set, reps, onShow, onShowSequence }: SetCardProps) {
  const { t } = usePage();
  const facts = [
    set.heldMs > 0 ? t('hold', { n: seconds(set.heldMs) }) : t('repetitions', { n: set.repetitions }),
    set.partial > 0 && t('partialLine', { n: set.partial }),
    t('correctLine', { n: set.correct }),
    set.restMs > 0 && t('restLine', { n: Math.round(set.restMs / 1000) }),
  ];
  return (
    <section class="card">
      <h2>
        {t('setNumber', { n: set.set })}: {set.title}
      </h2>
      <p class="fine">{facts.filter(Boolean).join(' · ')}</p>
      <ol class="reps">
        {reps.map((rep) => (
          <li key={rep.number}>
            <button class="rep" onClick={() => onShow(rep.startMs)}>
              <b>{rep.number}</b>
              <em class={`chip ${repVerdict(rep)}`}>{repWord(rep, t)}</em>
              <span>
                {rep.heldMs > 0
                  ? t('hold', { n: seconds(rep.heldMs) })
                  : t('rangeLine', { s: seconds(rep.endMs - rep.startMs), n: Math.round(rep.range * 100) })}
              </span>
            </button>
            {rep.findings.filter(isOff).map((finding) => (
              <button
                key={finding.code}
                class={`finding ${finding.level}`}
                onClick={() => onShowSequence(finding.sequence)}
                title={t('showMoment', { what: finding.title })}
              >
                <b>{finding.text || finding.title}</b>{' '}
                <span>
                  {finding.title}: {measuredLine(finding, t)}
                </span>
              </button>
            ))}
          </li>
        ))}
      </ol>
    </section>
  );
}

const isOff = ({ level }: Finding) => level === 'slightly' || level === 'clearly';

function Said({ workout }: { workout: Workout }) {
  const { t } = usePage();
  if (workout.sayings.length === 0) return null;
  return (
    <section class="card">
      <h2>{t('said')}</h2>
      <ul class="sayings" lang={workout.language}>
        {workout.sayings.map(({ kind, text, timeMs }, i) => (
          <li key={i} class={kind}>
            <span class="clock">{clock(timeMs - workout.startMs)}</span>
            <span>{text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
