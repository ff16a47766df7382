/** What Semgrep writes in place of code and fingerprints for who is not signed in. */
const hidden = "requires login";

/** A text, or an empty one where it is hidden. */
export function unlessHidden(text: string): string {
  return text === hidden ? "" : text;
}

/** Code as it is part of an identity: its spaces folded, so that indentation changes nothing; empty where it is hidden. */
export function foldedCode(code: string): string {
  return unlessHidden(code).replaceAll(/\s+/g, " ").trim();
}
