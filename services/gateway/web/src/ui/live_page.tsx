import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { exercises, voices } from '../gen/coach';
import {
  CameraError,
  closeCamera,
  facesUser,
  namedCameras,
  openCamera,
  type Camera,
  type CameraProblem,
} from '../media/camera';
import { onDeviceIsThere, openPoseFinder, type PoseFinder } from '../media/pose_finder';
import { workoutOf, type Workout } from '../model/workout';
import { LiveTraining } from '../training/live';
import { Voice } from '../voice';
import { usePage } from './context';
import { Heading } from './heading';
import { FramingPicture } from './icons';
import { KeyForm } from './key_form';
import { LinkMessage } from './link_message';
import { LivePanel } from './live_panel';
import { Stage } from './stage';
import { cameraWords, exerciseTitle, linkWords } from './words';
import { WorkoutView } from './workout_view';
import type { TextKey, Translate } from '../texts';

type Problem = CameraProblem | 'lost' | 'device';
type Step = 'setup' | 'training' | 'finishing';

interface LivePageProps {
  onWorkout: (workout: Workout) => void;
}

export function LivePage({ onWorkout }: LivePageProps) {
  const { settings, apiKey, t } = usePage();
  const [step, setStep] = useState<Step>('setup');
  const [cameraProblem, setCameraProblem] = useState<Problem | null>(null);
  const [workout, setWorkout] = useState<Workout | null>(null);
  const [mirrored, setMirrored] = useState(true);
  const [aspect, setAspect] = useState(4 / 3);
  const [, setTick] = useState(0);
  const video = useRef<HTMLVideoElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const stream = useRef<MediaStream | null>(null);
  const training = useRef<LiveTraining | null>(null);
  const poses = useRef<PoseFinder | null>(null);
  const whole = useRef<HTMLDivElement>(null);
  const startedAt = useRef(0);

  const stopCamera = useCallback(() => {
    if (stream.current) closeCamera(stream.current);
    stream.current = null;
  }, []);

  const leave = useCallback(() => {
    const ended = training.current;
    training.current = null;
    stopCamera();
    setStep('setup');
    if (!ended || ended.journal.skeletons.length === 0) return;
    const result = workoutOf(ended.journal, {
      startedAt: startedAt.current,
      source: 'live',
      name: '',
      language: ended.language,
      aspect: ended.aspect,
    });
    setWorkout(result);
    onWorkout(result);
  }, [onWorkout, stopCamera]);

  // Leaving the page ends everything.
  useEffect(
    () => () => {
      training.current?.abandon();
      stopCamera();
    },
    [stopCamera],
  );

  const start = async () => {
    setCameraProblem(null);
    setWorkout(null);
    setStep('training');
    try {
      const camera = await openCamera(settings.facing, settings.camera);
      stream.current = camera;
      const element = video.current;
      const canvas = overlay.current;
      if (!element || !canvas) {
        stopCamera();
        return;
      }
      element.srcObject = camera;
      await element.play();
      setAspect(element.videoWidth / element.videoHeight);
      const mirror = facesUser(camera, settings.facing);
      setMirrored(mirror);
      const finder =
        settings.onDevice && onDeviceIsThere ? (poses.current ?? (await openPoseFinder())) : null;
      if (finder) poses.current = finder;
      if (stream.current !== camera) return; // left meanwhile
      startedAt.current = Date.now();
      training.current = new LiveTraining(
        {
          video: element,
          overlay: canvas,
          mirrored: mirror,
          options: {
            delivery: 'live',
            expectedExercise: settings.exercise,
            language: settings.language,
            voice: settings.voice,
          },
          voice: settings.spoken ? new Voice(settings.language) : null,
          poses: finder,
          protocols: () => apiKey.protocols,
        },
        () => setTick((tick) => tick + 1),
      );
      camera.getVideoTracks()[0]?.addEventListener('ended', () => {
        setCameraProblem('lost');
        training.current?.finish();
      });
      setTick((tick) => tick + 1);
    } catch (error) {
      stopCamera();
      setStep('setup');
      setCameraProblem(error instanceof CameraError ? error.problem : 'device');
    }
  };

  const finish = () => {
    setStep('finishing');
    training.current?.finish();
  };

  const current = training.current;
  const link = current?.link;
  useEffect(() => {
    if (link?.state === 'done') leave();
  }, [link?.state, leave]);

  // A countdown runs while a connection is waited for; otherwise answers redraw the page.
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 500);
    return () => clearInterval(timer);
  }, []);

  useEffect(() => {
    if (step !== 'training') return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLElement && event.target.closest('button, select, input, a')) return;
      if (event.key === ' ') training.current?.pause(!training.current.paused);
      else if (event.key === 'f') toggleFullScreen(whole.current);
      else if (event.key === 'Escape' && !document.fullscreenElement) finish();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [step]);

  useScreenAwake(step === 'training');

  if (step === 'setup') {
    return (
      <>
        {cameraProblem && (
          <p class="message problem" role="alert">
            {problemText(cameraProblem, t)}
          </p>
        )}
        {workout ? (
          <WorkoutView
            workout={workout}
            actions={
              <button class="primary" onClick={() => void start()}>
                {t('again')}
              </button>
            }
          />
        ) : (
          <Setup onStart={() => void start()} />
        )}
      </>
    );
  }

  const stalled = current?.stalled ?? false;
  const troubled = stalled || link?.state === 'waiting' || link?.state === 'failed';
  const words =
    step === 'finishing'
      ? t('finishing')
      : stalled
        ? t('stalled')
        : link
          ? linkWords(link, t)
          : t(settings.onDevice && onDeviceIsThere ? 'loading' : 'starting');
  return (
    <div class="training live" ref={whole}>
      <Heading hidden>{t('liveTraining')}</Heading>
      <div class="picture">
        <Stage video={video} overlay={overlay} mirrored={mirrored} aspect={aspect} label={t('camera')}>
          {current?.paused && <p class="veil">{t('paused')}</p>}
        </Stage>
        <div class="actions">
          <button
            onClick={() => current?.pause(!current.paused)}
            disabled={!current || step === 'finishing'}
            aria-pressed={current?.paused ?? false}
          >
            {current?.paused ? t('resume') : t('pause')}
          </button>
          {document.fullscreenEnabled && (
            <button class="wide-only" onClick={() => toggleFullScreen(whole.current)}>
              {t('fullScreen')}
            </button>
          )}
          <button
            class="primary"
            onClick={link?.state === 'failed' ? leave : finish}
            disabled={step === 'finishing'}
          >
            {t('end')}
          </button>
        </div>
        <p class="fine keys">{t('keys')}</p>
      </div>
      <div class="side">
        <LinkMessage link={link} words={words} troubled={troubled} />
        <KeyForm link={link} onKey={() => current?.retry()} />
        {current && <LivePanel training={current} />}
      </div>
    </div>
  );
}

// From where somebody trains, a number must be as large as the screen allows.
function toggleFullScreen(element: HTMLElement | null) {
  // Where it is not allowed, all stays as it is.
  if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
  else element?.requestFullscreen().catch(() => undefined);
}

function problemText(problem: Problem, t: Translate): string {
  if (problem === 'lost') return t('cameraLost');
  return problem === 'device' ? t('onDeviceFailed') : cameraWords(problem, t);
}

function Setup({ onStart }: { onStart: () => void }) {
  const { settings, change, t } = usePage();
  const view = exercises.find(({ exercise }) => exercise === settings.exercise)?.view;
  const listed = (recognised: boolean) =>
    new Intl.ListFormat(settings.language).format(
      exercises
        .filter((one) => one.recognised === recognised)
        .map(({ exercise }) => exerciseTitle(exercise, settings.language)),
    );
  return (
    <section class="setup card">
      <div class="lead">
        <h1>{t('liveTitle')}</h1>
        <p>{t('liveLead')}</p>
        <button class="primary big" onClick={onStart}>
          {t('start')}
        </button>
        <div class="placing">
          <FramingPicture code={view ? TURN[view] : 'well_framed'} />
          <p class="fine">{t(view ? `place_${view}` : 'placeCamera')}</p>
        </div>
        <p class="fine">
          {t('recognises', { list: listed(true) })} {t('toChoose', { list: listed(false) })}
        </p>
      </div>
      <div class="choices">
        <ExerciseChoice />
        <label>
          {t('coachVoice')}
          <select value={settings.voice} onChange={(event) => change({ voice: event.currentTarget.value })}>
            {(voices[settings.language] ?? []).map((voice) => (
              <option key={voice} value={voice}>
                {voice in VOICE_NAMES ? t(VOICE_NAMES[voice] as TextKey) : voice}
              </option>
            ))}
          </select>
        </label>
        <CameraChoice />
        <label class="check">
          <input
            type="checkbox"
            checked={settings.spoken}
            onChange={(event) => change({ spoken: event.currentTarget.checked })}
          />
          {t('speak')}
        </label>
        {onDeviceIsThere && (
          <label class="check">
            <input
              type="checkbox"
              checked={settings.onDevice}
              onChange={(event) => change({ onDevice: event.currentTarget.checked })}
            />
            {t('onDevice')}
          </label>
        )}
        <p class="fine">{t(settings.onDevice && onDeviceIsThere ? 'onDeviceAbout' : 'privacy')}</p>
      </div>
    </section>
  );
}

const VOICE_NAMES: Record<string, TextKey> = {
  neutral: 'voice_neutral',
  hype: 'voice_hype',
  analyst: 'voice_analyst',
  drill: 'voice_drill',
  calm: 'voice_calm',
};

// The hint's picture of how to stand.
const TURN = { front: 'turn_to_front', side: 'turn_sideways', diagonal: 'turn_diagonally' } as const;

// Front or back, as phones have them; where there are several that have names, each of these too.
function CameraChoice() {
  const { settings, change, t } = usePage();
  const [cameras, setCameras] = useState<Camera[]>([]);
  useEffect(() => void namedCameras().then(setCameras), []);
  const choices = cameras.length > 1 ? cameras : [];
  const choose = (value: string) => {
    if (value === 'user' || value === 'environment') change({ facing: value, camera: '' });
    else change({ camera: value });
  };
  return (
    <label>
      {t('camera')}
      <select
        value={choices.some(({ id }) => id === settings.camera) ? settings.camera : settings.facing}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="user">{t('frontCamera')}</option>
        <option value="environment">{t('backCamera')}</option>
        {choices.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function ExerciseChoice() {
  const { settings, change, t } = usePage();
  return (
    <label>
      {t('exercise')}
      <select value={settings.exercise} onChange={(event) => change({ exercise: event.currentTarget.value })}>
        <option value="">{t('automatic')}</option>
        {exercises.map(({ exercise, title }) => (
          <option key={exercise} value={exercise}>
            {title[settings.language] ?? title['en']}
          </option>
        ))}
      </select>
    </label>
  );
}

// Phones must not go dark while somebody does push-ups before them.
function useScreenAwake(awake: boolean) {
  useEffect(() => {
    if (!awake || !('wakeLock' in navigator)) return undefined;
    const lock = navigator.wakeLock.request('screen').catch(() => null);
    return () => void lock.then((held) => held?.release());
  }, [awake]);
}
