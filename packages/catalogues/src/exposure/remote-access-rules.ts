import type { ExposureRule } from "./exposure-rule.ts";

/** Services by which people reach machines and their files. */
export const remoteAccessRules: readonly ExposureRule[] = [
  {
    key: "exposed-telnet",
    kind: "cleartext-transport",
    severity: "high",
    title: "Telnet is reachable from the internet",
    description:
      "Telnet sends everything unencrypted, passwords included, and gives a command line to whoever signs in. Infected devices try well-known passwords on it all the time.",
    remediation:
      "Switch Telnet off and use SSH instead. If a device offers nothing else, allow it only from the management network or through a VPN.",
    services: ["telnet"],
    ports: ["tcp/23"],
  },
  {
    key: "exposed-rdp",
    kind: "open-port-risky",
    severity: "high",
    title: "Remote Desktop (RDP) is reachable from the internet",
    description:
      "Whoever signs in by Remote Desktop works on the machine as if sitting in front of it. Attackers guess its passwords all the time, and ransomware often begins here.",
    remediation:
      "Close the port to the internet. Let people in through a VPN or a Remote Desktop Gateway that asks for a second factor, and require Network Level Authentication.",
    services: ["ms-wbt-server", "rdp"],
    ports: ["tcp/3389", "udp/3389"],
  },
  {
    key: "exposed-vnc",
    kind: "open-port-risky",
    severity: "high",
    title: "VNC is reachable from the internet",
    description:
      "VNC shows the screen of a machine and controls its keyboard and mouse. Many installations have a short password or none, and many send everything unencrypted.",
    remediation:
      "Close the port to the internet. Use VNC only through a VPN or an SSH tunnel, and always with a password.",
    services: ["vnc", "vnc-http"],
    ports: ["tcp/5900", "tcp/5901", "tcp/5902", "tcp/5903"],
  },
  {
    key: "exposed-smb",
    kind: "open-port-risky",
    severity: "high",
    title: "Windows file sharing (SMB) is reachable from the internet",
    description:
      "SMB is made for internal networks. From outside, passwords can be guessed and shares be listed, and worms such as WannaCry have spread through flaws in it.",
    remediation:
      "Close ports 139 and 445 to the internet. Share files with people outside through a VPN or a service that is made for it, and switch SMB version 1 off.",
    services: ["microsoft-ds", "netbios-ssn", "smb"],
    ports: ["tcp/139", "tcp/445"],
  },
  {
    key: "exposed-ftp",
    kind: "cleartext-transport",
    severity: "medium",
    title: "FTP is reachable from the internet",
    description:
      "FTP sends passwords and files unencrypted unless both sides agree on TLS. Servers often allow anonymous access, or are forgotten and no longer updated.",
    remediation:
      "Replace FTP by SFTP or HTTPS. If it has to stay, require TLS, switch anonymous access off, and allow only the addresses that need it.",
    services: ["ftp"],
    ports: ["tcp/21"],
  },
  {
    key: "exposed-ssh",
    kind: "open-port-risky",
    severity: "low",
    title: "SSH is reachable from the internet",
    description:
      "SSH is encrypted, and often has to be reachable. But attackers guess its passwords all the time, and a flaw in the server can be used from anywhere.",
    remediation:
      "Allow keys only and no passwords, and do not let root sign in. Where possible, accept connections only from known addresses or through a VPN.",
    services: ["ssh"],
    ports: ["tcp/22"],
  },
];
