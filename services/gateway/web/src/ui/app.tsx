import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { History } from '../history';
import type { Workout } from '../model/workout';
import { ApiKey } from '../session/api_key';
import { loadSettings, saveSettings, type Settings } from '../settings';
import { LANGUAGES, TABLES, type TextKey } from '../texts';
import { PageContext, pageOf } from './context';
import { FilePage } from './file_page';
import { HistoryPage } from './history_page';
import { LivePage } from './live_page';

const SECTIONS = ['live', 'file', 'history'] as const satisfies TextKey[];
type Section = (typeof SECTIONS)[number];

const sectionOf = (hash: string): Section => SECTIONS.find((name) => hash === `#${name}`) ?? 'live';

export function App() {
  const [settings, setSettings] = useState(() => loadSettings(localStorage, navigator.languages));
  const [apiKey] = useState(
    () =>
      new ApiKey(
        () => sessionStorage,
        () => localStorage,
      ),
  );
  const [section, setSection] = useState(() => sectionOf(location.hash));
  const [history, setHistory] = useState<History | null>(null);
  const [workouts, setWorkouts] = useState<Workout[] | null>([]);
  const [outdated, setOutdated] = useState(false);

  const page = useMemo(
    () =>
      pageOf(
        settings,
        (changed: Partial<Settings>) => setSettings((before) => ({ ...before, ...changed })),
        apiKey,
      ),
    [settings, apiKey],
  );
  const { t } = page;

  useEffect(() => {
    saveSettings(localStorage, settings);
    document.documentElement.lang = settings.language;
  }, [settings]);
  useEffect(() => {
    document.title = `TrackFit – ${t(section)}`;
  }, [section, t]);
  useEffect(() => {
    const onHash = () => setSection(sectionOf(location.hash));
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, []);

  // Parts that are loaded when they are wanted have other names after an update of the server.
  useEffect(() => {
    const onFailure = () => setOutdated(true);
    window.addEventListener('vite:preloadError', onFailure);
    return () => window.removeEventListener('vite:preloadError', onFailure);
  }, []);

  // Without a store the page works; it only forgets.
  useEffect(() => {
    History.open().then(
      async (opened) => {
        setHistory(opened);
        setWorkouts(await opened.all());
      },
      () => setWorkouts(null),
    );
  }, []);
  const change = useCallback(
    async (how: (opened: History) => Promise<void>) => {
      if (!history) return;
      try {
        await how(history);
        setWorkouts(await history.all());
      } catch {
        setWorkouts(null); // no room, or no longer allowed
      }
    },
    [history],
  );
  const keep = useCallback((workout: Workout) => void change((opened) => opened.add(workout)), [change]);

  return (
    <PageContext.Provider value={page}>
      <header class="page">
        <a class="brand" href="#live">
          <img src="icon.svg" alt="" width="28" height="28" /> TrackFit
        </a>
        <nav aria-label={t('pageSections')}>
          {SECTIONS.map((name) => (
            <a key={name} href={`#${name}`} aria-current={name === section ? 'page' : undefined}>
              {t(name)}
            </a>
          ))}
        </nav>
        <select
          aria-label={t('pageLanguage')}
          value={settings.language}
          onChange={(event) => page.change({ language: event.currentTarget.value, voice: settings.voice })}
        >
          {LANGUAGES.map((language) => (
            <option key={language} value={language} lang={language}>
              {TABLES[language]?.language}
            </option>
          ))}
        </select>
      </header>
      <main id="main">
        {outdated && (
          <p class="message problem outdated" role="alert">
            {t('outdated')} <button onClick={() => location.reload()}>{t('reload')}</button>
          </p>
        )}
        {section === 'live' && <LivePage onWorkout={keep} />}
        {section === 'file' && <FilePage onWorkout={keep} />}
        {section === 'history' && (
          <HistoryPage
            history={history}
            workouts={workouts}
            onRemove={(id) => void change((opened) => opened.remove(id))}
            onClear={() => void change((opened) => opened.clear())}
          />
        )}
      </main>
    </PageContext.Provider>
  );
}
