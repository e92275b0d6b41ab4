#!/bin/sh
# Applies each file of a folder once, in the order of their names; one that fails leaves no trace in the database.
set -eu
sql() { psql -X --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@"; }

sql --command='SET client_min_messages = warning; CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)'
for file in "$1"/*.sql; do
  name=$(basename "$file")
  [ "$(sql --command="SELECT count(*) FROM migrations WHERE name = '$name'")" = 0 ] || continue
  echo "applying $name"
  sql --single-transaction --file="$file" --command="INSERT INTO migrations VALUES ('$name')"
done
echo 'the database is up to date'
