// Starts Blazor, keeps trying when the server is away, and loads the page anew when it has come back without our circuit.
(() => {
  const dialog = document.getElementById('mg-reconnect');
  const attemptText = dialog.querySelector('[data-attempt-text]');
  let attempt = 0;
  let since = 0;
  let timer = 0;
  let trying = false;

  const show = on => {
    document.documentElement.toggleAttribute('data-offline', on);
    // A short hiccup is not worth a dialog.
    dialog.classList.toggle('mg-reconnect-open', on && Date.now() - since > 400);
  };
  const say = () => { attemptText.textContent = attemptText.dataset.attemptText.replace('{0}', String(attempt)); };

  const back = () => { clearTimeout(timer); attempt = 0; show(false); };
  const retry = async () => {
    if (trying) return;
    trying = true;
    clearTimeout(timer);
    attempt++;
    say();
    show(true);
    try {
      // False: the server answers and does not know the circuit any more. A throw: it does not answer.
      if (await Blazor.reconnect()) { trying = false; back(); return; }
      location.reload();
      return;
    } catch {
      timer = setTimeout(retry, Math.min(500 * attempt, 4000));
    }
    trying = false;
  };

  dialog.querySelector('[data-reconnect-now]').addEventListener('click', retry);
  document.addEventListener('visibilitychange', () => { if (!document.hidden && since && attempt) retry(); });

  Blazor.start({
    circuit: {
      reconnectionHandler: {
        onConnectionDown() { since = Date.now(); attempt = 0; say(); document.documentElement.toggleAttribute('data-offline', true); timer = setTimeout(retry, 500); },
        onConnectionUp() { since = 0; back(); },
      },
    },
  });
})();
