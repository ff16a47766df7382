import type { FieldKind } from "./field-names.ts";
import { matchFrom, type Span, trimSpan } from "./spans.ts";

/** Values that say that there is none, or only whether there is one. */
const literals = /^(?:null|true|false|none|undefined|nil|yes|no|on|off|0|1)[\s,;.)\]}]*$/i;

/** Ways of signing in, which say nothing of who does. */
const schemes =
  /(?:Bearer|Basic|Digest|Negotiate|NTLM|Token|ApiKey|Api-Key|Key|OAuth|Hawk|DPoP|MAC|HOBA|SCRAM-SHA-\d+|GNAP|vapid|AWS4-HMAC-SHA256|AWS|Splunk|GoogleLogin|SSWS|PrivateToken|GenieKey|Zoho-oauthtoken|Discogs)(?:\s+|%20|\+|$)/iy;

/** What `Set-Cookie` says about a cookie; a value that such an attribute does not have is masked like any other. */
const attributes =
  /^(?:secure|httponly|partitioned|path=[\w/.~%+-]*|domain=[\w.-]*|max-age=-?\d*|expires=(?:-1|0|[a-z]{3,9},?[ \w:-]{5,40})|samesite=[a-z]*|priority=[a-z]*|version=\d*)$/i;

/** The parts of a field's value that are masked. */
export function partsOfValue(text: string, kind: FieldKind, value: Span): Span[] {
  const span = trimSpan(text, value);
  if (span.start === span.end || isLiteral(text, span)) return [];
  if (kind === "secret") return [span];
  return kind === "authorization" ? credentialsOf(text, span) : cookiesOf(text, kind, span);
}

function isLiteral(text: string, { start, end }: Span): boolean {
  return end - start < 16 && literals.test(text.slice(start, end));
}

function credentialsOf(text: string, { start, end }: Span): Span[] {
  const from = start + (matchFrom(text, schemes, start)?.[0].length ?? 0);
  return from < end ? [{ start: from, end }] : [];
}

/** Names of cookies stay, for findings are about them. */
function cookiesOf(text: string, kind: FieldKind, { start, end }: Span): Span[] {
  const spans: Span[] = [];
  let from = start;
  for (const written of text.slice(start, end).split(";")) {
    const piece = trimSpan(text, { start: from, end: from + written.length });
    const isAttribute = kind === "set-cookie" && from > start && attributes.test(written.trim());
    if (!isAttribute) spans.push(...cookieValue(text, piece));
    from += written.length + 1;
  }
  return spans;
}

function cookieValue(text: string, piece: Span): Span[] {
  const equals = text.slice(piece.start, piece.end).indexOf("=");
  const value = trimSpan(text, { start: piece.start + equals + 1, end: piece.end });
  return value.start === value.end || isLiteral(text, value) ? [] : [value];
}
