/** A line without the secret that it holds, on one line and without its indentation. */
export function maskSecret(line: string, secret: string): string {
  const masked = secret === "" ? line : line.replaceAll(secret, "[masked]");
  return masked.replaceAll(/\s+/g, " ").trim();
}

/** Whether a tool took the secret out of its report, all of it or the rest of it. */
export function isRedacted(secret: string): boolean {
  return secret === "" || /REDACT/.test(secret) || /^\*+$|(?:\.{3}|…|\*{3,})$/.test(secret);
}
