// The page's own words. What the coach says comes from the server, in the language that the session asked for.
import { en, type Texts } from './en';
import { ko } from './ko';

export type TextKey = keyof Texts;
export const TABLES: Record<string, Texts> = { en, ko };
export const LANGUAGES = Object.keys(TABLES);

export type Values = Record<string, string | number>;
export type Translate = (key: TextKey, values?: Values) => string;

// "{n}" is a value, "{n|repetition|repetitions}" a value with the word for it.
export function filled(text: string, values: Values = {}): string {
  return text.replace(
    /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
    (whole, name: string, one?: string, more?: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return one === undefined ? String(value) : `${value} ${value === 1 ? one : (more ?? '')}`;
    },
  );
}

export function translator(language: string): Translate {
  const table = TABLES[language] ?? en;
  return (key, values) => filled(table[key], values);
}

// The first of the browser's languages that the page speaks.
export function preferredLanguage(languages: readonly string[]): string {
  const short = languages.map((language) => language.split('-')[0] ?? '');
  return short.find((language) => language in TABLES) ?? 'en';
}
