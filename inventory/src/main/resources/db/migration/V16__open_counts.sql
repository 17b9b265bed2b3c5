-- How much is open, kept by each apply, so that no page has to count ten million findings.

-- Of one host: how many of its open findings have which severity. A host that never had one has no row.
create table open_by_severity (
    asset_id int primary key,
    unrated  int not null,
    info     int not null,                              -- 1
    low      int not null,                              -- 2
    medium   int not null,                              -- 3
    high     int not null,                              -- 4
    critical int not null                               -- 5
) with (fillfactor = 90);

-- Of the findings that a run found first: how many are open.
create table open_by_first_run (
    first_run     int primary key,
    open_findings bigint not null
) with (fillfactor = 50);

insert into open_by_severity
select s.asset_id,
       count(*) filter (where d.severity is null),
       count(*) filter (where d.severity = 1),
       count(*) filter (where d.severity = 2),
       count(*) filter (where d.severity = 3),
       count(*) filter (where d.severity = 4),
       count(*) filter (where d.severity = 5)
from finding_cohort c
join source_record s using (source_record_id)
cross join unnest(c.definitions) u(definition_id)
join definition d using (definition_id)
where c.fixed_run is null
group by s.asset_id;

insert into open_by_first_run
select first_run, sum(cardinality(definitions)) from finding_cohort where fixed_run is null group by first_run;

-- A group by system reads the name beside the number, in the order of the counts, and no asset.
alter table asset drop constraint asset_pkey;
alter table asset add primary key (asset_id) include (os_name);
create index asset_retired on asset (asset_id) where retired_run is not null;
