#!/bin/sh
# Makes ./secrets for compose.yaml: passwords of this installation, and the settings that hold them. Does nothing where
# there is a ./secrets already. Usage: deploy/docker/make-secrets.sh https://nerve.example.org
set -eu
public_url=${1:?usage: make-secrets.sh https://nerve.example.org}
cd "$(dirname "$0")"
mkdir -m 700 secrets
cd secrets

new_password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
owner=$(new_password)
app=$(new_password)

# The folder is closed; the files have to be read by the accounts inside the containers.
umask 022
new_password >superuser_password
cat >passwords.sql <<SQL
ALTER ROLE nerve_owner PASSWORD '$owner';
ALTER ROLE nerve_app PASSWORD '$app';
SQL
printf '"nerve_app" "%s"\n' "$app" >users.txt
cat >owner.env <<ENV
NERVE_DATABASE_URL=postgres://nerve_owner:$owner@/nerve?host=/var/run/postgresql
ENV
cat >psql.env <<ENV
PGHOST=/var/run/postgresql
PGDATABASE=nerve
PGUSER=nerve_owner
PGPASSWORD=$owner
ENV
cat >nerve.env <<ENV
NERVE_DATABASE_URL=postgres://nerve_app:$app@/nerve?host=/run/pgbouncer&port=6432
NERVE_DATABASE_POOLER=transaction
NERVE_KEY_FILE=/var/lib/nerve/nerve.key
NERVE_HOST=0.0.0.0
NERVE_PUBLIC_URL=$public_url
ENV
echo "Made $(pwd). Keep a copy of it, and of the volume nerve-data, apart from the database."
