import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { act, readInfo, readState } from "./api.ts";

const POLL_MS = 1_000;

/** The state, polled each second; free while nothing changes. */
export function useSandbox() {
  return useQuery({
    queryKey: ["state"],
    queryFn: ({ signal }) => readState(signal),
    refetchInterval: POLL_MS,
    networkMode: "always",
    structuralSharing: false,
  });
}

/** The addresses and sign-ins. */
export function useInfo() {
  return useQuery({
    queryKey: ["info"],
    queryFn: readInfo,
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: "always",
  });
}

/** Does things one after the other, and reads the state at once after each. */
export function useAct() {
  const queries = useQueryClient();
  return useMutation({
    networkMode: "always",
    scope: { id: "act" },
    mutationFn: ({ method, path, body }: { method: "POST" | "PUT"; path: string; body?: unknown }) =>
      act(method, path, body),
    onSettled: () => queries.invalidateQueries({ queryKey: ["state"] }),
  });
}

export type Act = ReturnType<typeof useAct>;
