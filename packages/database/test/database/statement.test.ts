import { expect, test } from "vitest";
import { statement } from "../../src/database/statement.ts";
import { createCompany } from "../../src/identity/companies/index.ts";
import { describeOnEachEngine } from "../support/engines.ts";

const byName = statement((sql, { part }: { part: string }) =>
  sql.selectFrom("companies").select(["name", "primary_domain"]).where("name", "like", part),
);

describeOnEachEngine("A statement that returns one row", (context) => {
  test("returns it", async () => {
    await createCompany(context.db, { name: "One", primaryDomain: "one.example" });
    expect(await byName.one(context.db, { part: "One" })).toEqual({ name: "One", primaryDomain: "one.example" });
  });

  test("finds nothing where there is none", async () => {
    await expect(byName.one(context.db, { part: "None" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("is a mistake where there are several", async () => {
    await createCompany(context.db, { name: "Twin A", primaryDomain: "a.example" });
    await createCompany(context.db, { name: "Twin B", primaryDomain: "b.example" });
    await expect(byName.one(context.db, { part: "Twin%" })).rejects.toThrow(TypeError);
  });
});
