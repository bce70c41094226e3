// Keys that do something outside of text fields. They can be changed and switched off (WCAG 2.1.4): kept in this browser only.
(() => {
  const usual = { help: '?', search: '/', clusters: 'g c', templates: 'g t', new: 'n', next: 'j', previous: 'k', select: 'x', open: 'o', refresh: 'r' };
  const read = () => { try { return JSON.parse(localStorage.getItem('magnum.shortcuts')) ?? {}; } catch { return {}; } };
  const write = value => { try { localStorage.setItem('magnum.shortcuts', JSON.stringify(value)); } catch { /* private mode: until the next page */ } };
  const keys = () => ({ ...usual, ...read().keys });

  const rows = () => [...document.querySelectorAll('main .mg-table tbody tr')];
  const row = () => document.activeElement?.closest?.('main .mg-table tbody tr');
  const step = by => {
    const all = rows();
    if (all.length === 0) return;
    const at = all.indexOf(row());
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
    (next.querySelector('a[href], button, input') ?? next).focus();
    next.scrollIntoView({ block: 'nearest' });
  };
  const click = selector => { const element = document.querySelector(selector); element?.click(); return !!element; };
  const help = () => {
    const dialog = document.getElementById('mg-shortcuts');
    if (!dialog || dialog.open) return false;
    dialog.querySelector('[data-shortcuts-on]').checked = read().off !== true;
    dialog.querySelectorAll('[data-shortcut-keys]').forEach(i => { i.value = keys()[i.dataset.shortcutKeys]; });
    dialog.showModal();
    return true;
  };
  const actions = {
    help,
    search() {
      const field = document.querySelector('[data-shortcut="/"] input, input[data-shortcut="/"]');
      field?.focus();
      return !!field;
    },
    clusters: () => click('.mg-nav a[href="/clusters"]'),
    templates: () => click('.mg-nav a[href="/templates"]'),
    new: () => click('[data-shortcut-action="new"]'),
    next() { step(1); return true; },
    previous() { step(-1); return true; },
    select() { const box = row()?.querySelector('input[type=checkbox]'); box?.click(); return !!box; },
    open() { const link = row()?.querySelector('th a[href], a[href]'); link?.click(); return !!link; },
    refresh: () => click('[data-shortcut-action="refresh"]'),
  };

  let first = '';
  let forget = 0;
  document.addEventListener('keydown', e => {
    if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === 'k') {
      if (click('[data-shortcut-action="palette"]')) e.preventDefault();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || read().off) return;
    // A box to tick takes no letters; everything else that one types into does.
    if (e.target.closest?.('input:not([type=checkbox]), textarea, select, [contenteditable], [role=dialog], dialog, .mud-dialog, .mud-popover')) return;
    if (e.key.length !== 1) return;
    const typed = first ? `${first} ${e.key}` : e.key;
    const chosen = Object.entries(keys());
    const found = chosen.find(([, k]) => k === typed) ?? chosen.find(([, k]) => k === e.key);
    clearTimeout(forget);
    first = '';
    if (found) {
      if (actions[found[0]]()) e.preventDefault();
    } else if (chosen.some(([, k]) => k.startsWith(`${e.key} `))) {
      first = e.key;
      forget = setTimeout(() => { first = ''; }, 1500);
    }
  });

  document.addEventListener('change', e => {
    const state = read();
    if (e.target.matches?.('[data-shortcuts-on]')) {
      write({ ...state, off: !e.target.checked });
    } else if (e.target.matches?.('[data-shortcut-keys]')) {
      const action = e.target.dataset.shortcutKeys;
      const typed = e.target.value.trim().replace(/\s+/g, ' ');
      // One key, or two after one another, and not another action's.
      const usable = /^\S( \S)?$/.test(typed) && !Object.entries(keys()).some(([a, k]) => a !== action && k === typed);
      if (usable) write({ ...state, keys: { ...state.keys, [action]: typed } });
      else e.target.value = keys()[action];
    }
  });
  document.addEventListener('click', e => {
    if (!e.target.closest?.('[data-shortcuts-reset]')) return;
    write({ ...read(), keys: {} });
    document.querySelectorAll('[data-shortcut-keys]').forEach(i => { i.value = usual[i.dataset.shortcutKeys]; });
  });

  globalThis.magnum.shortcuts = help;
})();
