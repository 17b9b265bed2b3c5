-- SPDX-License-Identifier: Apache-2.0
-- What somebody who only wants hosts and their CVEs would make. Both baselines land in it.
create table host (
  endpoint_id text primary key,
  name text,
  operating_system text,
  last_seen bigint
);
create table cve (
  name text primary key,
  severity text,
  score numeric
);
create table finding (
  endpoint_id text,
  cve text,
  primary key (endpoint_id, cve)
);
create index finding_by_cve on finding (cve);
