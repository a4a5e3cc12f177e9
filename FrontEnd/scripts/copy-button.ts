/** `<copy-button for="id">`: a button that only script can keep its word for, so it is shown by script. */
class CopyButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const source = document.getElementById(this.getAttribute("for") ?? "");
    if (!button || !source || !navigator.clipboard) return;
    button.hidden = false;
    const words = button.textContent;
    button.addEventListener("click", async () => {
      const text = source instanceof HTMLInputElement ? source.value : source.textContent ?? "";
      await navigator.clipboard.writeText(text.trim());
      button.textContent = this.dataset.done ?? words;
      setTimeout(() => (button.textContent = words), 2000);
    });
  }
}

customElements.define("copy-button", CopyButton);
