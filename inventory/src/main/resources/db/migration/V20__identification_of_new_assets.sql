-- SPDX-License-Identifier: Apache-2.0

-- That a record made an asset of its own, and no rule found another, follows from the record. Of most hosts there is no
-- more to say, and so no row to keep.

-- Records whose row was deleted with an asset that vanished: nobody knows any more how they got there.
insert into identification_log (asset_id, source_record_id, run_id, rule, matched)
select coalesce(
           (select l.from_asset_id from identification_log l
            where l.source_record_id = s.source_record_id and l.from_asset_id is not null
            order by l.identification_id limit 1),
           s.asset_id),
       s.source_record_id, s.created_run, '(forgotten)', '{}'
from source_record s
where not exists (select from identification_log l where l.source_record_id = s.source_record_id and l.run_id is not null);

-- Written anew, for rows that are deleted leave their place behind.
create temporary table kept on commit drop as
select * from identification_log l
where l.run_id is null or l.rule is not null or l.considered is not null
   or not exists (
       select from source_record s
       where s.source_record_id = l.source_record_id and s.created_run = l.run_id
         and l.asset_id = coalesce(
             (select m.from_asset_id from identification_log m
              where m.source_record_id = s.source_record_id and m.from_asset_id is not null
              order by m.identification_id limit 1),
             s.asset_id));
truncate identification_log;
insert into identification_log (identification_id, asset_id, source_record_id, run_id, rule, matched, considered,
                                operation_id, from_asset_id)
select identification_id, asset_id, source_record_id, run_id, rule, matched, considered, operation_id, from_asset_id
from kept;

-- All decisions: those kept, and of each record without one by a run, that it made the asset from which it moved first, or
-- in which it still is. To be asked by source_record_id.
create view identification as
select identification_id, asset_id, source_record_id, run_id, rule, matched, considered, operation_id, from_asset_id
from identification_log
union all
select null,
       coalesce(
           (select l.from_asset_id from identification_log l
            where l.source_record_id = s.source_record_id and l.from_asset_id is not null
            order by l.identification_id limit 1),
           s.asset_id),
       s.source_record_id, s.created_run, null, null, null, null, null
from source_record s
where not exists (
    select from identification_log l where l.source_record_id = s.source_record_id and l.run_id is not null);
