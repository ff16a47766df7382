import { expect, test } from "vitest";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { cleanupExpiredUploads } from "../../../src/upkeep/clean-up-uploads.ts";
import { createTestUser, uniqueWord } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

describeOnEachEngine("Cleaning up uploads", (context) => {
  const rowsOf = async (table: "uploaded_credentials" | "breach_file_results") =>
    (await fetchAll(context.db, context.db.sql.selectFrom(table).select("email"))).map(({ email }) => email);

  async function upload(email: string, uploadTime: Date | null) {
    const { db, clock } = context;
    const uploadId = uniqueWord();
    const file = { filename: "list.txt", file_path: "list.txt", updated_at: clock.now() };
    await runQuery(
      db,
      db.sql.insertInto("uploaded_files").values({ ...file, upload_id: uploadId, upload_time: uploadTime }),
    );
    const row = { upload_id: uploadId, email, updated_at: clock.now() };
    await runQuery(db, db.sql.insertInto("uploaded_credentials").values(row));
  }

  test("deletes credentials 24 hours after they came, and no earlier", async () => {
    const { db, clock } = context;
    await upload("early@example.org", clock.now());
    await upload("undated@example.org", null);
    clock.advance({ hours: 1 });
    await upload("late@example.org", clock.now());
    clock.advance({ hours: 22, minutes: 59 });
    expect(await cleanupExpiredUploads(db)).toEqual({ breachFiles: 0, uploadedFiles: 0 });
    clock.advance({ minutes: 1 });
    expect(await cleanupExpiredUploads(db)).toEqual({ breachFiles: 0, uploadedFiles: 2 });
    expect(await rowsOf("uploaded_credentials")).toEqual(["late@example.org"]);
  });

  test("deletes breach files at their expiry, with what was found in them", async () => {
    const { db, clock } = context;
    const { id: userId } = await createTestUser(db);
    const now = clock.now();
    const stamps = { uploaded_at: now, created_at: now, updated_at: now };
    for (let id = 1; id <= 25; id += 1) {
      const expiresAt = new Date(now.getTime() + id * 1000);
      const file = { filename: "a", file_size: 1, file_path: "a", storage_location: "local", content_hash: "0" };
      const values = { ...file, ...stamps, id, mime_type: "text/plain", user_id: userId, expires_at: expiresAt };
      await runQuery(db, db.sql.insertInto("uploaded_breach_files").values(values));
      const found = { uploaded_file_id: id, email: `${id}@example.org`, created_at: now, updated_at: now };
      await runQuery(db, db.sql.insertInto("breach_file_results").values(found));
    }
    clock.advance({ seconds: 24 });
    expect(await cleanupExpiredUploads(db)).toEqual({ breachFiles: 24, uploadedFiles: expect.any(Number) });
    expect(await rowsOf("breach_file_results")).toEqual(["25@example.org"]);
  });

  test("attack: refuses to keep nothing", async () => {
    const outcome = cleanupExpiredUploads(context.db, { keepHours: 0 });
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field: "keepHours" });
  });
});
