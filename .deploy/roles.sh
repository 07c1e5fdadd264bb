#!/bin/sh
# The three roles and the database, made once by PostgreSQL's image when its volume is empty.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres \
  -v owner="$OWNER_PASSWORD" -v web="$WEB_PASSWORD" -v worker="$WORKER_PASSWORD" <<'SQL'
CREATE ROLE sportello_owner LOGIN CREATEROLE PASSWORD :'owner';
CREATE ROLE sportello_web LOGIN PASSWORD :'web';
CREATE ROLE sportello_worker LOGIN PASSWORD :'worker';
CREATE DATABASE sportello OWNER sportello_owner ENCODING 'UTF8' TEMPLATE template0;
SQL
