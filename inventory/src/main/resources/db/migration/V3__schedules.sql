-- SPDX-License-Identifier: Apache-2.0

alter table profile add column schedule jsonb not null default '{"kind": "none"}';

alter table run
    add column due_at       timestamptz,                -- when its profile's schedule asked for it; null: by hand
    add column owner        text,                       -- the server that executes it; null: nobody does
    add column heartbeat_at timestamptz;                -- when the owner last said that it is alive
-- However often a due run is asked for, it is made once.
create unique index run_due_once on run (profile_id, due_at);

-- db-scheduler's table, as its documentation gives it for PostgreSQL.
create table scheduled_tasks (
    task_name            text        not null,
    task_instance        text        not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean     not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures int,
    last_heartbeat       timestamptz,
    version              bigint      not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index scheduled_tasks_by_time on scheduled_tasks (execution_time);
create index scheduled_tasks_by_heartbeat on scheduled_tasks (last_heartbeat);
