import type { Migration } from "./migration.ts";

/** Indexes of JSON documents, so that events and the audit log are found by what is in them. */
export const migration: Migration = {
  version: "0012",
  description: "Search in the JSON documents of security events and the audit log",
  up: {
    sqlite: `
CREATE TABLE "audit_logs_metadata_json_search" (
  "key" TEXT NOT NULL,
  "value" ANY NOT NULL,
  "created_at" INTEGER NOT NULL,
  "id" INTEGER NOT NULL,
  PRIMARY KEY ("key", "value", "created_at", "id")
) STRICT, WITHOUT ROWID;
INSERT INTO "audit_logs_metadata_json_search"
  SELECT "key", "value", "created_at", "id" FROM (
    SELECT m."key" AS "key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END AS "value", t."created_at" AS "created_at", t."id" AS "id", max(m."id")
    FROM "audit_logs" AS t, json_each(t."metadata_json") AS m WHERE typeof(m."key") = 'text' AND length(m."key") <= 100
    GROUP BY t."id", m."key" HAVING m."type" NOT IN ('object', 'array') AND (m."type" <> 'text' OR length(m."atom") <= 255)
  ) ORDER BY "key", "value", "created_at", "id";
CREATE TRIGGER "audit_logs_metadata_json_search_insert" AFTER INSERT ON "audit_logs" WHEN NEW."metadata_json" IS NOT NULL BEGIN
    INSERT INTO "audit_logs_metadata_json_search" SELECT "key", "value", NEW."created_at", NEW."id" FROM (
      SELECT m."key" AS "key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END AS "value", max(m."id")
      FROM json_each(NEW."metadata_json") AS m WHERE typeof(m."key") = 'text' AND length(m."key") <= 100 GROUP BY m."key" HAVING m."type" NOT IN ('object', 'array') AND (m."type" <> 'text' OR length(m."atom") <= 255)
    );
  END;
CREATE TRIGGER "audit_logs_metadata_json_search_update" AFTER UPDATE OF "metadata_json", "created_at", "id" ON "audit_logs" WHEN OLD."metadata_json" IS NOT NEW."metadata_json" OR OLD."created_at" IS NOT NEW."created_at" OR OLD."id" IS NOT NEW."id" BEGIN
    DELETE FROM "audit_logs_metadata_json_search" WHERE ("key", "value", "created_at", "id") IN (
      SELECT m."key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END, OLD."created_at", OLD."id" FROM json_each(OLD."metadata_json") AS m
    );
    INSERT INTO "audit_logs_metadata_json_search" SELECT "key", "value", NEW."created_at", NEW."id" FROM (
      SELECT m."key" AS "key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END AS "value", max(m."id")
      FROM json_each(NEW."metadata_json") AS m WHERE typeof(m."key") = 'text' AND length(m."key") <= 100 GROUP BY m."key" HAVING m."type" NOT IN ('object', 'array') AND (m."type" <> 'text' OR length(m."atom") <= 255)
    );
  END;
CREATE TRIGGER "audit_logs_metadata_json_search_delete" AFTER DELETE ON "audit_logs" WHEN OLD."metadata_json" IS NOT NULL BEGIN
    DELETE FROM "audit_logs_metadata_json_search" WHERE ("key", "value", "created_at", "id") IN (
      SELECT m."key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END, OLD."created_at", OLD."id" FROM json_each(OLD."metadata_json") AS m
    );
  END;
CREATE TABLE "security_events_metadata_json_search" (
  "key" TEXT NOT NULL,
  "value" ANY NOT NULL,
  "created_at" INTEGER NOT NULL,
  "id" INTEGER NOT NULL,
  PRIMARY KEY ("key", "value", "created_at", "id")
) STRICT, WITHOUT ROWID;
INSERT INTO "security_events_metadata_json_search"
  SELECT "key", "value", "created_at", "id" FROM (
    SELECT m."key" AS "key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END AS "value", t."created_at" AS "created_at", t."id" AS "id", max(m."id")
    FROM "security_events" AS t, json_each(t."metadata_json") AS m WHERE typeof(m."key") = 'text' AND length(m."key") <= 100
    GROUP BY t."id", m."key" HAVING m."type" NOT IN ('object', 'array') AND (m."type" <> 'text' OR length(m."atom") <= 255)
  ) ORDER BY "key", "value", "created_at", "id";
CREATE TRIGGER "security_events_metadata_json_search_insert" AFTER INSERT ON "security_events" WHEN NEW."metadata_json" IS NOT NULL BEGIN
    INSERT INTO "security_events_metadata_json_search" SELECT "key", "value", NEW."created_at", NEW."id" FROM (
      SELECT m."key" AS "key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END AS "value", max(m."id")
      FROM json_each(NEW."metadata_json") AS m WHERE typeof(m."key") = 'text' AND length(m."key") <= 100 GROUP BY m."key" HAVING m."type" NOT IN ('object', 'array') AND (m."type" <> 'text' OR length(m."atom") <= 255)
    );
  END;
CREATE TRIGGER "security_events_metadata_json_search_update" AFTER UPDATE OF "metadata_json", "created_at", "id" ON "security_events" WHEN OLD."metadata_json" IS NOT NEW."metadata_json" OR OLD."created_at" IS NOT NEW."created_at" OR OLD."id" IS NOT NEW."id" BEGIN
    DELETE FROM "security_events_metadata_json_search" WHERE ("key", "value", "created_at", "id") IN (
      SELECT m."key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END, OLD."created_at", OLD."id" FROM json_each(OLD."metadata_json") AS m
    );
    INSERT INTO "security_events_metadata_json_search" SELECT "key", "value", NEW."created_at", NEW."id" FROM (
      SELECT m."key" AS "key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END AS "value", max(m."id")
      FROM json_each(NEW."metadata_json") AS m WHERE typeof(m."key") = 'text' AND length(m."key") <= 100 GROUP BY m."key" HAVING m."type" NOT IN ('object', 'array') AND (m."type" <> 'text' OR length(m."atom") <= 255)
    );
  END;
CREATE TRIGGER "security_events_metadata_json_search_delete" AFTER DELETE ON "security_events" WHEN OLD."metadata_json" IS NOT NULL BEGIN
    DELETE FROM "security_events_metadata_json_search" WHERE ("key", "value", "created_at", "id") IN (
      SELECT m."key", CASE m."type" WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x'' ELSE m."atom" END, OLD."created_at", OLD."id" FROM json_each(OLD."metadata_json") AS m
    );
  END;
`,
    postgres: `
CREATE INDEX "audit_logs_metadata_json_search" ON "audit_logs" USING gin ("metadata_json" jsonb_path_ops);
CREATE INDEX "security_events_metadata_json_search" ON "security_events" USING gin ("metadata_json" jsonb_path_ops);
`,
  },
  down: {
    sqlite: `
DROP TRIGGER "security_events_metadata_json_search_insert";
DROP TRIGGER "security_events_metadata_json_search_update";
DROP TRIGGER "security_events_metadata_json_search_delete";
DROP TABLE "security_events_metadata_json_search";
DROP TRIGGER "audit_logs_metadata_json_search_insert";
DROP TRIGGER "audit_logs_metadata_json_search_update";
DROP TRIGGER "audit_logs_metadata_json_search_delete";
DROP TABLE "audit_logs_metadata_json_search";
`,
    postgres: `
DROP INDEX "security_events_metadata_json_search";
DROP INDEX "audit_logs_metadata_json_search";
`,
  },
};
