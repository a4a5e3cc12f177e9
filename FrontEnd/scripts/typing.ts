/** True while a key press belongs to a field and not to the page. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return !!target?.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") || event.isComposing;
}
