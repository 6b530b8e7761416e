// Asks for an API key, where the server wants one.
import { useState } from 'preact/hooks';
import type { Link } from '../session/session';
import { usePage } from './context';

interface KeyFormProps {
  link: Link | undefined;
  onKey: () => void; // there is another one
}

export function KeyForm({ link, onKey }: KeyFormProps) {
  const { apiKey, t } = usePage();
  const [text, setText] = useState('');
  const [remember, setRemember] = useState(false);
  if (link?.state !== 'failed' || link.problem.kind !== 'key') return null;
  return (
    <form
      class="key card"
      onSubmit={(event) => {
        event.preventDefault();
        apiKey.keep(text, remember);
        setText('');
        onKey();
      }}
    >
      {apiKey.isThere && <p role="alert">{t('apiKeyRefused')}</p>}
      <label>
        {t('apiKey')}
        <input
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={remember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
        />
        {t('apiKeyRemember')}
      </label>
      <button class="primary" type="submit">
        {t('apiKeyUse')}
      </button>
    </form>
  );
}
