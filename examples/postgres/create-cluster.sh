#!/bin/sh
# Makes a cluster, with a role and a database for the application, where there is none. It gets its name when it is
# complete: who is interrupted begins anew.
set -eu
[ ! -e "$PGDATA" ] || exit 0
new=$PGDATA.new
rm -rf "$new"
initdb --auth-local=trust --auth-host=reject --encoding=UTF8 --locale=C.UTF-8 -D "$new" >/dev/null
postgres --single -D "$new" -c exit_on_error=true -c log_checkpoints=off postgres >/dev/null <<SQL
CREATE ROLE app LOGIN
CREATE DATABASE app OWNER app
SQL
mv "$new" "$PGDATA"
echo "made a cluster in $PGDATA"
