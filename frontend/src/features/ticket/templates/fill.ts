/** A template's text in pieces: words, and the numbers of the parameters between them. */
export function pieces(body: string): readonly (string | number)[] {
  return body
    .split(/(\{\{\s*\d+\s*\}\})/)
    .filter((piece) => piece !== "")
    .map((piece) => {
      const number = /^\{\{\s*(\d+)\s*\}\}$/.exec(piece)?.[1];
      return number === undefined ? piece : Number(number);
    });
}

/** The text with its parameters in their places. */
export function filled(body: string, parameters: readonly string[]): string {
  return pieces(body)
    .map((piece) => (typeof piece === "string" ? piece : (parameters[piece - 1] ?? `{{${piece}}}`)))
    .join("");
}
