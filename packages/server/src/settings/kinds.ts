import { type MasterKeys, parseMasterKeys, toCanonicalNetwork, type UserRole, userRoles } from "@nerve/database";

/** How the text of a setting is read. */
export interface Kind<Value> {
  /** What may be written, for people: `a whole number from 1 to 65535`. */
  readonly form: string;
  /** Reads the text; undefined when it has not the form. */
  readonly parse: (text: string) => Value | undefined;
}

/** Any text but none. */
export function words(form: string): Kind<string> {
  return { form, parse: (text) => (text === "" ? undefined : text) };
}

/** Where a file or a folder is. */
export function pathOf(what: "file" | "folder"): Kind<string> {
  return {
    form: `the path of a ${what}, without quotes and \`~\`, which only a shell reads`,
    parse: (text) => (text === "" || isQuoted(text) || /^~(?:[\\/]|$)/.test(text) ? undefined : text),
  };
}

/** Files of settings are read by shells, which take quotes away, and by Docker, which does not. */
function isQuoted(text: string): boolean {
  return /^(["']).*\1$/s.test(text);
}

/** Names of environment variables, with commas between them. */
export const variableNames: Kind<readonly string[]> = {
  form: "names that begin with `NERVE_`, with commas between them",
  parse(text) {
    const names = text.split(",").map((name) => name.trim());
    return names.every((name) => /^NERVE_\w+$/.test(name)) ? names : undefined;
  },
};

/** A secret that nobody guesses. */
export function secretText(min: number): Kind<string> {
  const max = 1024;
  return {
    form: `text of ${min} to ${max} characters`,
    parse: (text) => (text.length >= min && text.length <= max ? text : undefined),
  };
}

/** A whole number between two bounds, both included. */
export function wholeNumber(min: number, max: number): Kind<number> {
  return {
    form: `a whole number from ${min} to ${max}`,
    parse(text) {
      const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** Yes or no. */
export const yesOrNo: Kind<boolean> = {
  form: "`true` or `false`",
  parse: (text) => (text === "true" ? true : text === "false" ? false : undefined),
};

/** One of a few words. */
export function oneOfWords<const Word extends string>(...choices: readonly Word[]): Kind<Word> {
  return {
    form: `one of ${choices.map((choice) => `\`${choice}\``).join(", ")}`,
    parse: (text) => choices.find((choice) => choice === text),
  };
}

/**
 * A URL with one of the given schemes.
 * @param schemes with their colon: `https:`
 */
export function urlWith(...schemes: readonly string[]): Kind<string> {
  return {
    form: `a URL that begins with ${schemes.map((scheme) => `\`${scheme}//\``).join(" or ")}`,
    parse: (text) => (schemes.includes(URL.parse(text)?.protocol ?? "") ? text : undefined),
  };
}

/** A web address of scheme, host and port alone; it is kept as browsers write it in the `Origin` header. */
export const origin: Kind<string> = {
  form: "`https://host` or `http://host:port`, without a path, a user or anything else",
  parse(text) {
    if (!/^https?:\/\/[^/\\?#@]+\/?$/i.test(text)) return undefined;
    return URL.parse(text)?.origin;
  },
};

/** Where somebody can be reached. */
export const contact: Kind<string> = {
  form: "`mailto:security@example.org`, or an address that begins with `https://`",
  parse(text) {
    const url = /^\S+$/.test(text) ? URL.parse(text) : null;
    if (url?.protocol === "mailto:") return url.pathname.includes("@") ? text : undefined;
    return url?.protocol === "https:" ? text : undefined;
  },
};

/** IP addresses and networks, with commas between them. */
export const networks: Kind<readonly string[]> = {
  form: "IP addresses or networks, with commas between them: `192.0.2.7,2001:db8::/32`",
  parse(text) {
    const list = text.split(",").map((entry) => entry.trim());
    return list.every((entry) => toCanonicalNetwork(entry) !== undefined) ? list : undefined;
  },
};

/** Roles that can have a second factor: all but demonstrations. */
const ableRoles = userRoles.filter((role) => role !== "demo");

/** Who has to have a second factor. */
export const factorRoles: Kind<readonly UserRole[]> = {
  form: `\`all\`, or some of ${ableRoles.map((role) => `\`${role}\``).join(", ")} with commas between them`,
  parse(text) {
    if (text === "all") return ableRoles;
    const names = text.split(",").map((name) => name.trim());
    const roles = ableRoles.filter((role) => names.includes(role));
    return roles.length === new Set(names).size ? roles : undefined;
  },
};

/** A day; it begins at midnight UTC. */
export const dayText: Kind<Date> = {
  form: "a day such as `2026-12-31`",
  parse(text) {
    const start = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(`${text}T`) ? start : undefined;
  },
};

/** An e-mail address, with or without a name before it. */
export const sender: Kind<string> = {
  form: "`nerve@example.org` or `NERVE <nerve@example.org>`",
  parse: (text) => (/^(?:[^<>\p{Cc}]{0,100}<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u.test(text) ? text : undefined),
};

/** Keys for secrets at rest, as the lines of a key file, with commas between them. */
export const masterKeys: Kind<MasterKeys> = {
  form: "`id:key` with a key of 32 bytes as base64url, the current one first, with commas between them",
  parse(text) {
    try {
      return parseMasterKeys(text.replaceAll(",", "\n"));
    } catch {
      return undefined;
    }
  },
};
