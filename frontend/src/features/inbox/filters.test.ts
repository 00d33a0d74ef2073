import { expect, it } from "vitest";
import { filtersToQuery, filtersToSearch, parseFilters } from "./filters.ts";

it.each([
  ["", { status: "new,open" }],
  ["status=all", {}],
  ["status=closed&assigned=me", { status: "closed", assigned_agent_id: "me" }],
  [
    "channel=whatsapp,email&priority=high&tag=vip&q=ann%20w",
    { status: "new,open", channel: "whatsapp,email", priority: "high", tag: "vip", q: "ann w" },
  ],
  ["status=nonsense&channel=fax", {}],
])("asks the desk for %s", (search, query) => {
  expect(filtersToQuery(parseFilters(search))).toEqual(query);
});

it.each([
  "",
  "status=all",
  "status=resolved",
  "channel=whatsapp,email&priority=low&assigned=none&tag=a+b&q=%C3%BCber",
])("writes %s as it read it", (search) => {
  const filters = parseFilters(search);
  expect(parseFilters(filtersToSearch(filters))).toEqual(filters);
});
