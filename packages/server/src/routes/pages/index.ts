import { readFile } from "node:fs/promises";
import type { RegisterRoutes } from "../server-context.ts";

/** The pages that links lead to, and their own script and style. */
const files = {
  "/set-up": { file: "set-up.html", type: "text/html; charset=utf-8" },
  "/reset-password": { file: "reset-password.html", type: "text/html; charset=utf-8" },
  "/verify-email": { file: "verify-email.html", type: "text/html; charset=utf-8" },
  "/pages/form.js": { file: "form.js", type: "text/javascript; charset=utf-8" },
  "/pages/style.css": { file: "style.css", type: "text/css; charset=utf-8" },
} as const;

const folder = new URL("../../../pages/", import.meta.url);

const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Serves the pages. Opening one changes nothing: a link scanner that follows every link of a mail uses none up, since it takes
 * pressing the button, which posts the token.
 */
export const registerPages: RegisterRoutes = async (server) => {
  for (const [url, { file, type }] of Object.entries(files)) {
    const content = await readFile(new URL(file, folder), "utf8");
    server.get(url, { schema: { hide: true }, config: { access: "anybody" } }, (_request, reply) =>
      reply.type(type).headers({ "content-security-policy": pagePolicy, "cache-control": "no-cache" }).send(content),
    );
  }
};
