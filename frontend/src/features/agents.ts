import { useQuery } from "@tanstack/react-query";
import { useDesk } from "../api/context.ts";
import type { Agent } from "../api/types.ts";

const FIVE_MINUTES_MS = 300_000;

/** All agents; they change seldom. */
export function useAgents(): readonly Agent[] {
  const { api } = useDesk();
  const agents = useQuery({
    queryKey: ["agents"],
    queryFn: async ({ signal }) => (await api.GET("/api/agents", { signal })).data?.agents ?? [],
    staleTime: FIVE_MINUTES_MS,
    refetchInterval: FIVE_MINUTES_MS,
    refetchOnWindowFocus: false,
  });
  return agents.data ?? [];
}

/** What to call an agent by id. */
export function agentName(agents: readonly Agent[], id: string | null): string {
  if (id === null) return "Nobody";
  const agent = agents.find((agent) => agent.agent_id === id);
  return agent?.name ?? agent?.email ?? "A former agent";
}
