/** What a field holds that is to be masked. */
export type FieldKind = "secret" | "authorization" | "cookies" | "set-cookie";

/** Names that mean something else in prose and in logs: `pass: 12`, `sid: 2019401`. They count where fields are certain. */
const ambiguous = new Set(["pass", "sid", "pw"]);

/** A set of words that are written one after the other. */
function setOf(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

const secretWords = setOf(`
  password passwords passwd passwds pwd pwds passphrase passphrases passcode passcodes passwort kennwort secret
  secrets token tokens apikey apikeys session sessions sessid credential credentials cred creds csrf xsrf
  authorization
`);

/** Words before `key` that make it one that opens something; a `public key` and the key of a map do not. */
const keyWords = setOf(`
  api private secret access auth encryption signing master account shared storage subscription functions
  function ssh service rsa client app application hmac jwt
`);

/** Parts that names are made of without a mark between them, as in `accesstoken`. No English word ends with one of them. */
const endings =
  /(?:password|passwd|passphrase|secret|token|apikey|sessionid|sessid|secretkey|privatekey|accesskey|authkey)s?$/;
const beginnings =
  /^(?:password|passwd|(?:api|secret|private|access|auth)key|(?:secret|token|session)(?:access|id|key|value|data|hash))/;

/** Last words of names that tell about a secret, and are none: `token_type`, `passwordPolicy`, `sessionTimeout`. */
const aboutSecrets = setOf(`
  type types endpoint endpoints url uri timeout ttl lifetime expires expired expiry expiration policy length
  count limit required enabled supported methods method age algorithm strength name names domain path samesite
`);
const times = new Set(["in", "at", "on"]);

/** Names come again and again: what was found of the last ones is remembered. */
const judged = new Map<string, FieldKind | null>();
const mostJudged = 2000;
const longestJudged = 100;

/**
 * Tells by a field's name whether its value is masked, and as what. Words count whole: `api_key`, `apiKey` and `APIKEY` are
 * names of one, `monkey` is none.
 *
 * @param isCertain whether this is a field beyond doubt, with `=` or in quotes, so that short names count too
 */
export function kindOfField(name: string, isCertain: boolean): FieldKind | null {
  const key = `${isCertain ? "=" : ":"}${name}`;
  const known = judged.get(key);
  if (known !== undefined) return known;
  const kind = judge(name, isCertain);
  if (judged.size >= mostJudged) judged.clear();
  if (name.length <= longestJudged) judged.set(key, kind);
  return kind;
}

function judge(name: string, isCertain: boolean): FieldKind | null {
  const words = wordsOf(name);
  const last = words.at(-1) ?? "";
  if (last === "authorization") return "authorization";
  if (last === "cookie" || last === "cookies" || last === "cookie2") {
    return words.at(-2) === "set" ? "set-cookie" : "cookies";
  }
  if (aboutSecrets.has(last) || (times.has(last) && aboutSecrets.has(words.at(-2) ?? ""))) return null;
  return words.some((word, at) => isSecret(word, words[at + 1], isCertain)) || isAuth(words) ? "secret" : null;
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== "");
}

function isSecret(word: string, next: string | undefined, isCertain: boolean): boolean {
  const bare = word.replaceAll(/^\d+|\d+$/g, "");
  if (secretWords.has(bare) || endings.test(bare) || beginnings.test(bare)) return true;
  if (isCertain && ambiguous.has(bare)) return true;
  return keyWords.has(bare) && next !== undefined && /^keys?\d*$/.test(next);
}

/** `X-Auth`, `basicAuth`: who signs in how is in them, but `auth` alone names a kind. */
function isAuth(words: readonly string[]): boolean {
  return words.length > 1 && words.at(-1) === "auth" && ["x", "basic", "proxy", "http"].includes(words.at(-2) ?? "");
}
