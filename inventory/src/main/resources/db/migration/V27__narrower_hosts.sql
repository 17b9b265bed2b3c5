-- SPDX-License-Identifier: Apache-2.0

-- Less room for what each host has. Measured in docs/decisions/0091-bytes-of-a-finding.md.

drop index if exists asset_by_mac, asset_by_address;  -- a first load goes without them

-- A line each: an array takes 24 bytes, and some 5 more for each element.
alter table asset
    alter column addresses drop default,
    alter column mac_addresses drop default,
    alter column addresses type text using array_to_string(addresses, E'\n'),
    alter column mac_addresses type text using array_to_string(mac_addresses, E'\n'),
    alter column addresses set default '',
    alter column mac_addresses set default '';

-- They are found by 4 bytes of each. Several can share them, so whoever asks compares the addresses too.
create function hashes_of(lines text) returns int[] language plpgsql immutable strict parallel safe as $$
declare
    hashes int[] := '{}';
    line text;
begin
    foreach line in array string_to_array(lines, E'\n') loop
        hashes := hashes || hashtext(line);
    end loop;
    return hashes;
end $$;

-- Little memory makes them a third smaller: entries that come sorted, all at once, leave each page half full.
set local maintenance_work_mem = '4MB';
create index asset_by_mac on asset using gin (hashes_of(mac_addresses)) with (fastupdate = off);
create index asset_by_address on asset using gin (hashes_of(addresses)) with (fastupdate = off);

analyze asset;
