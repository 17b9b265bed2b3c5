-- What is in quarantine can be tried again or put aside.

alter table quarantine
    -- the same thing in another run: by its keys, or, where it has none, by what was sent
    add column thing text not null generated always as (
        md5(stage || E'\x1f' || stream || E'\x1f' || coalesce(native_key, '') || E'\x1f' || coalesce(finding_key, '')
            || case when native_key is null and finding_key is null then E'\x1f' || source_text else '' end)) stored,
    add column resolved_run int references run on delete set null;  -- that retried it, and could use it
create index quarantine_by_resolving_run on quarantine (resolved_run) where resolved_run is not null;

-- Somebody has seen that a thing cannot be used for this reason; it is not shown as open, in later runs either.
create table quarantine_dismissal (
    connection_id int         not null references connection on delete cascade,
    thing         text        not null,
    reason        text        not null,
    note          text        not null,
    dismissed_by  text        not null,
    dismissed_at  timestamptz not null,
    primary key (connection_id, thing)
);

-- A run that applies only what an earlier run had put into quarantine.
create table quarantine_retry (
    run_id         int   primary key references run on delete cascade,
    of_run         int   not null references run on delete cascade,
    quarantine_ids int[] not null
);
create index quarantine_retry_of_run on quarantine_retry (of_run);
