import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { loadVideo } from '../media/video_file';
import { workoutOf, type Workout } from '../model/workout';
import { FileAnalysis } from '../training/file';
import { usePage } from './context';
import { Heading } from './heading';
import { KeyForm } from './key_form';
import { LinkMessage } from './link_message';
import { ExerciseChoice } from './live_page';
import { Stage } from './stage';
import { clock, linkWords } from './words';
import { WorkoutView } from './workout_view';

interface FilePageProps {
  onWorkout: (workout: Workout) => void;
}

interface Done {
  workout: Workout;
  url: string;
}

export function FilePage({ onWorkout }: FilePageProps) {
  const { settings, apiKey, t } = usePage();
  const [file, setFile] = useState<File | null>(null);
  const [unreadable, setUnreadable] = useState('');
  const [done, setDone] = useState<Done | null>(null);
  const [aspect, setAspect] = useState(16 / 9);
  const [, setTick] = useState(0);
  const video = useRef<HTMLVideoElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const analysis = useRef<FileAnalysis | null>(null);
  const url = useRef<string | null>(null);

  const forget = useCallback(() => {
    analysis.current?.abandon();
    analysis.current = null;
    if (url.current) URL.revokeObjectURL(url.current);
    url.current = null;
  }, []);
  useEffect(() => forget, [forget]);

  const choose = (chosen: File | null | undefined) => {
    if (!chosen) return;
    forget();
    setUnreadable('');
    setDone(null);
    setFile(chosen);
  };

  const begin = useCallback(async () => {
    const [element, canvas] = [video.current, overlay.current];
    if (!file || !element || !canvas) return;
    try {
      url.current = await loadVideo(element, file);
    } catch {
      setUnreadable(file.name);
      setFile(null);
      return;
    }
    setAspect(element.videoWidth / element.videoHeight);
    analysis.current = new FileAnalysis(
      file,
      element,
      canvas,
      {
        delivery: 'lossless',
        expectedExercise: settings.exercise,
        language: settings.language,
        voice: settings.voice,
      },
      () => apiKey.protocols,
      () => setTick((tick) => tick + 1),
    );
    setTick((tick) => tick + 1);
  }, [file, settings, apiKey]);

  // The elements that it needs are there once the file is chosen.
  useEffect(() => {
    if (file && !analysis.current) void begin();
  }, [file, begin]);

  const current = analysis.current;
  const link = current?.link;
  useEffect(() => {
    if (link?.state !== 'done' || !current || !file || !url.current) return;
    const workout = workoutOf(current.journal, {
      startedAt: Date.now(),
      source: 'file',
      name: file.name,
      language: current.language,
      aspect,
    });
    setDone({ workout, url: url.current });
    analysis.current = null;
    setFile(null);
    onWorkout(workout);
  }, [link?.state, current, file, aspect, onWorkout]);

  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 500);
    return () => clearInterval(timer);
  }, []);

  if (done) {
    return (
      <WorkoutView
        workout={done.workout}
        videoUrl={done.url}
        actions={<FileButton onChoose={choose} label={t('otherFile')} />}
      />
    );
  }
  if (!file) {
    return (
      <section class="setup card">
        <Drop onDrop={choose}>
          <h1>{t('fileTitle')}</h1>
          <p>{t('fileLead')}</p>
          {unreadable && (
            <p class="message problem" role="alert">
              {t('fileUnreadable', { name: unreadable })}
            </p>
          )}
          <FileButton onChoose={choose} label={t('chooseFile')} primary />
          <p class="fine">{t('dropFile')}</p>
        </Drop>
        <div class="choices">
          <ExerciseChoice />
        </div>
      </section>
    );
  }
  const again = () => {
    forget();
    void begin();
  };
  const words = link ? linkWords(link, t) : '';
  const percent = Math.round((current?.progress ?? 0) * 100);
  return (
    <div class="training">
      <Stage video={video} overlay={overlay} aspect={aspect} label={file.name} />
      <div class="side">
        <div class="file-name">
          <Heading>{t('analysing', { name: file.name })}</Heading>
        </div>
        <LinkMessage link={link} words={words} troubled={link?.state !== 'connecting'} />
        <KeyForm link={link} onKey={again} />
        <progress max={100} value={percent} aria-label={t('analysing', { name: file.name })} />
        <p class="fine">{t('progress', { n: percent, time: clock(current?.remainingMs ?? 0) })}</p>
        <div class="counter card">
          <p class="exercise">{current?.journal.lastRep?.title ?? t('getReady')}</p>
          <div class="number">
            <b data-testid="count">{current?.journal.count ?? 0}</b>
            <span>{t('repetitionsWord')}</span>
          </div>
        </div>
        <div class="actions">
          {link?.state === 'failed' && (
            <button class="primary" onClick={again}>
              {t('retry')}
            </button>
          )}
          <button
            onClick={() => {
              if (link?.state === 'open') {
                current?.finish();
              } else {
                forget();
                setFile(null);
              }
            }}
          >
            {t('cancel')}
          </button>
        </div>
      </div>
    </div>
  );
}

interface FileButtonProps {
  onChoose: (file: File | null | undefined) => void;
  label: string;
  primary?: boolean;
}

function FileButton({ onChoose, label, primary = false }: FileButtonProps) {
  return (
    <label class={primary ? 'button primary big' : 'button'}>
      {label}
      <input
        class="visually-hidden"
        type="file"
        accept="video/*"
        onChange={(event) => {
          onChoose(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
    </label>
  );
}

function Drop({
  onDrop,
  children,
}: {
  onDrop: FileButtonProps['onChoose'];
  children: preact.ComponentChildren;
}) {
  const [over, setOver] = useState(false);
  return (
    <div
      class={over ? 'lead drop over' : 'lead drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onDrop(event.dataTransfer?.files[0]);
      }}
    >
      {children}
    </div>
  );
}
