import { describe, expect, it } from "vitest";
import { frameDocument, linesOf } from "./frameDocument.ts";

const STYLE = "https://desk.example.com/assets/frame.css";

function policyOf(document: string): string {
  const parsed = new DOMParser().parseFromString(document, "text/html");
  return parsed.querySelector("meta[http-equiv='Content-Security-Policy']")?.getAttribute("content") ?? "";
}

describe("the document of a mail's frame", () => {
  it("lets nothing load but its style sheet and pictures from where the mail's own files are", () => {
    const files = ["https://blobs.example.com/a?signature=1", "https://blobs.example.com/b", "no address"];
    expect(policyOf(frameDocument("<p>Hi</p>", { style: STYLE, files }))).toBe(
      `default-src 'none'; img-src https://blobs.example.com; style-src ${STYLE}; base-uri 'none'; form-action 'none'`,
    );
    expect(policyOf(frameDocument("<p>Hi</p>", { style: STYLE, files: [] }))).toContain("img-src 'none'");
  });

  it("has its policy before anything of the mail, whatever that closes or opens", () => {
    const hostile = '</body></html><head><base href="https://evil.example/"></head><p>Hi</p><!--';
    const document = frameDocument(hostile, { style: STYLE, files: [] });
    expect(document.indexOf("Content-Security-Policy")).toBeLessThan(document.indexOf("evil.example"));
    expect(document.match(/<body/gu)).toHaveLength(1);
  });

  it("holds no page of its own, which browsers connect to before they ask the policy", () => {
    const html = '<p>Hi</p><div><iframe src="https://evil.example/"></iframe></div>';
    expect(frameDocument(html, { style: STYLE, files: [] })).not.toContain("evil.example");
  });

  it("folds quoted blocks, each with those inside it, behind one toggle", () => {
    const html =
      '<p>Yes.</p><blockquote class="mail-quote">One <blockquote class="mail-quote">two</blockquote></blockquote>';
    const parsed = new DOMParser().parseFromString(
      frameDocument(html, { style: STYLE, files: [] }),
      "text/html",
    );
    expect(parsed.querySelectorAll("details")).toHaveLength(1);
    expect(parsed.querySelector("details > summary")?.textContent).toBe("Quoted text");
    expect(parsed.querySelectorAll("details .mail-quote")).toHaveLength(2);
  });

  it.each([
    [
      "as Thunderbird marks it",
      '<div class="mail-quote">Ann wrote:</div> <blockquote class="mail-quote">',
      false,
    ],
    [
      "as Outlook marks it",
      '<div class="mail-quote"></div><hr><div class="mail-quote">From: Ann</div><div>',
      true,
    ],
  ])("folds what belongs together once, %s", (_, start, isToTheEnd) => {
    const html = `<p>Yes.</p>${start}The quote</blockquote></div><p>After.</p>`;
    const parsed = new DOMParser().parseFromString(
      frameDocument(html, { style: STYLE, files: [] }),
      "text/html",
    );
    expect(parsed.querySelectorAll("details")).toHaveLength(1);
    const folded = parsed.querySelector("details")?.textContent ?? "";
    expect(folded).toContain("Ann");
    expect(folded).toContain("The quote");
    expect(folded.includes("After.")).toBe(isToTheEnd);
    expect(folded).not.toContain("Yes.");
  });
});

describe("the height of a mail", () => {
  it("is a guess from its blocks, pictures and words, without what it quotes", () => {
    expect(linesOf("<p>Hi</p>")).toBe(3);
    expect(linesOf('<p>Hi</p><img src="x">')).toBeGreaterThan(5);
    expect(linesOf(`<p>Hi</p><div class="mail-quote">${"<p>long</p>".repeat(50)}</div>`)).toBe(3);
  });
});
