import { type Database, networkOf } from "@nerve/database";
import type { FastifyBaseLogger, FastifyRequest } from "fastify";
import { Counter } from "prom-client";
import type { ProblemCode } from "../errors/index.ts";
import { groupRefusals, misplacedKeyOf, type Refusal, subjectOf } from "./group-refusals.ts";
import { kindOfProblem, type RefusalKind } from "./refusal-kinds.ts";
import { writeRefusals } from "./write-refusals.ts";

/** How often groups are looked at whose hour may be over, in milliseconds. */
const lookEveryMs = 60_000;

/** What every answer that is a problem goes through. */
export interface RefusalReporter {
  /** Counts the problem that a request is answered with, and records it where it is a refusal. */
  readonly report: (request: FastifyRequest, code: ProblemCode) => void;
  /** The same of what was no request yet. */
  readonly reportConnection: (address: string | undefined, code: ProblemCode, requestId: string) => void;
  /** How many there were, by code. */
  readonly counter: Counter;
  /** Records the hours that are over, and resolves when all is written that was to be by now. */
  readonly settle: () => Promise<void>;
  /** Records what is not recorded yet, and ends. */
  readonly close: () => Promise<void>;
}

/**
 * Makes the reporter of a server. Refusals of one kind and subject make one security event an hour, which counts: it is written
 * with the first, the tenth, the hundredth and so on, and when its hour is over. No answer waits for it.
 */
export function reportRefusals(db: Database, log: FastifyBaseLogger): RefusalReporter {
  const groups = groupRefusals(db.clock);
  const events = writeRefusals(db, log);
  const counter = new Counter({
    name: "nerve_http_problems_total",
    help: "Answers that were a problem, by its code.",
    labelNames: ["code"],
    registers: [],
  });
  const writeEnded = () => {
    for (const group of groups.takeEnded()) events.write(group);
  };
  const timer = setInterval(writeEnded, lookEveryMs);
  timer.unref();

  function count(code: ProblemCode, describe: (kind: RefusalKind) => Refusal): void {
    counter.inc({ code });
    const kind = code in kindOfProblem ? kindOfProblem[code as keyof typeof kindOfProblem] : null;
    if (kind === null) return;
    const group = groups.count(describe(kind));
    if (isRound(group.count)) events.write(group);
  }

  return {
    counter,
    report(request, code) {
      const { url } = request.routeOptions;
      const route = url === undefined || request.is404 ? "no route" : `${request.method} ${url}`;
      const own = misplacedKeyOf(request) === null ? null : "key_address_refused";
      count(code, (kind) => ({ kind: own ?? kind, code, subject: subjectOf(request), route, requestId: request.id }));
    },
    reportConnection(address, code, requestId) {
      const ipAddress = address ?? "0.0.0.0";
      const subject = { by: "network", key: networkOf(ipAddress), origin: { ipAddress } } as const;
      count(code, (kind) => ({ kind, code, subject, route: "no route", requestId }));
    },
    async settle() {
      writeEnded();
      await events.settle();
    },
    async close() {
      clearInterval(timer);
      for (const group of groups.takeAll()) events.write(group);
      await events.settle();
    },
  };
}

/** Whether a count is 1, 10, 100 and so on. */
function isRound(count: number): boolean {
  return /^10*$/.test(String(count));
}
