import { expect, it } from "vitest";
import { ago, day, dayOrTime } from "./Time.tsx";

const now = new Date("2026-03-10T12:00:00").getTime();

it.each([
  ["2026-03-10T11:59:31", "now"],
  ["2026-03-10T11:55:00", "5 min"],
  ["2026-03-10T09:00:00", "3 h"],
  ["2026-03-09T20:00:00", "9 Mar"],
  ["2025-12-31T10:00:00", "31 Dec 2025"],
  ["2026-03-10T12:05:00", "now"],
])("says of %s: %s", (at, words) => {
  expect(ago(new Date(at), now)).toBe(words);
});

it.each([
  ["2026-03-10T00:01:00", "Today"],
  ["2026-03-09T23:59:00", "Yesterday"],
  ["2026-03-02T12:00:00", "Monday 2 March"],
])("calls the day of %s %s", (at, words) => {
  expect(day(new Date(at), now)).toBe(words);
});

it.each([
  ["2026-03-10T09:05:00", "Today, 09:05"],
  ["2026-03-09T09:05:00", "9 Mar"],
  ["2025-12-31T10:00:00", "31 Dec 2025"],
])("says when %s was: %s", (at, words) => {
  expect(dayOrTime(new Date(at), now)).toBe(words);
});
