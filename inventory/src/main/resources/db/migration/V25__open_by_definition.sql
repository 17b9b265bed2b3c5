-- SPDX-License-Identifier: Apache-2.0

-- How many findings of each definition are open on the hosts of each system (as open_by_severity names it). Signed changes, of
-- which what is open is the sum, appended and added up as those of open_by_system; a row is all that one transaction changed
-- of one system, so that a first load writes few.
create table open_by_definition (
    os_name     text,
    definitions int[] not null,                         -- definition ids, ascending
    findings    int[] not null                          -- of each, by how many
);

insert into open_by_definition
select os_name, array_agg(definition_id order by definition_id), array_agg(findings order by definition_id)
from (
    select a.os_name, u.definition_id, count(*)::int as findings
    from finding_cohort c
    join source_record s using (source_record_id)
    join asset a using (asset_id)
    cross join unnest(c.definitions) u(definition_id)
    where c.fixed_run is null
    group by a.os_name, u.definition_id) counted
group by os_name;

-- A host that never had a finding has a row too, so that its system can be read there, and hosts are counted.
alter table open_by_system add column assets bigint not null default 0;

create or replace function sum_open_by_system() returns trigger language plpgsql as $$
declare
    sign int := tg_argv[0];
begin
    insert into open_by_system
    select os_name,
           sign * sum(findings), sign * count(*) filter (where findings > 0),
           sign * sum(unrated),  sign * count(*) filter (where unrated > 0),
           sign * sum(info),     sign * count(*) filter (where info > 0),
           sign * sum(low),      sign * count(*) filter (where low > 0),
           sign * sum(medium),   sign * count(*) filter (where medium > 0),
           sign * sum(high),     sign * count(*) filter (where high > 0),
           sign * sum(critical), sign * count(*) filter (where critical > 0),
           sign * count(*)
    from changed
    group by os_name;
    return null;
end $$;

insert into open_by_severity (asset_id, os_name, unrated, info, low, medium, high, critical)
select a.asset_id, a.os_name, 0, 0, 0, 0, 0, 0
from asset a
where not exists (select from open_by_severity o where o.asset_id = a.asset_id);

delete from open_by_system;
insert into open_by_system
select os_name,
       sum(findings), count(*) filter (where findings > 0),
       sum(unrated),  count(*) filter (where unrated > 0),
       sum(info),     count(*) filter (where info > 0),
       sum(low),      count(*) filter (where low > 0),
       sum(medium),   count(*) filter (where medium > 0),
       sum(high),     count(*) filter (where high > 0),
       sum(critical), count(*) filter (where critical > 0),
       count(*)
from open_by_severity
group by os_name;
