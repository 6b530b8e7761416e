// What is known while somebody trains: count, phase, tempo, advice.
import type { LiveTraining } from '../training/live';
import { usePage } from './context';
import { FramingPicture } from './icons';
import { clock, repVerdict, repWord, seconds, verdictTitle } from './words';

const ADVICE_MS = 12_000; // how long a sentence stands
const REST_MS = 8_000; // after a repetition, from which on somebody rests

export function LivePanel({ training }: { training: LiveTraining }) {
  const { settings, t } = usePage();
  const { journal } = training;
  const last = journal.lastRep;
  const held = last && last.heldMs > 0;
  const title = last
    ? last.title
    : journal.verdict?.known
      ? verdictTitle(journal.verdict, t, settings.language)
      : '';
  const advice = journal.sayings.findLast(({ kind }) => kind === 'advice');
  const current = advice && journal.timeMs - advice.timeMs < ADVICE_MS ? advice.text : null;
  const hint = training.seesNobody ? { code: 'nobody', text: t('nobody') } : journal.hints.at(-1);
  const lag = training.lag(0.5);
  const restMs = last ? training.timeMs - last.endMs : 0;
  return (
    <>
      <div class="counter card">
        <p class="exercise">{title || t('getReady')}</p>
        <div class="number">
          <PhaseBar phase={training.phase} />
          <b class={last ? repVerdict(last) : ''} data-testid="count">
            {held ? seconds(last.heldMs) : journal.count}
          </b>
          <span>
            {held ? t('secondsHeld') : t('repetitionsWord')}
            {last && <em class={`chip ${repVerdict(last)}`}>{repWord(last, t)}</em>}
          </span>
        </div>
        {restMs >= REST_MS && (
          <p class="rest" role="timer">
            {t('rest')} <b>{clock(restMs)}</b>
          </p>
        )}
        {last && !held && restMs < REST_MS && (
          <Tempo out={last.loweringMs} pause={last.pauseMs} back={last.liftingMs} />
        )}
        <p class="fine">
          {[
            last && t('setNumber', { n: last.set }),
            journal.verdict?.formScore != null &&
              t('formScore', { n: Math.round(journal.verdict.formScore) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <p class="visually-hidden" role="status">
          {last ? `${title}: ${t('repetitions', { n: journal.count })}, ${repWord(last, t)}` : null}
        </p>
      </div>
      <div class="said" aria-live="polite">
        {current && (
          <div class="card advice">
            <p>
              <b>{t('advice')}</b> {current}
            </p>
          </div>
        )}
        {hint && (
          <div class="card hint">
            <FramingPicture code={hint.code} />
            <p>
              <b>{t('cameraHint')}</b> {hint.text}
            </p>
          </div>
        )}
      </div>
      {lag !== null && (
        <p class="fine" data-p50={lag} data-p95={training.lag(0.95)} data-testid="statistics">
          {t('statistics', { fps: Math.round(training.rate), ms: Math.round(lag) })}
        </p>
      )}
    </>
  );
}

// Rises from rest to the turning point; a notch says where the last repetition turned.
function PhaseBar({ phase }: { phase: number | null }) {
  const { t } = usePage();
  const filled = Math.round((phase ?? 0) * 100);
  return (
    <div
      class="phase"
      role="meter"
      aria-label={t('phase')}
      aria-valuemin={0}
      aria-valuemax={115}
      aria-valuenow={filled}
    >
      <i style={{ height: `${filled / 1.15}%` }} class={filled > 96 ? 'full' : ''} />
    </div>
  );
}

function Tempo({ out, pause, back }: { out: number; pause: number; back: number }) {
  const { t } = usePage();
  const parts = [
    { name: 'out', ms: out, word: t('tempoOut') },
    { name: 'pause', ms: pause, word: t('tempoPause') },
    { name: 'back', ms: back, word: t('tempoBack') },
  ];
  return (
    <div class="tempo" role="group" aria-label={t('tempo')}>
      {parts.map(({ name, ms, word }) => (
        <span key={name} class={name} style={{ flexGrow: Math.max(200, ms) }}>
          {t('unit_seconds', { n: seconds(ms) })} <small>{word}</small>
        </span>
      ))}
    </div>
  );
}
