/** How many times slower a page that nobody looks at asks for news. */
const HIDDEN_FACTOR = 3;

/** Milliseconds until news are asked for again. */
export function pollInterval(pollMs: number): number {
  return document.hidden ? pollMs * HIDDEN_FACTOR : pollMs;
}
