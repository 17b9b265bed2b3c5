#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Hosts and vulnerabilities of a Cortex XDR tenant into PostgreSQL, by curl, jq and psql: what somebody writes in an
# afternoon. It neither proves that it got everything, nor notices on the next day what is gone.
#
# Needs: TENANT (base URL), KEY_ID, KEY, and psql's PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE with the tables made.
set -euo pipefail

ask() { # CALL BODY: the answer on standard output
  curl --silent --show-error --fail --compressed "$TENANT/public_api/v1/$1" \
    --header "x-xdr-auth-id: $KEY_ID" --header "Authorization: $KEY" --header 'Content-Type: application/json' --data "$2"
}

copy() { # TABLE COLUMNS: rows from standard input, tab-separated
  psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --command "copy $1 ($2) from stdin"
}

endpoints() { # pages of 100, one JSON document each
  local from=0 page
  while true; do
    page=$(ask endpoints/get_endpoint \
      "{\"request_data\":{\"search_from\":$from,\"search_to\":$((from + 100)),\"sort\":{\"field\":\"endpoint_id\",\"keyword\":\"ASC\"}}}")
    printf '%s\n' "$page"
    from=$((from + 100))
    [ "$from" -lt "$(jq .reply.total_count <<<"$page")" ] || break
  done
}

query() { # QUERY: its rows, one JSON document each
  local id reply
  id=$(ask xql/start_xql_query "{\"request_data\":{\"query\":\"$1\",\"timeframe\":{\"relativeTime\":2592000000}}}" | jq --raw-output .reply)
  while true; do
    reply=$(ask xql/get_query_results "{\"request_data\":{\"query_id\":\"$id\",\"pending_flag\":true,\"format\":\"json\"}}")
    [ "$(jq --raw-output .reply.status <<<"$reply")" = PENDING ] || break
    sleep 0.3
  done
  [ "$(jq --raw-output .reply.status <<<"$reply")" = SUCCESS ]
  id=$(jq --raw-output '.reply.results.stream_id // empty' <<<"$reply")
  if [ -n "$id" ]; then
    ask xql/get_query_results_stream "{\"request_data\":{\"stream_id\":\"$id\",\"is_gzip_compressed\":false}}"
  else
    jq --compact-output '.reply.results.data[]' <<<"$reply"
  fi
}

endpoints | jq --raw-output '.reply.endpoints[] | [.endpoint_id, .endpoint_name, .operating_system, .last_seen] | @tsv' \
  | copy host endpoint_id,name,operating_system,last_seen

# Without the CVEs that somebody has excluded in the tenant.
query 'dataset = va_cves | filter is_excluded = \"NO\" | fields name, severity, severity_score | limit 1000000' \
  | jq --raw-output '[.name, .severity, .severity_score] | @tsv' | copy cve name,severity,score

known=$(psql --quiet --no-psqlrc --tuples-only --no-align --command 'select name from cve')
query 'dataset = va_endpoints | fields endpoint_id, cves | limit 1000000' \
  | jq --null-input --raw-output --rawfile known <(printf '%s' "$known") \
    '(reduce ($known | split("\n")[]) as $name ({}; .[$name] = true)) as $known
      | inputs | .endpoint_id as $host | (.cves // [])[] | select($known[.]) | [$host, .] | @tsv' \
  | copy finding endpoint_id,cve

psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --command 'analyze'
