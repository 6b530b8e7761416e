import { describe, expect, it } from 'vitest';
import { ApiKey } from '../src/session/api_key';

class Store {
  readonly items = new Map<string, string>();
  getItem(name: string) {
    return this.items.get(name) ?? null;
  }
  setItem(name: string, value: string) {
    this.items.set(name, value);
  }
  removeItem(name: string) {
    this.items.delete(name);
  }
}

const forbidden = (): Store => {
  throw new Error('forbidden');
};

describe('ApiKey', () => {
  it('is offered as a subprotocol behind the real one', () => {
    const key = new ApiKey(forbidden, forbidden);
    expect(key.protocols).toEqual([]);
    key.keep(' tf_a_b\n', false);
    expect(key.protocols).toEqual(['trackfit.v1', 'trackfit.key.dGZfYV9i']);
    key.keep('~~~?', false); // in letters that a header may have
    expect(key.protocols[1]).toBe('trackfit.key.fn5-Pw');
  });
  it('is forgotten with the tab, unless somebody wants it otherwise', () => {
    const [tab, browser] = [new Store(), new Store()];
    const open = (ofTab = tab) =>
      new ApiKey(
        () => ofTab,
        () => browser,
      );
    open().keep('tf_a_b', false);
    expect(open().isThere).toBe(true);
    expect(open(new Store()).isThere).toBe(false);
    open().keep('tf_a_b', true);
    expect(tab.items.size).toBe(0);
    expect(open(new Store()).isThere).toBe(true);
    open().keep('tf_c_d', false);
    expect(browser.items.size).toBe(0);
  });
});
