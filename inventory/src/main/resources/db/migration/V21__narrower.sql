-- SPDX-License-Identifier: Apache-2.0

-- Less room for what each host has. Measured in docs/decisions/0091-bytes-of-a-finding.md.

-- Fingerprints of 64 bits: each is compared with the one before it of the same record, never with those of others.
alter table source_record
    alter column fingerprint type bytea using substring(fingerprint for 8),
    alter column findings_fingerprint type bytea using substring(findings_fingerprint for 8);
update definition set fingerprint = substring(fingerprint for 8) where length(fingerprint) > 8;
update pending_closure set findings_fingerprint = substring(findings_fingerprint for 8) where length(findings_fingerprint) > 8;

-- Hosts with as many findings share an entry; among them they are sorted by asset when asked for.
drop index open_by_severity_most, open_by_severity_critical;
create index open_by_severity_most on open_by_severity (findings desc) where findings > 0;
create index open_by_severity_critical on open_by_severity (critical desc) where critical > 0;
alter table open_by_severity reset (fillfactor);  -- an indexed number changes, so the new row gains nothing from room beside

-- By this one nothing is listed in order.
drop index finding_cohort_by_opened_run;
create index finding_cohort_by_opened_run on finding_cohort (opened_run);

-- Pending lists stay on disk at their greatest length, and every search reads them.
alter index if exists finding_cohort_open set (gin_pending_list_limit = 512);  -- a first load goes without it
alter index finding_cohort_fixed set (gin_pending_list_limit = 128);
alter index finding_cohort_history set (gin_pending_list_limit = 128);
