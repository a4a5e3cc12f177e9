import { isShortcut } from "./typing";

// A link of the rail says in its title which page it leads to.
const named = (one: HTMLElement) => one.title || (one.textContent ?? "").trim();

/**
 * `<command-palette>` holds a dialog with a field and an empty list. Its commands are the links and buttons
 * that the page shows anyway: the rail, and whatever carries `data-command`.
 */
class CommandPalette extends HTMLElement {
  private dialog = this.querySelector("dialog")!;
  private field = this.querySelector("input")!;
  private list = this.querySelector("ul")!;
  private chosen = 0;

  connectedCallback() {
    document.addEventListener("keydown", (event) => this.listen(event));
    this.field.addEventListener("input", () => this.show());
    this.field.addEventListener("keydown", (event) => this.steer(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  private listen(event: KeyboardEvent) {
    const shortcut = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    const slash = event.key === "/" && isShortcut(event);
    if (!shortcut && !slash) return;
    event.preventDefault();
    this.field.value = "";
    this.show();
    this.dialog.showModal();
  }

  private commands(): HTMLElement[] {
    const found = [...document.querySelectorAll<HTMLElement>(".rail ul a, [data-command]")];
    const wanted = this.field.value.trim().toLocaleLowerCase().split(/\s+/);
    return found.filter((one) => {
      const words = named(one).toLocaleLowerCase();
      return wanted.every((word) => words.includes(word));
    });
  }

  private show() {
    this.chosen = 0;
    const query = this.field.value.trim();
    const options = this.commands().slice(0, 8).map((one) => this.option(named(one), () => one.click()));
    if (query) options.push(this.option(`${this.dataset.search} “${query}”`, () => this.search(query)));
    this.list.replaceChildren(...options);
    this.mark();
  }

  private option(words: string, act: () => void): HTMLElement {
    const item = document.createElement("li");
    item.id = `command-${Math.random().toString(36).slice(2)}`;
    item.role = "option";
    item.textContent = words;
    item.addEventListener("click", () => {
      this.dialog.close();
      act();
    });
    return item;
  }

  private search(query: string) {
    location.href = `${this.dataset.action}?q=${encodeURIComponent(query)}`;
  }

  private steer(event: KeyboardEvent) {
    const options = this.list.children;
    if (event.key === "ArrowDown") this.chosen = Math.min(this.chosen + 1, options.length - 1);
    else if (event.key === "ArrowUp") this.chosen = Math.max(this.chosen - 1, 0);
    else if (event.key === "Enter") (options[this.chosen] as HTMLElement | undefined)?.click();
    else return;
    event.preventDefault();
    this.mark();
  }

  private mark() {
    [...this.list.children].forEach((one, index) => one.setAttribute("aria-selected", `${index === this.chosen}`));
    const current = this.list.children[this.chosen];
    if (current) this.field.setAttribute("aria-activedescendant", current.id);
    else this.field.removeAttribute("aria-activedescendant");
  }
}

customElements.define("command-palette", CommandPalette);
