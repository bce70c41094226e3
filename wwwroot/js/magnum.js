// Small things that the browser does better alone: relative times, copying, downloads, menus.
(() => {
  const language = document.documentElement.lang || 'en';
  const units = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  // Exact times are in the browser's zone or in UTC, as this browser keeps it.
  let exact, clock;
  const showZone = () => {
    let zone;
    try { zone = localStorage.getItem('magnum.zone'); } catch { /* private mode */ }
    const timeZone = zone === 'utc' ? 'UTC' : undefined;
    document.documentElement.dataset.zone = zone === 'utc' ? 'utc' : 'local';
    exact = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long', timeZone });
    clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false, timeZone });
  };
  showZone();
  // As for the theme: enhanced navigation writes the server's attributes back.
  addEventListener('DOMContentLoaded', () => globalThis.Blazor?.addEventListener?.('enhancedload', showZone));
  const chinese = language.startsWith('zh');
  const short = chinese ? { d: ' 天', h: ' 小时', m: ' 分', s: ' 秒' } : { d: 'd', h: 'h', m: 'm', s: 's' };

  const span = seconds => {
    const s = Math.max(0, Math.round(seconds));
    if (s < 60) return `${s}${short.s}`;
    if (s < 3600) return `${Math.floor(s / 60)}${short.m} ${s % 60}${short.s}`;
    if (s < 86400) return `${Math.floor(s / 3600)}${short.h} ${Math.floor(s % 3600 / 60)}${short.m}`;
    return `${Math.floor(s / 86400)}${short.d} ${Math.floor(s % 86400 / 3600)}${short.h}`;
  };
  const age = seconds => {
    const s = Math.max(0, Math.round(seconds));
    return s < 60 ? `${s}${short.s}` : s < 3600 ? `${Math.floor(s / 60)}${short.m}` : s < 86400 ? `${Math.floor(s / 3600)}${short.h}` : `${Math.floor(s / 86400)}${short.d}`;
  };
  const ago = seconds => {
    const [unit, size] = units.find(([, n]) => Math.abs(seconds) >= n) ?? units[5];
    return relative.format(-Math.round(seconds / size), unit);
  };

  // The words are in a shadow tree, which Blazor does not know of: neither disturbs the other.
  class MagnumTime extends HTMLElement {
    static observedAttributes = ['datetime', 'kind', 'until'];
    #time = document.createElement('time');
    constructor() { super(); this.attachShadow({ mode: 'open' }).append(this.#time); }
    connectedCallback() { all.add(this); this.update(); }
    disconnectedCallback() { all.delete(this); }
    attributeChangedCallback() { this.update(); }
    update() {
      const at = new Date(this.getAttribute('datetime'));
      if (isNaN(at)) return;
      const until = this.getAttribute('until');
      const seconds = ((until ? new Date(until) : new Date()) - at) / 1000;
      const kind = this.getAttribute('kind');
      const text = kind === 'clock' ? clock.format(at) : kind === 'duration' ? span(seconds) : kind === 'age' ? age(seconds) : ago(seconds);
      if (this.#time.textContent !== text) this.#time.textContent = text;
      if (this.title !== exact.format(at)) { this.title = exact.format(at); this.#time.dateTime = at.toISOString(); }
    }
  }
  // What is left of a running operation, by how long earlier ones took.
  class MagnumLeft extends HTMLElement {
    static observedAttributes = ['since', 'usual', 'slow-after'];
    #words = document.createElement('span');
    constructor() { super(); this.attachShadow({ mode: 'open' }).append(this.#words); }
    connectedCallback() { all.add(this); this.update(); }
    disconnectedCallback() { all.delete(this); }
    attributeChangedCallback() { this.update(); }
    update() {
      const gone = (new Date() - new Date(this.getAttribute('since'))) / 1000;
      const left = Number(this.getAttribute('usual')) - gone;
      const minutes = Math.ceil(left / 60);
      const slow = gone >= Number(this.getAttribute('slow-after'));
      const text = slow ? this.dataset.slow : left <= 0 ? this.dataset.soon : left < 60 ? this.dataset.moment
        : minutes < 90 ? this.dataset.minutes.replace('{0}', minutes) : this.dataset.hours.replace('{0}', Math.floor(minutes / 60)).replace('{1}', minutes % 60);
      if (this.#words.textContent !== text) this.#words.textContent = text;
      if (this.hasAttribute('slow') !== slow) this.toggleAttribute('slow', slow);
    }
  }
  const all = new Set();
  customElements.define('mg-time', MagnumTime);
  customElements.define('mg-left', MagnumLeft);
  document.addEventListener('click', e => {
    const button = e.target.closest?.('[data-zone-set]');
    if (!button) return;
    try { localStorage.setItem('magnum.zone', button.dataset.zoneSet); } catch { /* private mode: as before */ }
    showZone();
    all.forEach(t => t.update());
  });
  setInterval(() => { if (!document.hidden) all.forEach(t => t.update()); }, 1000);

  // Back to where the focus was when a dialog has gone. MudBlazor notes that a moment after the dialog came: of whoever was faster it would be in the dialog.
  let outside = null;
  document.addEventListener('focusin', e => { if (!e.target.closest('.mud-dialog-container')) outside = e.target; });
  new MutationObserver(changes => {
    const gone = n => n.nodeType === Node.ELEMENT_NODE && (n.matches('.mud-dialog-container') || n.querySelector('.mud-dialog-container'));
    if (changes.some(c => [...c.removedNodes].some(gone))) {
      setTimeout(() => { if (document.activeElement === document.body && !document.querySelector('.mud-dialog-container')) outside?.focus(); }, 100);
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  const copy = async text => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = Object.assign(document.createElement('textarea'), { value: text, className: 'mg-visually-hidden' });
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
  };
  document.addEventListener('click', async e => {
    const button = e.target.closest?.('[data-copy]');
    if (!button) return;
    e.preventDefault();
    await copy(button.dataset.copy);
    button.setAttribute('data-copied', '');
    setTimeout(() => button.removeAttribute('data-copied'), 1500);
  });

  // Panels of menus: below their button, inside the window.
  document.addEventListener('toggle', e => {
    const panel = e.target;
    const button = panel.dataset?.menu && document.getElementById(panel.dataset.menu);
    if (!button) return;
    button.setAttribute('aria-expanded', e.newState === 'open');
    if (e.newState !== 'open') return;
    const at = button.getBoundingClientRect();
    panel.style.top = `${at.bottom + 6}px`;
    panel.style.left = `${Math.max(8, Math.min(at.right - panel.offsetWidth, innerWidth - panel.offsetWidth - 8))}px`;
  }, true);
  document.addEventListener('click', e => e.target.closest?.('.mg-menu-item, .mg-menu-item-link')?.closest('[popover]')?.hidePopover());

  globalThis.magnum = {
    // What was rendered beforehand looks ready but does not listen: only now is the page connected.
    live() { document.documentElement.toggleAttribute('data-live', true); },
    copy,
    download(name, type, text) {
      const url = URL.createObjectURL(new Blob([text], { type }));
      const link = Object.assign(document.createElement('a'), { href: url, download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
    },
    async downloadStream(name, type, stream) {
      const url = URL.createObjectURL(new Blob([await stream.arrayBuffer()], { type }));
      Object.assign(document.createElement('a'), { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 10000);
    },
    // As bytes, which Blazor takes in pieces: one message could be too long.
    text(selector) { return new TextEncoder().encode(document.querySelector(selector).value); },
    rememberProject(id) { document.cookie = `magnum.project=${encodeURIComponent(id)}; path=/; max-age=31536000; samesite=lax`; },
    theme(choice) { document.querySelector(`[data-theme-set="${choice}"]`)?.click(); },
    dismissed() { try { return JSON.parse(localStorage.getItem('magnum.dismissed')) ?? []; } catch { return []; } },
    dismiss(id) { try { localStorage.setItem('magnum.dismissed', JSON.stringify([...this.dismissed(), id].slice(-50))); } catch { /* private mode: until the next page */ } },
    show(selector) { document.querySelector(selector)?.scrollIntoView({ block: 'nearest' }); },
    focus(selector) {
      const element = document.querySelector(selector);
      element?.scrollIntoView({ block: 'center', behavior: 'smooth' });
      (element?.matches('button, input, a') ? element : element?.querySelector('input, button, select, textarea, [tabindex]'))?.focus({ preventScroll: true });
    },
  };
})();
