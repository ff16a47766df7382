-- The two roles of NERVE, with the least rights that each needs. Run once by a superuser, in the empty database:
--   psql --dbname=nerve --file=deploy/postgres/roles.sql
-- then give them passwords with \password, or let them show certificates.

-- Owns the tables: for `nerve migrate up`, backup and restore, and the rotation of the audit log.
CREATE ROLE nerve_owner LOGIN;
-- What the server runs as: reads and writes rows, changes no table, and cannot touch what stands in the audit log.
CREATE ROLE nerve_app LOGIN;

-- Limits that also hold behind a pooler, where NERVE cannot set its own at the start of a session.
ALTER ROLE nerve_app SET statement_timeout = '30s';
ALTER ROLE nerve_app SET lock_timeout = '10s';
ALTER ROLE nerve_app SET idle_in_transaction_session_timeout = '60s';

DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO nerve_owner, nerve_app', current_database());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO nerve_owner;
GRANT USAGE ON SCHEMA public TO nerve_app;

-- Under row security an index is used only for what cannot tell of hidden rows. `lower` tells nothing, but is not marked so:
-- without this, nerve_app would look up an account by its e-mail address by reading all of them.
ALTER FUNCTION pg_catalog.lower(text) LEAKPROOF;
