import { describe, expect, it } from "vitest";
import { piecesOf } from "./folds.ts";

const CONTENT = [
  "Thank you!",
  "",
  "On Mon, Support wrote:",
  "> It is on its way.",
  "",
  "One more thing.",
  "-- ",
  "Ann",
].join("\n");

describe("the pieces of a mail's text", () => {
  it("are what the desk has found in it, in their order, and nothing is lost", () => {
    const folded = [
      { kind: "signature", from: 6, to: 8 },
      { kind: "quote", from: 2, to: 4 },
    ];
    expect(piecesOf(CONTENT, folded)).toEqual([
      { kind: "text", text: "Thank you!" },
      { kind: "quote", text: "On Mon, Support wrote:\n> It is on its way." },
      { kind: "text", text: "One more thing." },
      { kind: "signature", text: "-- \nAnn" },
    ]);
  });

  it.each([
    undefined,
    null,
    "quote",
    [{ kind: "quote", from: "2", to: 4 }],
    [{ kind: "ad", from: 2, to: 4 }],
    [{ kind: "quote", from: 4, to: 4 }],
    [{ kind: "quote", from: -2, to: 4 }],
  ])("are one when what is told of them is %j", (folded) => {
    expect(piecesOf(CONTENT, folded)).toEqual([{ kind: "text", text: CONTENT }]);
  });

  it("hold every line once, also when what is told overlaps or goes beyond the end", () => {
    const folded = [
      { kind: "quote", from: 2, to: 5 },
      { kind: "signature", from: 3, to: 7 },
      { kind: "signature", from: 6, to: 99 },
    ];
    expect(piecesOf(CONTENT, folded).map(({ kind }) => kind)).toEqual(["text", "quote", "text", "signature"]);
  });
});
