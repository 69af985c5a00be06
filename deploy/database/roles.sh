#!/bin/sh
# Makes our roles and our database when PostgreSQL's image makes its cluster, in both clusters.
# The same rules stand in ethicsdesk/machine/roles.py for a server that is already there.
set -eu

run() {
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" "$@"
}

for role in ed_owner ed_web ed_speak ed_worker ed_cleaner ed_watchdog; do
    run --dbname postgres --set role="$role" \
        --set password="$(cat "${SECRETS:-/run/secrets}/$role.password")" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password'
    NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
SQL
done

run --dbname postgres <<'SQL'
CREATE DATABASE ethicsdesk OWNER ed_owner;
REVOKE ALL ON DATABASE ethicsdesk FROM PUBLIC;
GRANT CONNECT ON DATABASE ethicsdesk TO ed_web, ed_speak, ed_worker, ed_cleaner, ed_watchdog;
SQL

run --dbname ethicsdesk <<'SQL'
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO ed_web, ed_speak, ed_worker, ed_cleaner, ed_watchdog;
GRANT USAGE, CREATE ON SCHEMA public TO ed_owner;
SQL
