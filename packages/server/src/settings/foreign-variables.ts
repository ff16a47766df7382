type Environment = Readonly<Record<string, string | undefined>>;

/** Kubernetes' links to services whose names begin with `nerve`, as Docker's links were before them. */
const serviceLinks = [
  /^NERVE(?:_\w+)?_SERVICE_(?:HOST|PORT(?:_\w+)?)$/,
  /^NERVE(?:_\w+)?_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/,
];
/** The value of `NERVE_PORT` and its like among the links. */
const linkedAddress = /^(?:tcp|udp|sctp):\/\//i;
/** What images say of the program that is in them. */
const imageLabels = new Set(["NERVE_VERSION", "NERVE_REVISION", "NERVE_COMMIT", "NERVE_BUILD"]);

/** Variables that begin as NERVE's own settings do, and were written by somebody else. */
export interface ForeignVariables {
  readonly serviceLinks: readonly string[];
  readonly imageLabels: readonly string[];
}

/**
 * Finds the variables that begin with `NERVE_` and are no settings: they come from Kubernetes or from the image.
 *
 * @param environment what `process.env` holds
 */
export function findForeignVariables(environment: Environment): ForeignVariables {
  const own = Object.keys(environment).filter((name) => name.startsWith("NERVE_"));
  const isLink = (name: string) =>
    serviceLinks.some((pattern) => pattern.test(name)) || linkedAddress.test(environment[name] ?? "");
  return { serviceLinks: own.filter(isLink), imageLabels: own.filter((name) => imageLabels.has(name)) };
}

/**
 * Tells of the variables that are left out because others wrote them.
 *
 * @param environment what `process.env` holds
 * @returns one warning; undefined when there is nothing to tell
 * @example
 * warningOfForeign({ NERVE_PORT: "tcp://192.0.2.7:8000" }); // "Left out, … : NERVE_PORT. …"
 */
export function warningOfForeign(environment: Environment): string | undefined {
  const { serviceLinks: links, imageLabels: labels } = findForeignVariables(environment);
  const told = [
    ...(links.length === 0
      ? []
      : [
          `Left out, since Kubernetes writes them for a service of that name: ${links.join(", ")}. ` +
            "Set `enableServiceLinks: false` in the pod's spec.",
        ]),
    ...(labels.length === 0 ? [] : [`Left out, since it tells of the image and sets nothing: ${labels.join(", ")}.`]),
  ];
  return told.length === 0 ? undefined : told.join(" ");
}
