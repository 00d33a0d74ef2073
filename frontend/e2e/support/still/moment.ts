/** A desk that stands still: the same time and the same tickets on every machine. */
export const NOW = new Date("2026-03-05T14:30:00Z");

/** The time of the still desk some minutes ago. */
export function ago(minutes: number): string {
  return new Date(NOW.getTime() - minutes * 60_000).toISOString();
}
