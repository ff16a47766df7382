import { describe, expect, test } from "vitest";
import { parseSettings, settingDefinitions } from "../../src/index.ts";
import { warningOfForeign } from "../../src/settings/index.ts";

const ports = [
  { port: 8000, protocol: "tcp" },
  { port: 9000, protocol: "udp" },
];

/** What Kubernetes writes for a service. @see https://kubernetes.io/docs/concepts/services-networking/service/ */
function linksOf(service: string): Record<string, string> {
  const links = ports.map(({ port, protocol }): [string, string][] => {
    const link = `${service}_PORT_${port}_${protocol.toUpperCase()}`;
    return [
      [link, `${protocol}://192.0.2.7:${port}`],
      [`${link}_PROTO`, protocol],
      [`${link}_PORT`, String(port)],
      [`${link}_ADDR`, "192.0.2.7"],
    ];
  });
  return {
    [`${service}_SERVICE_HOST`]: "192.0.2.7",
    [`${service}_SERVICE_PORT`]: "8000",
    [`${service}_SERVICE_PORT_HTTP`]: "8000",
    [`${service}_PORT`]: "tcp://192.0.2.7:8000",
    ...Object.fromEntries(links.flat()),
  };
}

describe("the links of Kubernetes", () => {
  test.each(["NERVE", "NERVE_POSTGRES", "NERVE_BACKUP", "NERVE_2"])(
    "to the service %s are left out, and told",
    (name) => {
      const links = linksOf(name);
      expect(parseSettings(links)).toEqual(parseSettings({}));
      const warning = warningOfForeign(links);
      expect(warning).toContain("`enableServiceLinks: false`");
      for (const variable of Object.keys(links)) expect(warning).toContain(variable);
    },
  );

  test("are left out beside settings, which count", () => {
    const environment = { ...linksOf("NERVE"), NERVE_PORT: "8080", NERVE_SESSION_HOURS: "2" };
    expect(parseSettings(environment)).toMatchObject({ port: 8080, sessionHours: 2 });
    expect(warningOfForeign(environment)).not.toContain("NERVE_PORT,");
  });

  test("have no name that a setting has, but by their values", () => {
    const environment = Object.fromEntries(Object.values(settingDefinitions).map(({ name }) => [name, "x"]));
    expect(warningOfForeign(environment)).toBeUndefined();
  });
});

test("what an image tells of itself is left out, and told", () => {
  const environment = { NERVE_VERSION: "0.1.0", NERVE_COMMIT: "3d4abf4" };
  expect(parseSettings(environment)).toEqual(parseSettings({}));
  expect(warningOfForeign(environment)).toMatch(/NERVE_VERSION, NERVE_COMMIT\.$/);
});

test("nothing is told where there is nothing foreign", () => {
  expect(warningOfForeign({ NERVE_PORT: "8000", PATH: "/bin" })).toBeUndefined();
});

describe("settings of a newer NERVE, after going back", () => {
  test("are refused with the remedy, which works", () => {
    const environment = { NERVE_OF_TOMORROW: "on", NERVE_AND_AFTER: "3" };
    expect(() => parseSettings(environment)).toThrow("NERVE_LEAVE_OUT");
    expect(parseSettings({ ...environment, NERVE_LEAVE_OUT: "NERVE_OF_TOMORROW, NERVE_AND_AFTER" })).toMatchObject({
      port: 8000,
    });
  });

  test("count when NERVE knows them, though the list still names them", () => {
    expect(parseSettings({ NERVE_PORT: "9", NERVE_LEAVE_OUT: "NERVE_PORT" }).port).toBe(9);
    expect(() => parseSettings({ NERVE_PORT: "many", NERVE_LEAVE_OUT: "NERVE_PORT" })).toThrow("NERVE_PORT");
  });

  test.each(["PATH", "everything", "*", "NERVE_X,,"])("the list names variables of NERVE only: %s", (list) => {
    expect(() => parseSettings({ NERVE_LEAVE_OUT: list })).toThrow("NERVE_LEAVE_OUT");
  });
});
