import { describe, expect, it } from "vitest";
import { makeList, makeRow } from "../../test/builders.ts";
import { fromHead, isDeep, withHead, withOlder, withoutChanged } from "./rows.ts";

const at = (minute: number) => `2026-03-01T10:${String(minute).padStart(2, "0")}:00.000Z`;
const row = (id: string, minute: number, version = 1) =>
  makeRow({ ticket_id: id, updated_at: at(minute), version });
const ids = (rows: { tickets: readonly { ticket_id: string }[] }) =>
  rows.tickets.map((ticket) => ticket.ticket_id).join("");

const deep = () =>
  withOlder(
    fromHead(makeList([row("d", 40), row("c", 30)], { next_cursor: "1" })),
    makeList([row("b", 20), row("a", 10)]),
  );

describe("the rows of a list", () => {
  it("keep what slides off the first page", () => {
    const rows = withHead(deep(), makeList([row("e", 50), row("d", 40)], { next_cursor: "2" }));
    expect(ids(rows)).toBe("edcba");
    expect(rows.cursor).toBeNull();
  });

  it("lose what is as new as the first page and no longer on it", () => {
    const rows = withHead(deep(), makeList([row("c", 30), row("b", 20)], { next_cursor: "2" }));
    expect(ids(rows)).toBe("cba");
  });

  it("are exactly the first page when it is all there is", () => {
    expect(ids(withHead(deep(), makeList([row("a", 10)])))).toBe("a");
  });

  it("start again when more than a page is new", () => {
    const rows = withHead(deep(), makeList([row("z", 55), row("y", 54)], { next_cursor: "9" }));
    expect([ids(rows), rows.cursor, isDeep(rows)]).toEqual(["zy", "9", false]);
  });

  it("take no row twice from an older page", () => {
    const rows = withOlder(deep(), makeList([row("a", 10), row("0", 5)]));
    expect(ids(rows)).toBe("dcba0");
  });

  it("lose a row below the first page that changed, and keep one that did not", () => {
    const changes = makeList([row("b", 59, 2), row("a", 10, 1)], { as_of: at(59) });
    const rows = withoutChanged(deep(), changes);
    expect([ids(rows), rows.asOf]).toEqual(["dca", at(59)]);
  });

  it("start again when more changed than one answer holds", () => {
    expect(ids(withoutChanged(deep(), makeList([], { next_cursor: "more" })))).toBe("dc");
  });

  it("keep what was found below a first page without rows", () => {
    const found = withOlder(
      fromHead(makeList([], { next_cursor: "1" })),
      makeList([row("a", 10)], { next_cursor: "2" }),
    );
    expect(ids(withHead(found, makeList([], { next_cursor: "1" })))).toBe("a");
    expect(ids(withHead(found, makeList([row("b", 20)], { next_cursor: "1" })))).toBe("ba");
  });

  it("stay the same object when the first page is", () => {
    const rows = deep();
    expect(withHead(rows, rows.head)).toBe(rows);
  });
});
