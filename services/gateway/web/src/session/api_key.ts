// The API key that a gateway may ask for. The tab keeps it, or, where somebody wants that, the browser; it is in no URL, for these end
// up in logs.
type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const NAME = 'trackfit.apiKey';

// Storage may be forbidden; the key then lasts as long as the page.
function attempt<T>(use: () => T): T | null {
  try {
    return use();
  } catch {
    return null;
  }
}

export class ApiKey {
  private key: string;

  constructor(
    private readonly tab: () => Store,
    private readonly browser: () => Store,
  ) {
    this.key = attempt(() => tab().getItem(NAME)) ?? attempt(() => browser().getItem(NAME)) ?? '';
  }

  get isThere(): boolean {
    return this.key !== '';
  }

  keep(key: string, remember: boolean) {
    this.key = key.trim();
    for (const [store, wanted] of [
      [this.tab, !remember],
      [this.browser, remember],
    ] as const) {
      attempt(() => (wanted && this.key ? store().setItem(NAME, this.key) : store().removeItem(NAME)));
    }
  }

  // Browsers let a page set no header of a WebSocket, but subprotocols; the server answers with the first.
  get protocols(): string[] {
    if (!this.key) return [];
    const bytes = String.fromCharCode(...new TextEncoder().encode(this.key));
    const encoded = btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    return ['trackfit.v1', `trackfit.key.${encoded}`];
  }
}
