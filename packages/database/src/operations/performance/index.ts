export { logQueryPerformance } from "./log-query-performance.ts";
export { optimizeDatabase, type OptimizeResult } from "./optimize-database.ts";
export {
  clearPerformanceLog,
  getPerformanceStats,
  type PerformanceStats,
  type RecentQuery,
} from "./performance-stats.ts";
export { getSlowQueries, type SlowQuery } from "./slow-queries.ts";
