#!/bin/sh
# Run once by the postgres image when the data folder is empty: the four roles with their passwords. Their timeouts
# and rights come with `plinth migrate`.
set -eu

psql -v ON_ERROR_STOP=1 -U postgres -d plinth \
	-v owner="$PLINTH_OWNER_PASSWORD" -v app="$PLINTH_APP_PASSWORD" \
	-v worker="$PLINTH_WORKER_PASSWORD" -v admin="$PLINTH_ADMIN_PASSWORD" <<'SQL'
create role plinth_owner login nosuperuser nobypassrls nocreatedb nocreaterole password :'owner';
create role plinth_app login nosuperuser nobypassrls nocreatedb nocreaterole password :'app';
create role plinth_worker login nosuperuser nobypassrls nocreatedb nocreaterole password :'worker';
create role plinth_admin login nosuperuser nobypassrls nocreatedb nocreaterole password :'admin';
alter database plinth owner to plinth_owner;
SQL
