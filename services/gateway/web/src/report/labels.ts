// The words around a report's numbers, those of `trackfit report`, known by their English text. What the coach says is in the
// session's language already.
import korean from '../../../../../libs/client/labels.ko.json';
import { filled, type Values } from '../texts';

const TABLES: Record<string, Record<string, string> | undefined> = { ko: korean };

export interface Labels {
  language: string; // of these labels
  of: (english: string, values?: Values) => string;
}

export function labelsIn(language: string): Labels {
  const table = TABLES[language];
  return {
    language: table ? language : 'en',
    of: (english, values) => filled(table?.[english] ?? english, values),
  };
}
