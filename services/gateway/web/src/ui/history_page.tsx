import { useState } from 'preact/hooks';
import { progressOf, type History } from '../history';
import { setsOf } from '../model/sets';
import { exported, type Workout } from '../model/workout';
import { usePage } from './context';
import { download } from './download';
import { Heading } from './heading';
import { ProgressChart } from './progress_chart';
import { clock, when } from './words';
import { WorkoutView } from './workout_view';

interface HistoryPageProps {
  history: History | null;
  workouts: Workout[] | null; // null: this browser keeps none
  onRemove: (id: string) => void;
  onClear: () => void;
}

export function HistoryPage({ history, workouts, onRemove, onClear }: HistoryPageProps) {
  const { settings, t } = usePage();
  const [workout, setWorkout] = useState<Workout | null>(null);
  const [sure, setSure] = useState(false);
  const [changed, setChanged] = useState(0); // what had the focus is gone
  const exportAll = async () => {
    const whole = [];
    for (const entry of workouts ?? []) whole.push((await history?.whole(entry)) ?? entry);
    download('trackfit-trainings.json', exported(whole));
  };
  if (workout) {
    return (
      <WorkoutView
        workout={workout}
        actions={
          <button
            class="primary"
            onClick={() => {
              setWorkout(null);
              setChanged(changed + 1);
            }}
          >
            {t('back')}
          </button>
        }
      />
    );
  }
  return (
    <article class="history">
      <header>
        <div>
          {changed ? <Heading key={changed}>{t('historyTitle')}</Heading> : <h1>{t('historyTitle')}</h1>}
          <p>{t('historyLead')}</p>
        </div>
        {workouts && workouts.length > 0 && (
          <div class="actions">
            <button onClick={() => void exportAll()}>{t('exportAll')}</button>
            <button
              class="danger"
              onClick={() => {
                if (sure) {
                  onClear();
                  setChanged(changed + 1);
                }
                setSure(!sure);
              }}
              onBlur={() => setSure(false)}
            >
              {sure ? t('removeAllSure') : t('removeAll')}
            </button>
          </div>
        )}
      </header>
      {!workouts && <p class="message problem">{t('historyUnavailable')}</p>}
      {workouts?.length === 0 && <p class="card empty">{t('historyEmpty')}</p>}
      {workouts && <Progress workouts={workouts} />}
      {workouts && workouts.length > 0 && (
        <ul class="workouts">
          {workouts.map((entry) => (
            <li key={entry.id} class="card">
              <Line workout={entry} />
              <button onClick={() => void history?.whole(entry).then(setWorkout)}>{t('open')}</button>
              <button
                onClick={() => {
                  onRemove(entry.id);
                  setChanged(changed + 1);
                }}
              >
                {t('remove')}
              </button>
            </li>
          ))}
        </ul>
      )}
    </article>
  );

  function Line({ workout: entry }: { workout: Workout }) {
    const sets = setsOf(entry.reps);
    const titles = [...new Set(sets.map(({ title }) => title))].join(', ') || t('verdictUnknown');
    const repetitions = sets.reduce((sum, set) => sum + set.repetitions, 0);
    return (
      <p>
        <b>{titles}</b> {t('repetitions', { n: repetitions })}
        <span class="fine">
          {when(entry.startedAt, settings.language)} · {clock(entry.endMs - entry.startMs)}{' '}
          {entry.name && `· ${entry.name}`}
        </span>
      </p>
    );
  }
}

function Progress({ workouts }: { workouts: Workout[] }) {
  const { t } = usePage();
  const progress = progressOf(workouts).filter(({ points }) => points.length > 1);
  if (progress.length === 0) return null;
  return (
    <section class="card">
      <h2>{t('progressTitle')}</h2>
      {progress.map(({ exercise, title, points }) => (
        <div class="progress-row" key={exercise}>
          <h3>{title}</h3>
          <ProgressChart
            what={t('progressReps')}
            exercise={title}
            points={points.map(({ startedAt, repetitions }) => ({ at: startedAt, value: repetitions }))}
          />
          <ProgressChart
            what={t('progressRange')}
            exercise={title}
            points={points.map(({ startedAt, range }) => ({ at: startedAt, value: range * 100 }))}
          />
          <ProgressChart
            what={t('progressScore')}
            exercise={title}
            points={points.map(({ startedAt, score }) => ({ at: startedAt, value: score }))}
          />
        </div>
      ))}
    </section>
  );
}
