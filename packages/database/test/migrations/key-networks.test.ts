import { expect, test } from "vitest";
import { createApiKey, validateApiKey } from "../../src/identity/api-keys/index.ts";
import { migrate } from "../../src/migrations/migrator.ts";
import { createTestUser } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { rollBackBefore } from "../support/roll-back.ts";

describeOnEachEngine("attack: a version without networks", (context) => {
  test("opens to no API key that was bound to some", async () => {
    const { db } = context;
    const { id: userId } = await createTestUser(db);
    const bound = await createApiKey(db, { userId, name: "Bound", networks: ["192.0.2.0/24"] });
    const free = await createApiKey(db, { userId, name: "Free" });
    await rollBackBefore(db, "0018");
    await migrate(db);
    expect(await validateApiKey(db, bound.key, { ipAddress: "192.0.2.7" })).toBeNull();
    expect(await validateApiKey(db, free.key)).not.toBeNull();
  });
});
