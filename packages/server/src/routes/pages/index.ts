import { readFile } from "node:fs/promises";
import { showsDocs } from "../../openapi/describe-api.ts";
import { liveUrl } from "../health/index.ts";
import type { RegisterRoutes, Server, ServerContext } from "../server-context.ts";

/** The pages that links lead to, and the script and style of all. */
const files = {
  "/set-up": { file: "set-up.html", type: "text/html; charset=utf-8" },
  "/reset-password": { file: "reset-password.html", type: "text/html; charset=utf-8" },
  "/verify-email": { file: "verify-email.html", type: "text/html; charset=utf-8" },
  "/pages/form.js": { file: "form.js", type: "text/javascript; charset=utf-8" },
  "/pages/style.css": { file: "style.css", type: "text/css; charset=utf-8" },
} as const;

const startPage = "start.html";
const folder = new URL("../../../pages/", import.meta.url);

const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const pageHeaders = { "content-security-policy": pagePolicy, "cache-control": "no-cache" };

/**
 * Serves the pages. Opening one changes nothing: a link scanner that follows every link of a mail uses none up, since it takes
 * pressing the button, which posts the token.
 */
export const registerPages: RegisterRoutes = async (server, context) => {
  await registerStart(server, context);
  for (const [url, { file, type }] of Object.entries(files)) {
    const content = await readFile(new URL(file, folder), "utf8");
    server.get(url, { schema: { hide: true }, config: { access: "anybody", isFile: true } }, (_request, reply) =>
      reply.type(type).headers(pageHeaders).send(content),
    );
  }
};

/** Tells whoever comes to the bare address what is here: people by a page, programs by a document. */
async function registerStart(server: Server, { settings }: ServerContext): Promise<void> {
  const template = await readFile(new URL(startPage, folder), "utf8");
  const hasDocs = showsDocs(settings);
  const page = hasDocs ? template : template.replace(/\s*<li class="docs">.*?<\/li>/s, "");
  const answer = {
    name: "NERVE",
    health: liveUrl,
    ...(hasDocs ? { openapi: "/openapi.json", docs: "/docs" } : {}),
  };
  server.get("/", { schema: { hide: true }, config: { access: "anybody" } }, (request, reply) => {
    reply.header("vary", "accept");
    const isForPeople = request.headers.accept?.includes("text/html") ?? false;
    return isForPeople ? reply.type("text/html; charset=utf-8").headers(pageHeaders).send(page) : reply.send(answer);
  });
}
