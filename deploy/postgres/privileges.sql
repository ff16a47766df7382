-- What the server's role may do with the tables. Run by nerve_owner after each `nerve migrate up`; repeating it is safe.
BEGIN;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO nerve_app;
-- An import takes the ids of its rows beforehand.
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO nerve_app;
-- Nobody who takes over the server can change or remove what it has written here.
REVOKE UPDATE, DELETE ON audit_logs FROM nerve_app;
-- It sees which migrations were applied, and applies none.
REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM nerve_app;
COMMIT;
