import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef } from "react";
import { useDesk } from "../../api/context.ts";
import { type Filters, filtersToQuery } from "./filters.ts";
import { isDeep, type Rows, withHead, withOlder, withoutChanged } from "./rows.ts";

const PAGE = 50;
const MOST = 100;

/** The tickets of `filters`, kept up to date at the cost of one page, however many are loaded. */
export function useInbox(filters: Filters) {
  const { api } = useDesk();
  const queries = useQueryClient();
  const query = filtersToQuery(filters);
  const name = new URLSearchParams(query).toString();
  const key = ["inbox", name];
  const loading = useRef<string | null>(null);

  const inbox = useQuery({
    queryKey: key,
    structuralSharing: false,
    queryFn: async ({ signal }): Promise<Rows> => {
      const head = await api.fresh(`tickets?${name}`, (headers) =>
        api.GET("/api/tickets", { params: { query: { ...query, limit: PAGE } }, headers, signal }),
      );
      const before = queries.getQueryData<Rows>(key);
      const changes =
        before !== undefined && isDeep(before)
          ? await api.fresh(`changes?${before.asOf}`, (headers) =>
              api.GET("/api/tickets", {
                params: { query: { updated_since: before.asOf, limit: MOST } },
                headers,
                signal,
              }),
            )
          : null;
      // Read again: a page may have been loaded meanwhile.
      const rows = withHead(queries.getQueryData<Rows>(key), head);
      return changes === null ? rows : withoutChanged(rows, changes);
    },
  });

  const loadMore = useCallback(async () => {
    const rows = queries.getQueryData<Rows>(["inbox", name]);
    const cursor = rows?.cursor ?? null;
    if (cursor === null || loading.current === cursor) return;
    loading.current = cursor;
    try {
      const query = Object.fromEntries(new URLSearchParams(name));
      const { data } = await api.GET("/api/tickets", {
        params: { query: { ...query, limit: MOST, cursor } },
      });
      queries.setQueryData<Rows>(["inbox", name], (now) =>
        now !== undefined && data !== undefined && now.cursor === cursor ? withOlder(now, data) : now,
      );
    } finally {
      loading.current = null;
    }
  }, [api, queries, name]);

  return { ...inbox, rows: inbox.data, loadMore };
}
