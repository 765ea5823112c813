#!/bin/sh
# A database for each service, with three logins: its owner migrates it, the program asks and
# tells under row-level security, the worker does what runs in the background. Run once, by the
# postgres image, when its volume is empty.
(
  set -eu
  for service in customers billing targets notifications gateway; do
    prefix=$(printf '%s' "$service" | tr '[:lower:]' '[:upper:]')
    for login in owner app worker; do
      suffix=$(printf '%s' "$login" | tr '[:lower:]' '[:upper:]')
      eval "password=\${${prefix}_${suffix}_PASSWORD}"
      printf "CREATE ROLE %s_%s LOGIN PASSWORD '%s';\n" "$service" "$login" "$password"
    done
    # The same characters and order wherever it runs; Spanish order is a stored sort key.
    printf "CREATE DATABASE %s OWNER %s_owner TEMPLATE template0 ENCODING 'UTF8'" "$service" "$service"
    printf " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C';\n"
    printf 'REVOKE ALL ON DATABASE %s FROM PUBLIC;\n' "$service"
    printf 'GRANT CONNECT, TEMPORARY ON DATABASE %s TO %s_app, %s_worker;\n' \
      "$service" "$service" "$service"
  done
) | psql --quiet --no-password --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres
