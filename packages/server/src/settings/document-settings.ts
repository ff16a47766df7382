import { settingDefinitions } from "./definitions.ts";

/** Writes docs/SETTINGS.md: every setting with its form, its default and what it does. */
export function documentSettings(): string {
  const rows = Object.values(settingDefinitions).map((definition) =>
    [
      `\`${definition.name}\``,
      `${definition.help}${definition.secret ? " A secret: never logged." : ""}`,
      definition.kind.form,
      describeDefault(definition.default),
    ].join(" | "),
  );
  return [
    "# Settings",
    "",
    "<!-- Made from packages/server/src/settings/definitions.ts by `npm run docs`. -->",
    "",
    "NERVE reads its settings from environment variables, once, when it starts. Any other variable that begins with `NERVE_`",
    "is refused, with the nearest name that exists; so is a value that has not the form. An empty variable counts as not set.",
    "",
    "| Variable | What it does | Form | Default |",
    "| --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
    "",
  ].join("\n");
}

function describeDefault(value: unknown): string {
  return value === null ? "none" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
