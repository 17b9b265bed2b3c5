-- SPDX-License-Identifier: Apache-2.0

-- What an event destination is told of: INVENTORY, RUNS. Other destinations are told of nothing.
alter table destination add column events text[] not null default '{}';

-- What event destinations are still to be told. Written in the transaction of the change, deleted when the destination has it.
-- A row may stand for several events: a finding event for each of its definitions.
create table change_event (
    destination_id   int         not null references destination on delete cascade,
    event_id         bigint      generated always as identity,
    kind             text        not null,              -- e.g. FINDING_OPENED
    at               timestamptz not null default now(),
    run_id           int,                               -- the run that changed it; null: people did
    asset_id         int,                               -- whose order it keeps; null: it is about the run
    asset_name       text,                              -- of an asset that is no more
    from_asset_id    int,                               -- where a record was before
    to_asset_id      int,                               -- where it is, or what the asset was merged into
    source_record_id int,
    definitions      int[]       not null default '{}',
    sent             int         not null default 0,    -- so many of the definitions were taken
    refused          text,                              -- why the destination will not take it; its asset waits
    primary key (destination_id, event_id)
);
create index change_event_refused on change_event (destination_id, asset_id) where refused is not null;
