/** What a frame may load, as the desk names it. */
export interface Allowed {
  /** Address of the frame's style sheet. */
  readonly style: string;
  /** Addresses of files of the mail; pictures come from where these are and from nowhere else. */
  readonly files: readonly string[];
}

/**
 * The document of a frame that shows sanitised HTML of a mail. It has a content security policy of its own beside
 * the one it inherits, so that nothing loads from elsewhere although somebody deploys the page without one.
 */
export function frameDocument(html: string, { style, files }: Allowed): string {
  // Parsed apart from any page: nothing of it runs or loads.
  const mail = new DOMParser().parseFromString(html, "text/html");
  // Browsers connect to a page within a page before they ask the policy.
  for (const page of mail.querySelectorAll("iframe, frame")) page.remove();
  foldQuotes(mail);
  const origins = [...new Set(files.map(originOf).filter((origin) => origin !== null))];
  const policy = [
    "default-src 'none'",
    `img-src ${origins.join(" ") || "'none'"}`,
    `style-src ${style}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`,
    '<meta name="referrer" content="no-referrer"><base target="_blank"><title>Mail</title>',
    `<link rel="stylesheet" href="${escaped(style)}"></head>`,
    `<body dir="auto">${mail.body.innerHTML}</body></html>`,
  ].join("");
}

/** Puts quoted blocks, with those inside them, behind toggles that need no script. */
function foldQuotes(mail: Document): void {
  for (const quote of mail.querySelectorAll(".mail-quote")) {
    if (quote.closest("details") !== null) continue;
    const quoted: ChildNode[] = [quote];
    // Some programs mark only where the quote begins.
    const hasNoEnd = isEmpty(quote);
    for (let next = quote.nextSibling; next !== null; next = next.nextSibling) {
      if (!hasNoEnd && !(next instanceof Element ? next.matches(".mail-quote") : isEmpty(next))) break;
      quoted.push(next);
    }
    const details = mail.createElement("details");
    const summary = mail.createElement("summary");
    summary.textContent = "Quoted text";
    quote.before(details);
    details.append(summary, ...quoted);
  }
}

function isEmpty(node: Node): boolean {
  const hasPicture = node instanceof Element && node.querySelector("img") !== null;
  return (node.textContent ?? "").trim() === "" && !hasPicture;
}

/** Lines a mail may take, for how high its frame is: nothing in the frame can tell. */
export function linesOf(html: string): number {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const quote of body.querySelectorAll(".mail-quote")) quote.remove();
  const blocks = body.querySelectorAll("p, br, li, tr, h1, h2, h3, h4, blockquote").length;
  const pictures = body.querySelectorAll("img").length;
  return (
    Math.ceil(blocks * LINES_OF_BLOCK) +
    pictures * LINES_OF_PICTURE +
    Math.ceil((body.textContent ?? "").length / LINE_CHARS)
  );
}

/** With the space around it. */
const LINES_OF_BLOCK = 1.5;
const LINES_OF_PICTURE = 8;
const LINE_CHARS = 70;

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}

function escaped(text: string): string {
  return text.replace(/&/gu, "&amp;").replace(/"/gu, "&quot;").replace(/</gu, "&lt;");
}
