/** Lines of a mail that stand together. */
export interface Piece {
  readonly kind: "text" | "quote" | "signature";
  readonly text: string;
}

interface Fold {
  readonly kind: "quote" | "signature";
  readonly from: number;
  readonly to: number;
}

/** The pieces of a mail's text in their order, as the desk has found them in it. Pieces without words are left out. */
export function piecesOf(content: string, folded: unknown): readonly Piece[] {
  const lines = content.split("\n");
  const pieces: Piece[] = [];
  let at = 0;
  const take = (kind: Piece["kind"], to: number) => {
    // Lines that are folded show their indentation; blank lines around a piece do not show.
    const text = lines
      .slice(at, to)
      .join("\n")
      .replace(/^\s*\n/u, "")
      .trimEnd();
    if (text.trim() !== "") pieces.push({ kind, text });
    at = Math.max(at, to);
  };
  for (const { kind, from, to } of foldsOf(folded)) {
    if (from < at || to <= from) continue;
    take("text", from);
    take(kind, to);
  }
  take("text", lines.length);
  return pieces;
}

function foldsOf(folded: unknown): readonly Fold[] {
  const isFold = (value: unknown): value is Fold => {
    if (typeof value !== "object" || value === null) return false;
    const { kind, from, to } = value as Record<string, unknown>;
    return (
      (kind === "quote" || kind === "signature") && Number.isSafeInteger(from) && Number.isSafeInteger(to)
    );
  };
  return (Array.isArray(folded) ? folded : []).filter(isFold).sort((one, other) => one.from - other.from);
}
