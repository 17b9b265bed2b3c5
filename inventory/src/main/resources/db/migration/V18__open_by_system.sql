-- How much is open on all hosts together, by system, so that groups read a few rows and not a row a host.

-- The system beside the numbers: a group by system joins nothing.
alter table open_by_severity
    add column os_name text,
    add column findings int not null generated always as (unrated + info + low + medium + high + critical) stored;
update open_by_severity o set os_name = a.os_name from asset a where a.asset_id = o.asset_id and a.os_name is not null;
create index open_by_severity_most on open_by_severity (findings desc, asset_id) where findings > 0;
create index open_by_severity_critical on open_by_severity (critical desc, asset_id) where critical > 0;
alter table asset drop constraint asset_pkey;
alter table asset add primary key (asset_id);

-- Signed changes, of which what is open is the sum. They are appended, for a count that is updated in place would make
-- the batches of several runs wait for each other; each run's end adds them up. Hosts are those with such findings.
create table open_by_system (
    os_name        text,
    findings       bigint not null,
    hosts          bigint not null,
    unrated        bigint not null,
    unrated_hosts  bigint not null,
    info           bigint not null,
    info_hosts     bigint not null,
    low            bigint not null,
    low_hosts      bigint not null,
    medium         bigint not null,
    medium_hosts   bigint not null,
    high           bigint not null,
    high_hosts     bigint not null,
    critical       bigint not null,
    critical_hosts bigint not null
);

create function sum_open_by_system() returns trigger language plpgsql as $$
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
           sign * sum(critical), sign * count(*) filter (where critical > 0)
    from changed
    group by os_name;
    return null;
end $$;

create trigger more after insert on open_by_severity referencing new table as changed
    for each statement execute function sum_open_by_system('1');
create trigger other after update on open_by_severity referencing new table as changed
    for each statement execute function sum_open_by_system('1');
create trigger no_more after update on open_by_severity referencing old table as changed
    for each statement execute function sum_open_by_system('-1');
create trigger fewer after delete on open_by_severity referencing old table as changed
    for each statement execute function sum_open_by_system('-1');

insert into open_by_system
select os_name,
       sum(findings), count(*) filter (where findings > 0),
       sum(unrated),  count(*) filter (where unrated > 0),
       sum(info),     count(*) filter (where info > 0),
       sum(low),      count(*) filter (where low > 0),
       sum(medium),   count(*) filter (where medium > 0),
       sum(high),     count(*) filter (where high > 0),
       sum(critical), count(*) filter (where critical > 0)
from open_by_severity
group by os_name;
