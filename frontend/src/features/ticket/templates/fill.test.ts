import { expect, it } from "vitest";
import { filled, pieces } from "./fill.ts";

it("puts each parameter where its number stands, as often as it stands there", () => {
  expect(filled("{{2}}, {{1}} and {{ 2 }}", ["a", "b"])).toBe("b, a and b");
});

it("leaves what is not given as it is", () => {
  expect(filled("Hello {{1}}, {{name}}", [])).toBe("Hello {{1}}, {{name}}");
});

it("takes no parameter for a place of another", () => {
  expect(filled("{{1}} {{2}}", ["{{2}}", "b"])).toBe("{{2}} b");
});

it("tells words and places apart", () => {
  expect(pieces("Hi {{1}}!")).toEqual(["Hi ", 1, "!"]);
});
