import { continueSecurityEvent, type Database, type LoggedSecurityEvent, recordRefusedKeyUse } from "@nerve/database";
import type { FastifyBaseLogger } from "fastify";
import type { RefusalGroup, Subject } from "./group-refusals.ts";
import { manyFrom, refusalKinds } from "./refusal-kinds.ts";

/** Routes that the sentence of an event names; its metadata has more. */
const told = 3;

interface Written {
  readonly event: LoggedSecurityEvent;
  readonly count: number;
}

/** Makes what writes the event of a group, or amends the one that is there; one after the other for each group. */
export function writeRefusals(db: Database, log: FastifyBaseLogger) {
  const written = new WeakMap<RefusalGroup, Written>();
  const lastOf = new WeakMap<RefusalGroup, Promise<void>>();
  const underWay = new Set<Promise<void>>();

  async function writeNow(group: RefusalGroup): Promise<void> {
    const { count, kind: eventType } = group;
    const before = written.get(group);
    if (before?.count === count) return;
    const content = tell(group);
    try {
      const { userId, email, origin } = group.subject;
      const entry = { eventType, ...content, userId, email, ...origin };
      const event = await continueSecurityEvent(db, before?.event ?? null, entry);
      written.set(group, { event, count });
      await countAtKey(db, group, count - (before?.count ?? 0));
    } catch (error) {
      log.error({ err: error, refused: eventType, count }, "refused requests could not be recorded");
    }
  }

  return {
    write(group: RefusalGroup): void {
      const writing = (lastOf.get(group) ?? Promise.resolve()).then(() => writeNow(group));
      lastOf.set(group, writing);
      underWay.add(writing);
      void writing.finally(() => underWay.delete(writing));
    },
    async settle() {
      await Promise.all(underWay);
    },
  };
}

/** Adds to what the owner of a key sees of its uses from elsewhere. */
async function countAtKey(db: Database, { subject, lastAt }: RefusalGroup, uses: number): Promise<void> {
  const { by, keyId, origin } = subject;
  if (by !== "misplaced-key" || keyId === undefined || origin === undefined) return;
  await recordRefusedKeyUse(db, { keyId, uses, at: lastAt, ipAddress: origin.ipAddress });
}

/** What the event of a group says; no address, value or credential is in it. */
function tell(group: RefusalGroup) {
  const { kind, subject, count, codes, routes, startedAt, lastAt, firstRequestId, lastRequestId } = group;
  const { few, many } = refusalKinds[kind];
  const named = [...routes.keys()].slice(0, told).join(", ");
  const more = routes.size > told ? " and others" : "";
  const requests = count === 1 ? "A request was refused" : `${count} requests were refused`;
  const whose: Partial<Record<Subject["by"], string>> = {
    others: " of many others",
    "misplaced-key": ", with an API key from outside its networks",
  };
  return {
    severity: count < manyFrom ? few : many,
    description: `${requests}${whose[subject.by] ?? ""}: ${named}${more} (${[...codes.keys()].join(", ")})`,
    metadata: {
      count,
      codes: Object.fromEntries(codes),
      routes: Object.fromEntries(routes),
      by: subject.by,
      ...(subject.keyId === undefined ? {} : { keyId: subject.keyId }),
      since: startedAt.toISOString(),
      until: lastAt.toISOString(),
      firstRequestId,
      lastRequestId,
    },
  };
}
