// A mark's own <title> is its tip already; this shows the same words at once, also on touch.
const tip = document.createElement("div");
tip.className = "chart-tip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true");

function show(event: PointerEvent) {
  const mark = (event.target as Element).closest?.(".chart svg g.datum");
  const words = mark?.querySelector("title")?.textContent ?? mark?.getAttribute("data-tip");
  if (!mark || !words) {
    tip.hidden = true;
    return;
  }
  const title = mark.querySelector("title");
  if (title) {
    mark.setAttribute("data-tip", words);
    title.remove();
  }
  tip.textContent = words;
  tip.hidden = false;
  const width = tip.offsetWidth;
  const left = Math.min(Math.max(8, event.clientX - width / 2), innerWidth - width - 8);
  tip.style.left = `${left}px`;
  tip.style.top = `${Math.max(8, event.clientY - tip.offsetHeight - 14)}px`;
}

if (document.querySelector(".chart svg")) {
  document.body.append(tip);
  document.addEventListener("pointermove", show, { passive: true });
  document.addEventListener("pointerdown", show, { passive: true });
  document.addEventListener("scroll", () => (tip.hidden = true), { passive: true });
}
