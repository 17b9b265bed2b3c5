-- SPDX-License-Identifier: Apache-2.0

-- Asking for a past state: what has to be found by the runs that wrote it, and the spells that a record was not reported.

-- Over all rows, not only the latest of each finding: rows that are history today were the latest once.
drop index finding_cohort_by_first_run;
create index finding_cohort_by_first_run on finding_cohort (first_run, source_record_id);
create index finding_cohort_by_opened_run on finding_cohort (opened_run, source_record_id);
create index finding_cohort_by_fixed_run on finding_cohort (fixed_run, source_record_id) where fixed_run is not null;
create index finding_cohort_history on finding_cohort using gin (definitions) where reopened_run is not null;

-- A record that was retired and came back. While it is retired, source_record says so.
create table source_record_absence (
    source_record_id int not null references source_record on delete cascade,
    last_seen_run    int not null,                      -- when it was last seen before
    retired_run      int not null,
    returned_run     int not null,
    primary key (source_record_id, returned_run)
);

create index run_by_finish on run (finished_at) include (run_id) where finished_at is not null;

-- What a run is at and what it spent: written by the server that executes it, about once a second, so that others can tell.
alter table run add column activity jsonb not null default '{}';
