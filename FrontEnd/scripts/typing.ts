const off = "rapport_keys=off";

/** False once a member has turned the keys off: they get in the way of speech input and screen readers. */
export function areKeysOn(): boolean {
  return !document.cookie.split("; ").includes(off);
}

export function turnKeys(on: boolean) {
  document.cookie = `${off}; path=/; samesite=lax; max-age=${on ? 0 : 31_536_000}`;
}

/** True for a letter pressed alone, outside of fields and dialogs, while the keys are on. */
export function isShortcut(event: KeyboardEvent): boolean {
  const held = event.ctrlKey || event.metaKey || event.altKey;
  return areKeysOn() && !held && !isTyping(event) && !document.querySelector("dialog[open]");
}

/** True while a key press belongs to a field and not to the page. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return !!target?.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") || event.isComposing;
}
