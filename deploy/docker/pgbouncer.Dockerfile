# PgBouncer as Debian packages it, reachable through a socket only.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends pgbouncer && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=postgres --group=postgres /run/pgbouncer
USER postgres
ENTRYPOINT ["/usr/sbin/pgbouncer", "/etc/pgbouncer/pgbouncer.ini"]
