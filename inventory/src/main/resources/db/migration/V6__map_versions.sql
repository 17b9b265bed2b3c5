-- SPDX-License-Identifier: Apache-2.0

-- Why a version was saved; may be empty.
alter table transform_map_version add column comment text not null default '';

-- A deleted map's versions stay, so that the runs that used them can still be understood and gone on with. Made anew
-- under the same name, its versions go on counting.
alter table transform_map add column deleted_at timestamptz;

-- A profile is never set to a map that is being deleted: the deletion locks the map's row, and so does this. Maps that
-- connectors ship have no row and are never deleted.
create function refuse_deleted_map() returns trigger language plpgsql as $$
declare
    deleted boolean;
begin
    select m.deleted_at is not null into deleted from transform_map m where m.name = new.transform_map for share;
    if deleted then
        raise foreign_key_violation using
            message = format('The transform map "%s" was deleted.', new.transform_map),
            constraint = 'profile_transform_map';
    end if;
    return new;
end $$;
create trigger profile_transform_map
    before insert or update of transform_map on profile
    for each row execute function refuse_deleted_map();

-- The run whose snapshot a replay applies; null: the run fetches its own.
alter table run add column replay_of int;
