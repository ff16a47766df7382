import { expect, test } from "vitest";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { connectRaw, expectEnd } from "../support/raw-client.ts";
import { serveTest } from "../support/test-server.ts";

describeOnEachEngine("A server that ends", (context) => {
  test("waits for no connection on which nothing was asked, nor for one on which everything was answered", async () => {
    const server = await serveTest(context.db);
    using silent = connectRaw(server.url);
    using answered = connectRaw(server.url);
    await answered.write("GET /api/health HTTP/1.1\r\nhost: x\r\n\r\n");
    await answered.readUntil(() => expect(answered.received()).toContain("200 OK"));
    await server.close();
    await expectEnd(answered);
    await silent.readUntil(() => expect(silent.state()).not.toBe("open"));
  });
});
