-- SPDX-License-Identifier: Apache-2.0

-- Transform maps that people made. Those that connectors ship are not here.
create table transform_map (
    name       text primary key,
    created_at timestamptz not null
);

-- Each save is a version, never changed.
create table transform_map_version (
    name       text        not null references transform_map on delete cascade,
    version    int         not null,                    -- from 1
    yaml       text        not null,
    author     text        not null,
    created_at timestamptz not null,
    primary key (name, version)
);

-- The version a run used; null: a map that a connector ships, or the run has not begun.
alter table run add column transform_map_version int;
