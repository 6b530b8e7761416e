// A recording to look at: the video where there is one, the skeleton, and a timeline of what was counted.
import { useCallback, useEffect, useImperativeHandle, useRef, useState } from 'preact/hooks';
import type { Ref } from 'preact';
import { contain } from '../model/geometry';
import { skeletonAt, watchedAt, type Workout } from '../model/workout';
import { usePage } from './context';
import { drawSkeleton } from './skeleton';
import { Stage } from './stage';
import { clock, repVerdict, repWord } from './words';

export interface ReplayControl {
  show(timeMs: number): void;
}

interface ReplayProps {
  workout: Workout;
  videoUrl: string | null; // of the file that was analysed; null: the skeleton alone
  control: Ref<ReplayControl>;
}

export function Replay({ workout, videoUrl, control }: ReplayProps) {
  const { t } = usePage();
  const [timeMs, setTimeMs] = useState(workout.startMs);
  const [playing, setPlaying] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const at = useRef(timeMs);
  at.current = timeMs;

  const draw = useCallback(() => {
    const canvas = overlay.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const place = contain({ width: workout.aspect, height: 1 }, canvas);
    const skeleton = skeletonAt(workout.skeletons, at.current);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (skeleton) drawSkeleton(context, place, skeleton.joints, watchedAt(workout, at.current));
  }, [workout]);
  useEffect(draw, [draw, timeMs]);

  useEffect(() => {
    if (videoUrl && video.current) video.current.src = videoUrl;
  }, [videoUrl]);

  const seek = useCallback(
    (ms: number) => {
      const within = Math.min(workout.endMs, Math.max(workout.startMs, ms));
      if (videoUrl && video.current) video.current.currentTime = within / 1000 + 1e-3;
      setTimeMs(within);
    },
    [videoUrl, workout],
  );
  const show = useCallback(
    (ms: number) => {
      setPlaying(false);
      seek(ms);
      box.current?.scrollIntoView({ block: 'nearest' });
    },
    [seek],
  );
  useImperativeHandle(control, () => ({ show }), [show]);

  useEffect(() => {
    if (!playing) return undefined;
    const element = videoUrl ? video.current : null;
    const begin = performance.now() - at.current;
    let frame = 0;
    const step = () => {
      const now = element ? element.currentTime * 1000 : performance.now() - begin;
      setTimeMs(Math.min(now, workout.endMs));
      if (now >= workout.endMs || element?.ended) setPlaying(false);
      else frame = requestAnimationFrame(step);
    };
    const start = () => (frame = requestAnimationFrame(step));
    if (element) element.play().then(start, () => setPlaying(false));
    else start();
    return () => {
      cancelAnimationFrame(frame);
      element?.pause();
    };
  }, [playing, videoUrl, workout]);

  const toggle = () => {
    if (!playing && timeMs >= workout.endMs - 50) seek(workout.startMs);
    setPlaying(!playing);
  };
  return (
    <div class="replay" ref={box}>
      <Stage video={video} overlay={overlay} aspect={workout.aspect} label={workout.name} onResize={draw} />
      <div class="transport">
        <button onClick={toggle}>{playing ? t('stop') : t('play')}</button>
        <div class="track">
          <Timeline workout={workout} onShow={show} />
          <input
            type="range"
            min={workout.startMs}
            max={workout.endMs}
            step={1}
            value={timeMs}
            aria-label={t('position')}
            aria-valuetext={clock(timeMs - workout.startMs)}
            onInput={(event) => {
              setPlaying(false);
              seek(Number(event.currentTarget.value));
            }}
          />
        </div>
        <span class="clock">
          {clock(timeMs - workout.startMs)} / {clock(workout.endMs - workout.startMs)}
        </span>
      </div>
      {!videoUrl && <p class="fine">{t('skeletonOnly')}</p>}
    </div>
  );
}

function Timeline({ workout, onShow }: { workout: Workout; onShow: (timeMs: number) => void }) {
  const { t } = usePage();
  const span = Math.max(1, workout.endMs - workout.startMs);
  const share = (ms: number) => `${((ms - workout.startMs) / span) * 100}%`;
  return (
    <div class="timeline" role="group" aria-label={t('timeline')}>
      {workout.reps.map((rep) => (
        <button
          key={`${rep.set}-${rep.number}`}
          class={repVerdict(rep)}
          style={{ left: share(rep.startMs), width: `${((rep.endMs - rep.startMs) / span) * 100}%` }}
          aria-label={`${rep.title}, ${t('setNumber', { n: rep.set })}, ${t('repetitionNumber', { n: rep.number })}: ${repWord(rep, t)}`}
          title={`${t('repetitionNumber', { n: rep.number })}: ${repWord(rep, t)}`}
          onClick={() => onShow(rep.startMs)}
        >
          {rep.number}
        </button>
      ))}
    </div>
  );
}
