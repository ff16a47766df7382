import type { RegisterRoutes } from "../server-context.ts";

const url = "/.well-known/security.txt";
const day = 24 * 3600_000;

/** For how long a reader may believe it, in days; the standard wants less than a year. */
const validDays = 90;

/**
 * Tells whoever finds a weakness of this installation whom to write to; nothing without `NERVE_SECURITY_CONTACT`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9116
 */
export const registerSecurityTxt: RegisterRoutes = (server, { settings, db: { clock } }) => {
  const { securityContact, publicUrl } = settings;
  if (securityContact === null) return;
  const canonical = publicUrl === null ? [] : [`Canonical: ${publicUrl}${url}`];
  server.get(url, { schema: { hide: true }, config: { access: "anybody", isFile: true } }, (_request, reply) => {
    const expires = new Date(Math.floor(clock.now().getTime() / day) * day + validDays * day);
    const lines = [`Contact: ${securityContact}`, `Expires: ${expires.toISOString()}`, ...canonical];
    return reply
      .type("text/plain; charset=utf-8")
      .header("cache-control", "no-cache")
      .send(`${lines.join("\n")}\n`);
  });
};
