import {
  type Caller,
  type Database,
  type FeedReceipt,
  type FeedToImport,
  importEpss,
  importKev,
} from "@nerve/database";
import { z } from "zod";
import { callerOf } from "../../authentication/caller-of.ts";
import { asText } from "../../openapi/forms.ts";
import type { RegisterRoutes } from "../server-context.ts";
import { addUploads, requireEncoding, spoolBody } from "./uploads.ts";

/** Many times what the lists have today. */
const mostMib = 32;

interface Feed {
  readonly url: string;
  readonly summary: string;
  readonly load: (db: Database, file: FeedToImport, caller: Caller) => Promise<FeedReceipt>;
}

const feeds: readonly Feed[] = [
  {
    url: "/api/feeds/epss",
    summary: "Load the scores of exploitation that FIRST publishes; the body is the CSV, packed with gzip or not",
    load: importEpss,
  },
  {
    url: "/api/feeds/kev",
    summary: "Load what CISA knows to be exploited; the body is its JSON or CSV, packed with gzip or not",
    load: importKev,
  },
];

const count = z.int();
const receiptSchema = z
  .object({ rows: count, added: count, changed: count, removed: count, findings: count, exploited: count })
  .meta({ id: "FeedReceipt", description: "What the file of a feed changed." });

const querySchema = z.strictObject({
  force: asText(z.boolean().default(false)).meta({
    description: "Whether a file with less than half of the rows that there are is taken, too.",
  }),
});

export const registerFeedRoutes: RegisterRoutes = (server, context) =>
  addUploads(server, (scope) => {
    for (const { url, summary, load } of feeds) {
      scope.route({
        method: "POST",
        url,
        schema: {
          tags: ["feeds"],
          summary,
          consumes: ["application/octet-stream"],
          querystring: querySchema,
          body: z.any().meta({ type: "string", format: "binary", description: "The file, of any content type." }),
          response: { 200: receiptSchema },
        },
        config: { access: "feed:write" },
        async handler(request) {
          const isPacked = requireEncoding(request);
          const source = await spoolBody(request, context, { mostMib, isPacked });
          try {
            const { force } = request.query as { force: boolean };
            return await load(context.db, { source, force }, callerOf(request));
          } finally {
            await source.remove();
          }
        },
      });
    }
  });
