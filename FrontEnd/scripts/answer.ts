// Tells the server of the score that a link has chosen, once somebody has looked at it: the page was in sight for
// five seconds, and a hand, a key or a wheel moved on it. A form that is sent needs none of this.
const form = document.querySelector<HTMLFormElement>("form[data-confirm]");
const neededMilliseconds = 5000;

if (form) {
  let left = neededMilliseconds;
  let since = 0;
  let timer = 0;
  let hasMoved = false;
  let isSent = false;
  let told = "";

  const tell = (): void => {
    const score = new FormData(form).get("score");
    if (left > 0 || !hasMoved || isSent || typeof score !== "string" || score === told) return;
    told = score;
    // Not `form.action`: a question may have that name.
    const path = `${form.getAttribute("action")}/confirm`;
    fetch(path, { method: "POST", body: new URLSearchParams({ score }), keepalive: true }).catch(() => {
      told = "";
    });
  };

  const watch = (): void => {
    if (since > 0) left -= performance.now() - since;
    since = document.visibilityState === "visible" ? performance.now() : 0;
    clearTimeout(timer);
    if (left <= 0) tell();
    else if (since > 0) timer = window.setTimeout(watch, left + 1);
  };

  const move = (event: Event): void => {
    if (!event.isTrusted) return;
    hasMoved = true;
    tell();
  };

  for (const name of ["pointerdown", "pointermove", "keydown", "touchstart", "wheel"]) {
    addEventListener(name, move, { passive: true });
  }
  addEventListener("scroll", move, { passive: true, capture: true });
  // After the click or key that chose it.
  form.addEventListener("change", move);
  form.addEventListener("submit", () => {
    isSent = true;
  });
  document.addEventListener("visibilitychange", watch);
  watch();
}
