import { useSyncExternalStore } from "react";

let reachable = true;
const listeners = new Set<() => void>();

/** Notes whether the last call got any answer at all. */
export function noteReachable(now: boolean): void {
  if (now === reachable) return;
  reachable = now;
  for (const listener of listeners) listener();
}

/** Whether the desk answered the last call. */
export function useReachable(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => reachable,
  );
}
