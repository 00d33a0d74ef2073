/** Addresses are good for 15 minutes; one is kept for this long, so that a picture is not loaded anew with each answer. */
const KEPT_MS = 10 * 60_000;
const MOST = 500;

const known = new Map<string, { url: string; until: number }>();

/** The address under which a file was shown first, as long as it is good. */
export function steadyUrl(id: string, url: string, now = Date.now()): string {
  const kept = known.get(id);
  if (kept !== undefined && kept.until > now) return kept.url;
  if (known.size >= MOST) known.clear();
  known.set(id, { url, until: now + KEPT_MS });
  return url;
}
