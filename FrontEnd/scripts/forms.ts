// Ctrl Enter sends a form; leaving one with unsaved changes asks; a select that filters sends at once; a form is sent once.
let unsaved = false;

document.addEventListener("input", (event) => {
  if ((event.target as HTMLElement).closest("form[data-guard]")) unsaved = true;
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  // A button that sends the form into a frame leaves it open for more.
  if (event.submitter?.hasAttribute("formtarget")) return;
  if (form.dataset.sent && form.method === "post") event.preventDefault();
  form.dataset.sent = "yes";
  unsaved = false;
});

addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = (event.target as HTMLElement).closest("form");
  form?.requestSubmit();
});

document.addEventListener("change", (event) => {
  const field = event.target as HTMLElement;
  if (field.matches("[data-submit]")) field.closest("form")?.requestSubmit();
});

// A form with a preview shows it as it is typed, half a second after the last key.
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-preview]")) {
  const button = form.querySelector<HTMLButtonElement>("button[formtarget]");
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => button && form.requestSubmit(button), 500);
  });
}

document.querySelector<HTMLElement>(".error-summary")?.focus();
