import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDesk } from "../../api/context.ts";
import { pollInterval } from "../../api/poll.ts";
import type { Account } from "../../api/types.ts";
import { accountKey } from "./accounts.ts";

const KEY = ["channels"] as const;
const REFRESH_MS = 15_000;

/** All accounts, read anew every 15 seconds, and the switch that pauses and resumes them. */
export function useChannels() {
  const { api } = useDesk();
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => (await api.GET("/api/channels", { signal })).data?.channels ?? [],
    refetchInterval: () => pollInterval(REFRESH_MS),
  });
  const change = useMutation({
    mutationFn: async ({ account, state }: { account: Account; state: Account["state"] }) => {
      await queries.cancelQueries({ queryKey: KEY });
      const { channel, account_id } = account;
      const { data } = await api.PUT("/api/channels/{channel}/{account_id}", {
        params: { path: { channel, account_id } },
        body: { state },
      });
      return data;
    },
    onSuccess: (changed) => {
      if (changed === undefined) return;
      queries.setQueryData<Account[]>(KEY, (known) =>
        known?.map((account) => (accountKey(account) === accountKey(changed) ? changed : account)),
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  return { query, change };
}
