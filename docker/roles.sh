#!/bin/bash
# Run once by the image of PostgreSQL, when it has made the database: the role that the server has, and the one for
# reports, to which people are made members. Migrations give both their rights. The password is read by psql itself, since
# everybody can read the arguments of a process.
set -euo pipefail
[[ -s /run/secrets/app_password ]] || { echo "The secret app_password is missing or empty." >&2; exit 1; }
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\set password `cat /run/secrets/app_password`
CREATE ROLE shopflow_app LOGIN PASSWORD :'password';
CREATE ROLE shopflow_read NOLOGIN;
SQL
