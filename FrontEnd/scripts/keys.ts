import { isTyping } from "./typing";

// j and k move through the rows of the first list; Enter or o opens one; a key named by data-key presses its element.
const rows = () => [...document.querySelectorAll<HTMLElement>("[data-rows] > *")];

function move(step: number) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.matches(".selected"));
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
  all[at]?.classList.remove("selected");
  next.classList.add("selected");
  (next.querySelector<HTMLElement>("a") ?? next.querySelector<HTMLElement>("button, input"))?.focus();
}

document.addEventListener("keydown", (event) => {
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "j") return move(1);
  if (event.key === "k") return move(-1);
  if (event.key === "?") {
    document.querySelector<HTMLDialogElement>("dialog#keys")?.showModal();
    return;
  }
  const place = document.querySelector(".selected") ?? document;
  const target = place.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`)
    ?? document.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
});

for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target as Node)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}

for (const toast of document.querySelectorAll<HTMLElement>(".toast")) {
  const button = toast.querySelector<HTMLButtonElement>("button[data-close]");
  button?.removeAttribute("hidden");
  button?.addEventListener("click", () => toast.remove());
}
