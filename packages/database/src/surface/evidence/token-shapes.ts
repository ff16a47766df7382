import { matchFrom, type Span } from "./spans.ts";

/**
 * Tokens that are known by how they begin. Each asks for less than a whole one, for what is shown is often cut. None is asked
 * to stand alone: what is before it may be an escape that ends with a letter.
 */
const shapes: readonly string[] = [
  String.raw`A(?:KIA|SIA|BIA|CCA|GPA|IDA|IPA|NPA|NVA|ROA|3T[A-Z0-9])[A-Z0-9]{16}`, // AWS
  String.raw`gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}`,
  String.raw`gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[\w.-]{16,}|GR1348941[\w-]{16,}`, // GitLab
  String.raw`xox[abeoprs][.-][\w.-]{10,}|xapp-[\w-]{10,}|hooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]{8,}`,
  String.raw`AIza[\w-]{30,}|ya29\.[\w-]{16,}|GOCSPX-[\w-]{16,}|1//0[\w-]{20,}`, // Google
  String.raw`(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/]{16,}`, // Stripe
  String.raw`nrv_[\w-]{16,}`, // NERVE
  String.raw`sk-(?:ant|proj|svcacct|or)-[\w-]{16,}|hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{20,}|pypi-AgE[\w-]{16,}`,
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}|dckr_pat_[\w-]{16,}|do[opr]_v1_[a-f0-9]{16,}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{16,}`,
  String.raw`AGE-SECRET-KEY-1[A-Z0-9]{16,}|LS0tLS1CRUdJTi[A-Za-z0-9+/=]{16,}`, // the latter is base64 of a PEM block
];
const known = new RegExp(shapes.join("|"), "g");
const awsKeyId = /\bA(?:KIA|SIA)[A-Z0-9]{16}/;

/** Finds tokens by their shapes, wherever they stand. */
export function findTokens(text: string): Span[] {
  const spans = [...text.matchAll(known)].filter(([token]) => !isCertificate(token));
  return [
    ...spans.map(spanOf),
    ...findWebTokens(text),
    ...(awsKeyId.test(text) ? findAwsSecrets(text) : []),
    ...findCredentials(text),
  ];
}

function spanOf(match: RegExpExecArray): Span {
  return { start: match.index, end: match.index + match[0].length };
}

/** A PEM block in base64 may hold what anybody may see. */
function isCertificate(token: string): boolean {
  return (
    token.startsWith("LS0t") &&
    /^-+BEGIN (?:CERTIFICATE|PUBLIC KEY)/.test(Buffer.from(token, "base64").toString("latin1"))
  );
}

const ofToken = /[\w-]*/y;
const webToken = /\.[\w-]{4,}(?:\.[\w-]*){0,3}/y;

/** JSON Web Tokens, signed or encrypted, whole or cut. What comes before the first dot is read once, however often it says `eyJ`. */
function findWebTokens(text: string): Span[] {
  const spans: Span[] = [];
  for (let start = text.indexOf("eyJ"); start !== -1;) {
    const head = matchFrom(text, ofToken, start)?.[0].length ?? 0;
    const rest = matchFrom(text, webToken, start + head)?.[0].length ?? 0;
    if (rest > 0) spans.push({ start, end: start + head + rest });
    start = text.indexOf("eyJ", start + head + rest);
  }
  return spans;
}

const longRun = /[A-Za-z0-9/+]+/g;

/** The secret of an AWS key is 40 characters of no shape: beside the key's id it is meant wherever such a run stands. */
function findAwsSecrets(text: string): Span[] {
  const runs = [...text.matchAll(longRun)].filter(([run]) => run.length === 40 && isMixed(run));
  return runs.map(spanOf);
}

function isMixed(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run);
}

const scheme = /\b(Bearer|Basic)[ +]/gi;
const bearerValue = /(?=[\w.~+/-]{0,64}\d)[\w.~+/-]{12,}=*/y;
const basicValue = /[A-Za-z0-9+/_-]{8,}={0,2}/y;

/** `Bearer …` and `Basic …` without the header around them. A word that goes on with a word is prose. */
function findCredentials(text: string): Span[] {
  const spans: Span[] = [];
  for (let found = matchFrom(text, scheme, 0); found !== null;) {
    const isBasic = found[1]?.toLowerCase() === "basic";
    const from = found.index + found[0].length;
    const value = matchFrom(text, isBasic ? basicValue : bearerValue, from);
    if (value !== null && (!isBasic || Buffer.from(value[0], "base64").includes(":"))) spans.push(spanOf(value));
    found = matchFrom(text, scheme, from + (value?.[0].length ?? 0));
  }
  return spans;
}
