import { findCommandOptions } from "./command-options.ts";
import { findFields } from "./fields.ts";
import { findGivenSecrets, searchesFor } from "./given-secrets.ts";
import { findKeyBlocks } from "./key-blocks.ts";
import { hideMasked, isMasked, placeholderOf } from "./placeholder.ts";
import { type FindSpans, mergeSpans, type Span } from "./spans.ts";
import { findTags } from "./tags.ts";
import { findTokens } from "./token-shapes.ts";
import { findUserInfo } from "./user-info.ts";

/** What {@link maskText} made of a text. */
export interface MaskedText {
  readonly text: string;
  /** How many values were masked. */
  readonly masked: number;
}

/** Masking joins values that overlap, and so may show one that began before them; it ends sooner in all but made-up texts. */
const mostRounds = 8;

const finders: readonly FindSpans[] = [
  findFields,
  findTags,
  findCommandOptions,
  findKeyBlocks,
  findTokens,
  findUserInfo,
];

/**
 * Masks what gives access, in requests, responses and whatever else scanners show as evidence: headers that sign in, fields
 * whose names say password, token or the like, private keys, tokens of known shapes and user info of URLs. A value becomes
 * `[masked, 20 characters]`, behind its first four characters when it has 16 or more; all else stays as it is.
 *
 * It would rather mask too much than too little. What is masked once is left alone, and no text makes it throw or take more
 * than linear time.
 *
 * @param options.secrets values that are masked wherever they stand, also percent-, base64- and JSON-escaped
 */
export function maskText(text: string, options: { readonly secrets?: readonly string[] } = {}): MaskedText {
  const searches = searchesFor(options.secrets ?? []);
  let [current, masked] = [text, 0];
  for (let round = 0; round < mostRounds; round += 1) {
    const hidden = hideMasked(current);
    const found = [...finders.map((find) => find(hidden)), findGivenSecrets(hidden, searches)].flat();
    const spans = mergeSpans(found.filter(({ start, end }) => !isMasked(hidden.slice(start, end))));
    if (spans.length === 0) return { text: current, masked };
    current = writePlaceholders(current, spans);
    masked += spans.length;
  }
  return { text: placeholderOf(current), masked: masked + 1 };
}

function writePlaceholders(text: string, spans: readonly Span[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of spans) {
    pieces.push(text.slice(from, start), placeholderOf(text.slice(start, end)));
    from = end;
  }
  pieces.push(text.slice(from));
  return pieces.join("");
}
