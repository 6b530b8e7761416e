// What is to be said about the link, for eyes and screen readers: these hear what happens, not a countdown by the second.
import type { Link } from '../session/session';
import { usePage } from './context';
import { nextTry } from './words';

interface LinkMessageProps {
  link: Link | undefined;
  words: string; // empty: nothing is to be said
  troubled: boolean;
}

// It stays on the page while empty, because screen readers only tell what changes; and what is empty is null, because an empty
// text would be written anew with every frame.
export function LinkMessage({ link, words, troubled }: LinkMessageProps) {
  const { t } = usePage();
  const n = words && link ? nextTry(link, performance.now()) : null;
  return (
    <div role="status" class="link">
      {words ? (
        <p class={troubled ? 'message problem' : 'message'}>
          {words}
          {n !== null && <span aria-hidden="true"> {t('nextTry', { n })}</span>}
        </p>
      ) : null}
    </div>
  );
}
