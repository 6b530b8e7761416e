import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ApiKey } from '../session/api_key';
import type { Settings } from '../settings';
import { translator, type Translate } from '../texts';

export interface Page {
  settings: Settings;
  change: (settings: Partial<Settings>) => void;
  apiKey: ApiKey;
  t: Translate;
}

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('outside of the page');
  return page;
}

export function pageOf(settings: Settings, change: Page['change'], apiKey: ApiKey): Page {
  return { settings, change, apiKey, t: translator(settings.language) };
}
