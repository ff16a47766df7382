import { isLoopbackHost, type MailServer } from "../settings/index.ts";

/**
 * Whether the connection must become TLS before anything is said: on every way to another machine, for passwords and links cross
 * it. A server that offers no STARTTLS, or somebody on the way who takes the offer out, then gets no mail.
 *
 * @see OWASP ASVS 5.0, 12.3.1
 */
export function requiresStartTls({ host, secure }: MailServer, { allowPlain }: { allowPlain: boolean }): boolean {
  return !secure && !allowPlain && !isLoopbackHost(host);
}

/** What the library that sends is told of a mail server. */
export function connectionTo(server: MailServer, options: { allowPlain: boolean }) {
  const { host, port, secure, credential } = server;
  return {
    host,
    ...(port === null ? {} : { port }),
    secure,
    requireTLS: requiresStartTls(server, options),
    ...(credential === null ? {} : { auth: { user: credential.user, pass: credential.password } }),
  };
}
