import { kindsOf } from "../kinds-of.ts";

export const networkKinds = kindsOf("network", {
  "open-port-risky": {
    title: "Risky service is reachable",
    means:
      "Remote desktop, file sharing, remote shell, management or another service meant for the internal network answers from outside.",
    typicalSeverity: "medium",
    decidingCwes: [1327],
    tags: { nuclei: [["network"]] },
    ports: [22, 135, 139, 445, 623, 873, 2049, 2375, 2376, 3389, 5900, 5901, 5985, 5986, 6443, 10250],
    signs: ["nmap: port 22, only where passwords are accepted or the company says that it must not be open"],
    passedWhen: ["nmap: the same port scanned and closed or filtered"],
    task: "TASK_CLOSE_PORTS",
  },
  "open-port-unexpected": {
    title: "Open port is new or not approved",
    means:
      "A port answers that was closed in the previous scan, or that is not on the list of ports that should be open.",
    typicalSeverity: "low",
    decidingCwes: [1125],
    signs: ["nmap: a port that is not on the company's approved list", "naabu: the same"],
    task: "TASK_REVIEW_NEW_SERVICES",
  },
  "exposed-database": {
    title: "Database is reachable",
    means: "A database or search server answers from outside, though it asks for a login.",
    typicalSeverity: "high",
    relatedCwes: [284],
    tags: { nuclei: [["network", "db"]] },
    ports: [1433, 1521, 3306, 5432, 5984, 6379, 7000, 8086, 9042, 9200, 9300, 11211, 27017],
    signs: [
      "nmap: one of the ports, where the service asks for a login; without a login it is unauthenticated-service",
    ],
    task: "TASK_SECURE_DATABASE",
  },
  "unauthenticated-service": {
    title: "Service can be used without a login",
    means: "A database, queue, container engine, console or API can be used without signing in.",
    typicalSeverity: "critical",
    decidingCwes: [288, 306],
    relatedCwes: [1188],
    rules: {
      nuclei: "mongodb-unauth unauth-psql memcached-stats",
      nmap: "mongodb-info redis-info docker-version",
    },
    tags: { nuclei: [["unauth"]] },
    task: "TASK_REQUIRE_SERVICE_LOGIN",
  },
  "weak-network-service": {
    title: "Network service is configured weakly",
    means:
      "SMBv1, SNMP with a well-known community name, weak SSH algorithms, or an open proxy, mail relay or DNS resolver.",
    typicalSeverity: "medium",
    relatedCwes: [327, 1391],
    rules: {
      nmap: "smb-security-mode snmp-info ssh2-enum-algos smtp-open-relay dns-recursion socks-open-proxy",
      nuclei: "open-socks-proxy dropbear-weakalgo dropbear-weakmac",
      nessus: "41028 70658 90317",
    },
    tags: { nuclei: [["misconfig", "network"]] },
    task: "TASK_HARDEN_NETWORK_SERVICES",
  },
  "subdomain-takeover": {
    title: "Subdomain can be taken over",
    means: "A host name points to a cloud resource that no longer belongs to anybody, so that a stranger can claim it.",
    typicalSeverity: "high",
    decidingCwes: [672],
    relatedCwes: [350],
    rules: {
      nuclei: "detect-dangling-cname azure-takeover-detection elasticbeanstalk-takeover",
    },
    tags: { nuclei: [["takeover"]] },
    task: "TASK_REMOVE_DANGLING_DNS",
  },
  "dns-misconfiguration": {
    title: "DNS is misconfigured",
    means:
      "Zone transfers are allowed, DNSSEC or CAA records are missing, or name servers do not answer or contradict each other.",
    typicalSeverity: "low",
    decidingCwes: [350],
    rules: {
      nuclei: "servfail-refused-hosts",
      nmap: "dns-zone-transfer",
      testssl: "DNS_CAArecord",
    },
    passedBy: {
      testssl: "DNS_CAArecord",
    },
    passedWhen: ["nuclei: dnssec-detection where the record exists", "nuclei: caa-fingerprint where the record exists"],
    task: "TASK_FIX_DNS",
  },
  "email-spoofing-possible": {
    title: "Strangers can send mail in the company's name",
    means: "SPF, DKIM or DMARC is missing, wrong, or set to monitor only.",
    typicalSeverity: "medium",
    decidingCwes: [290],
    rules: {
      nuclei: "spoofable-spf-records-ptr",
    },
    signs: ["nuclei: dmarc-detect (absent or p=none)", "nuclei: spf-record-detect (absent)"],
    passedWhen: ["nuclei: dmarc-detect with p=quarantine or p=reject", "nuclei: spf-record-detect with -all"],
    task: "TASK_CONFIGURE_DMARC",
  },
});
