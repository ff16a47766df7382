import type { ExposureRule } from "./exposure-rule.ts";

/** Services that keep data. */
export const databaseRules: readonly ExposureRule[] = [
  {
    key: "exposed-mysql",
    kind: "exposed-database",
    severity: "high",
    title: "MySQL is reachable from the internet",
    description:
      "Anybody can guess passwords of this MySQL or MariaDB server and use flaws in it, without having to pass the application first.",
    remediation:
      "Let it listen on an internal address only (bind-address), or allow the port only from the application's servers. Administer it through a VPN or an SSH tunnel.",
    services: ["mysql", "mysqlx", "mariadb"],
    ports: ["tcp/3306", "tcp/33060"],
  },
  {
    key: "exposed-postgresql",
    kind: "exposed-database",
    severity: "high",
    title: "PostgreSQL is reachable from the internet",
    description:
      "Anybody can guess passwords of this PostgreSQL server and use flaws in it, without having to pass the application first.",
    remediation:
      "Let it listen on an internal address only (listen_addresses), or allow the port only from the application's servers, and allow no other address in pg_hba.conf. Administer it through a VPN or an SSH tunnel.",
    services: ["postgresql", "postgres"],
    ports: ["tcp/5432"],
  },
  {
    key: "exposed-sql-server",
    kind: "exposed-database",
    severity: "high",
    title: "Microsoft SQL Server is reachable from the internet",
    description:
      "Anybody can guess passwords of this server, that of the administrator sa first of all. Whoever has it can usually run commands on the machine.",
    remediation:
      "Allow ports 1433 (TCP) and 1434 (UDP) only from the application's servers, disable the login sa, and administer the server through a VPN.",
    services: ["ms-sql-s", "ms-sql-m", "mssql"],
    ports: ["tcp/1433", "udp/1434"],
  },
  {
    key: "exposed-mongodb",
    kind: "exposed-database",
    severity: "high",
    title: "MongoDB is reachable from the internet",
    description:
      "MongoDB asks for no password unless access control has been switched on. Open servers are found within hours, copied, emptied and held to ransom.",
    remediation:
      "Let it listen on an internal address only (net.bindIp), or allow the port only from the application's servers. Switch access control (security.authorization) and TLS on.",
    services: ["mongodb", "mongod"],
    ports: ["tcp/27017", "tcp/27018", "tcp/27019"],
  },
  {
    key: "exposed-redis",
    kind: "exposed-database",
    severity: "critical",
    title: "Redis is reachable from the internet",
    description:
      "Redis is made for trusted networks. Without a password anybody can read and delete everything, and by writing files often run commands on the machine.",
    remediation:
      "Let it listen on an internal address only (bind), keep protected-mode on, and require passwords (ACL). Allow the port only from the application's servers.",
    services: ["redis"],
    ports: ["tcp/6379"],
  },
  {
    key: "exposed-elasticsearch",
    kind: "exposed-database",
    severity: "high",
    title: "Elasticsearch is reachable from the internet",
    description:
      "Before version 8, Elasticsearch asks for no login unless security has been switched on. Anybody may then read, change and delete all indexes.",
    remediation:
      "Let it listen on an internal address only (network.host), or allow ports 9200 and 9300 only from the application's servers and the cluster. Switch its security and TLS on.",
    services: ["elasticsearch"],
    ports: ["tcp/9200", "tcp/9300"],
    overHttp: true,
  },
  {
    key: "exposed-memcached",
    kind: "exposed-database",
    severity: "high",
    title: "Memcached is reachable from the internet",
    description:
      "Memcached usually asks for no login, so that anybody can read and replace what is cached. Over UDP it is also used to flood others with traffic.",
    remediation:
      "Let it listen on an internal address only (-l), switch UDP off (-U 0), and allow the port only from the application's servers.",
    services: ["memcached", "memcache"],
    ports: ["tcp/11211", "udp/11211"],
  },
  {
    key: "exposed-etcd",
    kind: "exposed-database",
    severity: "critical",
    title: "etcd is reachable from the internet",
    description:
      "etcd keeps the state of a cluster, with its secrets. Whoever can read or write it without a client certificate controls the whole cluster.",
    remediation:
      "Allow ports 2379 and 2380 only from the members of the cluster and its control plane, and require client certificates (client-cert-auth).",
    services: ["etcd", "etcd-client", "etcd-server"],
    ports: ["tcp/2379", "tcp/2380"],
    overHttp: true,
  },
];
