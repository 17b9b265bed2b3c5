-- SPDX-License-Identifier: Apache-2.0

-- A run closes nothing before it has seen everything. If it would close more than a share, a person decides.

alter table connection
    add column hold_percent  int not null default 20 check (hold_percent between 0 and 100),
    add column hold_at_least int not null default 100 check (hold_at_least > 0);

-- What a run did not find any more: until its end, and longer if it is held.
create table pending_closure (
    run_id           int     not null references run on delete cascade,
    source_record_id int     not null references source_record on delete cascade,
    whole_host       boolean not null,                  -- the host itself was not found
    definitions      int[]   not null,                  -- open findings that were not found, ascending
    findings_fingerprint bytea,                         -- of what is open once these are closed; null: compare anew
    primary key (run_id, source_record_id)
);
create index pending_closure_by_record on pending_closure (source_record_id);

-- A run that was held.
create table held_closure (
    run_id     int         primary key references run on delete cascade,
    state      text        not null check (state in ('HELD', 'CONFIRMED', 'REJECTED', 'SUPERSEDED')),
    findings   bigint      not null,                    -- how many would be fixed
    of_findings bigint     not null,                    -- of so many that were open before the run
    hosts      bigint      not null,                    -- how many would be retired
    of_hosts   bigint      not null,                    -- of so many that were there before the run
    decided_by text,
    decided_at timestamptz
);
