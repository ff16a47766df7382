import { type Clock, networkOf } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import type { MisplacedKey, Principal } from "../authentication/principal.ts";
import { originOf, type RequestOrigin } from "../authentication/request-origin.ts";
import type { ProblemCode } from "../errors/index.ts";
import type { RefusalKind } from "./refusal-kinds.ts";

/** How long refusals of one kind and subject make one event, in milliseconds. */
const windowMs = 3600_000;

/** Subjects that are told apart at a time; what more there are make one group together. Nobody can fill the table, or memory. */
const most = { known: 1000, unknown: 200, misplaced: 200 };

/** Routes that are named in one event. */
const mostRoutes = 10;
const others = "others";

/** Whose requests are refused: a user's session, a key, a network, one with a key from elsewhere, or all who are too many to be told apart. */
export interface Subject {
  readonly by: "session" | "api-key" | "network" | "misplaced-key" | "others";
  readonly key: string;
  readonly userId?: number;
  readonly email?: string;
  readonly keyId?: number;
  readonly origin?: RequestOrigin;
}

/** Refusals of one kind that one subject got within an hour. */
export interface RefusalGroup {
  readonly kind: RefusalKind;
  readonly subject: Subject;
  readonly startedAt: Date;
  lastAt: Date;
  count: number;
  readonly codes: Map<ProblemCode, number>;
  readonly routes: Map<string, number>;
  readonly firstRequestId: string;
  lastRequestId: string;
}

/** A refusal as it is counted. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly code: ProblemCode;
  readonly subject: Subject;
  /** The method and the pattern of the address, never the address itself. */
  readonly route: string;
  readonly requestId: string;
}

/** The key that a request brought from elsewhere. */
export function misplacedKeyOf({ misplacedKey }: { misplacedKey?: MisplacedKey | null }): MisplacedKey | null {
  // A request that no router took is not decorated.
  return misplacedKey ?? null;
}

/** Who makes a request that is refused. */
export function subjectOf(request: FastifyRequest): Subject {
  const principal = request.principal as Principal | null | undefined;
  const origin = originOf(request);
  const network = networkOf(origin.ipAddress);
  const misplaced = misplacedKeyOf(request);
  if (misplaced !== null) {
    const { keyId, userId, email } = misplaced;
    return { by: "misplaced-key", key: `key ${keyId} from ${network}`, userId, email, keyId, origin };
  }
  if (principal == null) return { by: "network", key: network, origin };
  const { id: userId, email } = principal.user;
  return principal.kind === "api-key"
    ? { by: "api-key", key: `key ${principal.keyId}`, userId, email, keyId: principal.keyId, origin }
    : { by: "session", key: `user ${userId}`, userId, email, origin };
}

/** The groups of one process. */
export interface RefusalGroups {
  /** Counts a refusal; the group that it belongs to. */
  readonly count: (refusal: Refusal) => RefusalGroup;
  /** Takes out the groups whose hour is over. */
  readonly takeEnded: () => RefusalGroup[];
  readonly takeAll: () => RefusalGroup[];
}

/** Makes what groups refusals by kind, subject and hour, in memory that is bounded. */
export function groupRefusals(clock: Clock): RefusalGroups {
  const groups = new Map<string, RefusalGroup>();
  const subjects = { known: 0, unknown: 0, misplaced: 0 };

  const take = (isTaken: (group: RefusalGroup) => boolean): RefusalGroup[] => {
    const taken = [...groups].filter(([, group]) => isTaken(group));
    for (const [key, { subject }] of taken) {
      groups.delete(key);
      subjects[placeOf(subject)] -= 1;
    }
    return taken.map(([, group]) => group);
  };
  const isOver = ({ startedAt }: RefusalGroup) => Math.abs(clock.now().getTime() - startedAt.getTime()) >= windowMs;

  function open(refusal: Refusal, key: string): RefusalGroup {
    const now = clock.now();
    const { kind, subject, requestId } = refusal;
    const counts = { count: 0, codes: new Map<ProblemCode, number>(), routes: new Map<string, number>() };
    const requests = { firstRequestId: requestId, lastRequestId: requestId };
    const group: RefusalGroup = { kind, subject, startedAt: now, lastAt: now, ...counts, ...requests };
    groups.set(key, group);
    subjects[placeOf(subject)] += 1;
    return group;
  }

  function groupOf(refusal: Refusal): RefusalGroup {
    const key = `${refusal.kind} ${refusal.subject.key}`;
    const found = groups.get(key);
    if (found !== undefined) return found;
    const place = placeOf(refusal.subject);
    if (refusal.subject.by === "others" || subjects[place] < most[place]) return open(refusal, key);
    return groupOf({ ...refusal, subject: { by: "others", key: `${others} ${place}` } });
  }

  return {
    count(refusal) {
      const group = groupOf(refusal);
      group.count += 1;
      group.lastAt = clock.now();
      group.lastRequestId = refusal.requestId;
      add(group.codes, refusal.code);
      const isNamed = group.routes.has(refusal.route) || group.routes.size < mostRoutes;
      add(group.routes, isNamed ? refusal.route : others);
      return group;
    },
    takeEnded: () => take(isOver),
    takeAll: () => take(() => true),
  };
}

/** A key that is used from many networks must not crowd out those who are known, nor be lost among those who are not. */
function placeOf({ by, userId }: Subject): keyof typeof most {
  if (by === "misplaced-key") return "misplaced";
  return userId === undefined ? "unknown" : "known";
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
