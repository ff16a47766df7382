const controlNames: Readonly<Record<string, string>> = { "\0": "a NUL", "\t": "a tab", "\n": "a line feed" };

/**
 * Tells what is wrong with the text of any setting, before its form is looked at: characters that nobody sees. A file of
 * settings with Windows line ends would else name another database, and encrypt backups under another key.
 *
 * @returns the fault as the end of a sentence, without the value; undefined when there is none
 */
export function textFaultOf(text: string): string | undefined {
  if (/[\r\n]+$/.test(text)) {
    const what = text.endsWith("\n") ? "a line feed" : "a carriage return, as files with Windows line ends (CRLF) have";
    return `ends with ${what}: write the value without it`;
  }
  const control = /[\p{Cc}\p{Zl}\p{Zp}]/u.exec(text)?.[0];
  if (control !== undefined) return `holds ${nameOf(control)}: write the value without it`;
  if (/^[\s\p{Cf}]/u.test(text)) return `begins with ${nameOfOuter(text.charAt(0))}: write the value without it`;
  if (/[\s\p{Cf}]$/u.test(text)) return `ends with ${nameOfOuter(text.at(-1) ?? "")}: write the value without it`;
  return undefined;
}

function nameOf(control: string): string {
  return controlNames[control] ?? `the control character ${codePoint(control)}`;
}

function nameOfOuter(character: string): string {
  return character === " " ? "a space" : `the unseen character ${codePoint(character)}`;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
