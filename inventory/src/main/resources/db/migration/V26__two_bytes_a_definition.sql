-- SPDX-License-Identifier: Apache-2.0

-- A row of findings holds definitions of one block of 65,536 ids, in two bytes each: an id is 65,536 × block + 32,768 + element.
-- A host with findings in several blocks has a row for each.
create function definition_block(definition_id int) returns smallint
    language sql immutable parallel safe as $$ select (definition_id >> 16)::smallint $$;
create function definition_element(definition_id int) returns smallint
    language sql immutable parallel safe as $$ select ((definition_id & 65535) - 32768)::smallint $$;
create function definition_ids(block smallint, definitions smallint[]) returns setof int
    language sql immutable parallel safe rows 100 as $$ select 65536 * block + 32768 + d from unnest(definitions) d $$;

create table narrower (
    source_record_id int        not null,
    first_run        int        not null,
    opened_run       int        not null,
    fixed_run        int,
    reopened_run     int,
    block            smallint   not null,
    definitions      smallint[] not null                -- elements, ascending
);

insert into narrower
select c.source_record_id, c.first_run, c.opened_run, c.fixed_run, c.reopened_run, b.block, b.definitions
from finding_cohort c
cross join lateral (
    select definition_block(d) as block, array_agg(definition_element(d) order by d) as definitions
    from unnest(c.definitions) d
    group by 1) b;

drop table finding_cohort;
alter table narrower rename to finding_cohort;

create index finding_cohort_by_record on finding_cohort (source_record_id);
create index finding_cohort_by_first_run on finding_cohort (first_run, source_record_id);
create index finding_cohort_by_opened_run on finding_cohort (opened_run);
create index finding_cohort_by_fixed_run on finding_cohort (fixed_run, source_record_id) where fixed_run is not null;
create index finding_cohort_open on finding_cohort using gin (definitions)
    with (gin_pending_list_limit = 512) where fixed_run is null;
create index finding_cohort_fixed on finding_cohort using gin (definitions)
    with (gin_pending_list_limit = 128) where fixed_run is not null and reopened_run is null;
create index finding_cohort_history on finding_cohort using gin (definitions)
    with (gin_pending_list_limit = 128) where reopened_run is not null;

analyze finding_cohort;
