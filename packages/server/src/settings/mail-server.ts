import type { Kind } from "./kinds.ts";

/** Where mails are handed over. */
export interface MailServer {
  readonly host: string;
  /** Null is the usual one: 465 with TLS from the start, else 587. */
  readonly port: number | null;
  /** Whether the connection begins with TLS (`smtps://`). */
  readonly secure: boolean;
  readonly credential: { readonly user: string; readonly password: string } | null;
}

/**
 * A mail server as a URL of scheme, user, host and port. Parameters are refused: those of the library that sends would turn off the
 * check of certificates, or TLS, in the middle of a line that looks like an address.
 */
export const mailServer: Kind<MailServer> = {
  form: "`smtps://user:password@host:port` or `smtp://…`, without a path or parameters; what a URL cannot hold is written as `%40`",
  parse(text) {
    const url = URL.parse(text);
    if (url === null || !["smtp:", "smtps:"].includes(url.protocol) || url.hostname === "") return undefined;
    if (!["", "/"].includes(url.pathname) || /[?#]/.test(text)) return undefined;
    const [user, password] = [decode(url.username), decode(url.password)];
    if (user === undefined || password === undefined) return undefined;
    return {
      host: url.hostname.replaceAll(/[[\]]/g, ""),
      port: url.port === "" ? null : Number(url.port),
      secure: url.protocol === "smtps:",
      credential: user === "" && password === "" ? null : { user, password },
    };
  },
};

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
