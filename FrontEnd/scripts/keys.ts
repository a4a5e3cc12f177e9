import { areKeysOn, isShortcut, turnKeys } from "./typing";

// j and k move through the rows of the first list; Enter or o opens one; a key named by data-key presses its element.
const rows = () => [...document.querySelectorAll<HTMLElement>("[data-rows] > *")];

function select(row: HTMLElement) {
  for (const other of rows()) other.classList.toggle("selected", other === row);
  (row.querySelector<HTMLElement>("a") ?? row.querySelector<HTMLElement>("button, input"))?.focus();
}

function move(step: number) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.matches(".selected"));
  select(all[Math.max(0, Math.min(all.length - 1, at + step))]);
}

// What is done with several rows is done with the selected one where none is ticked. False where there is none either.
function chooses(form: HTMLFormElement): boolean {
  if (form.querySelector("[data-rows] input:checked")) return true;
  const tick = form.querySelector<HTMLInputElement>("[data-rows] > .selected input[type=checkbox]");
  if (tick) tick.checked = true;
  else {
    const said = form.querySelector<HTMLElement>("[data-said]");
    if (said) said.textContent = form.dataset.choose ?? "";
  }
  return !!tick;
}

// The page comes back after a form of rows: the reader goes on at the same row, or where it was.
const place = () => `row ${location.pathname}`;

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const row = document.querySelector<HTMLElement>("[data-rows] > .selected");
  if (!form.matches("[data-marks]") || !row) return;
  const id = row.querySelector<HTMLInputElement>("input[name=id]")?.value ?? "";
  sessionStorage.setItem(place(), `${rows().indexOf(row)} ${id}`);
});

const left = sessionStorage.getItem(place());
if (left && document.querySelector("[data-marks]")) {
  sessionStorage.removeItem(place());
  const [index, id] = left.split(" ");
  const all = rows();
  const row = all.find((one) => one.querySelector<HTMLInputElement>("input[name=id]")?.value === id)
    ?? all[Math.min(Number(index), all.length - 1)];
  if (row) select(row);
}

document.addEventListener("keydown", (event) => {
  if (!isShortcut(event)) return;
  if (event.key === "j") return move(1);
  if (event.key === "k") return move(-1);
  if (event.key === "?") return showKeys();
  const place = document.querySelector(".selected") ?? document;
  const target = place.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`)
    ?? document.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  const form = target.closest<HTMLFormElement>("form[data-marks]");
  if (form && !target.closest("[data-rows]") && !chooses(form)) return;
  if (target.matches("input, select, textarea")) target.focus();
  else target.click();
});

function showKeys() {
  document.querySelector<HTMLDialogElement>("dialog#keys")?.showModal();
}

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-shows-keys]")) {
  button.hidden = false;
  button.addEventListener("click", showKeys);
}

const box = document.querySelector<HTMLInputElement>("input[data-keys]");
if (box) {
  box.checked = areKeysOn();
  box.addEventListener("change", () => turnKeys(box.checked));
}

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
