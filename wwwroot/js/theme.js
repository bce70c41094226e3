// Runs before the first paint: light, dark or what the system says. Kept in this browser only.
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const read = () => { try { return localStorage.getItem('magnum.theme') ?? 'auto'; } catch { return 'auto'; } };
  const show = () => {
    const choice = read();
    root.dataset.themeChoice = choice;
    root.dataset.theme = choice === 'dark' || (choice === 'auto' && system.matches) ? 'dark' : 'light';
  };
  show();
  system.addEventListener('change', show);
  addEventListener('storage', show);
  document.addEventListener('click', e => {
    const button = e.target.closest?.('[data-theme-set]');
    if (button) {
      try { localStorage.setItem('magnum.theme', button.dataset.themeSet); } catch { /* private mode: until the next page */ }
      root.dataset.themeChoice = button.dataset.themeSet;
      show();
    }
  });
  // Blazor's enhanced navigation writes the server's attributes back.
  addEventListener('DOMContentLoaded', () => globalThis.Blazor?.addEventListener?.('enhancedload', show));
})();
