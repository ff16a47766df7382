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
    "is refused, with the nearest name that exists: what is written wrong must not count as not set. So is a value that has not",
    "the form, or holds what nobody sees: control characters, such as the carriage return of a file with Windows line ends, or",
    "spaces around it. An empty variable counts as not set.",
    "",
    "Two kinds of variables are left out with a warning. Kubernetes writes `NERVE_PORT=tcp://…`, `NERVE_SERVICE_HOST` and others",
    "into every pod beside a service named `nerve`, unless the pod's spec says `enableServiceLinks: false`. Images tell of",
    "themselves with `NERVE_VERSION`, `NERVE_REVISION`, `NERVE_COMMIT` and `NERVE_BUILD`.",
    "",
    "Going back to an older NERVE, name the settings that it does not know in `NERVE_LEAVE_OUT`, or take them away; its refusal",
    "lists them. The line may stay for the next update: a name that NERVE knows is read whether it is listed or not.",
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
