// What somebody chose, remembered by the browser.
import { LANGUAGES, preferredLanguage } from './texts';

export interface Settings {
  language: string;
  exercise: string; // empty: automatic
  voice: string;
  spoken: boolean;
  facing: 'user' | 'environment';
  camera: string; // by its id; empty: any that faces so
  onDevice: boolean; // skeletons are found here, and no picture is sent
}

const KEY = 'trackfit.settings';

export function loadSettings(storage: Pick<Storage, 'getItem'>, languages: readonly string[]): Settings {
  const settings: Settings = {
    language: preferredLanguage(languages),
    exercise: '',
    voice: 'neutral',
    spoken: true,
    facing: 'user',
    camera: '',
    onDevice: false,
  };
  try {
    Object.assign(settings, JSON.parse(storage.getItem(KEY) ?? '{}'));
  } catch {
    // Storage that is forbidden or unreadable: what is asked for by default is fine.
  }
  if (!LANGUAGES.includes(settings.language)) settings.language = 'en';
  return settings;
}

export function saveSettings(storage: Pick<Storage, 'setItem'>, settings: Settings) {
  try {
    storage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Private windows may forbid it; the choice then lasts as long as the page.
  }
}
