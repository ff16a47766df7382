import type { ExposureRule } from "./exposure-rule.ts";

/** Services that run, connect or describe other services. */
export const managementRules: readonly ExposureRule[] = [
  {
    key: "exposed-docker",
    kind: "open-port-risky",
    severity: "critical",
    title: "Docker API is reachable from the internet",
    description:
      "Whoever may use the API of Docker can start a container with every file of the machine in it, and so controls the machine. Without TLS it asks for no login.",
    remediation:
      "Let Docker listen on its local socket only, and reach it over SSH. If it has to listen on the network, require client certificates (tlsverify) and allow only known addresses.",
    services: ["docker"],
    ports: ["tcp/2375", "tcp/2376"],
    overHttp: true,
  },
  {
    key: "exposed-kubernetes",
    kind: "open-port-risky",
    severity: "high",
    title: "Kubernetes API is reachable from the internet",
    description:
      "The API server and the kubelets control everything that runs in the cluster. One stolen credential, one role that allows too much or one flaw is enough to take it over.",
    remediation:
      "Allow the API (6443) only from known addresses or through a VPN, and the kubelets (10250, 10255) only from the control plane. Switch anonymous access off.",
    services: ["kubernetes", "kubelet"],
    ports: ["tcp/6443", "tcp/10250", "tcp/10255"],
    overHttp: true,
  },
  {
    key: "exposed-rabbitmq",
    kind: "open-port-risky",
    severity: "medium",
    title: "RabbitMQ is reachable from the internet",
    description:
      "Whoever signs in can read, change and delete messages that applications send each other. Passwords can be guessed, and the console for administration is often open as well.",
    remediation:
      "Allow ports 5671, 5672, 15672 and 25672 only from the application's servers and the cluster. Delete the user guest, and require TLS.",
    services: ["amqp", "amqps", "rabbitmq"],
    ports: ["tcp/5671", "tcp/5672", "tcp/15672", "tcp/25672"],
    overHttp: true,
  },
  {
    key: "exposed-snmp",
    kind: "open-port-risky",
    severity: "medium",
    title: "SNMP is reachable from the internet",
    description:
      "SNMP tells what a device is, what it is connected to and how it is set. Versions 1 and 2c send their password, the community name, unencrypted, and often it is the word public.",
    remediation:
      "Allow port 161 (UDP) only from the monitoring server. Use version 3 with authentication and encryption, and remove the community names public and private.",
    services: ["snmp"],
    ports: ["udp/161", "tcp/161"],
  },
  {
    key: "exposed-ldap",
    kind: "open-port-risky",
    severity: "medium",
    title: "LDAP is reachable from the internet",
    description:
      "A directory holds users, groups and machines of the whole company. Anybody can guess passwords on it, read what it tells without signing in, and over UDP use it to flood others with traffic.",
    remediation:
      "Allow LDAP only from the internal network or through a VPN, with TLS. Switch anonymous access off, and UDP port 389 too.",
    services: ["ldap", "ldaps", "ldapssl", "globalcatldap", "globalcatldapssl"],
    ports: ["tcp/389", "udp/389", "tcp/636", "tcp/3268", "tcp/3269"],
  },
];
