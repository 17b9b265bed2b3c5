-- SPDX-License-Identifier: Apache-2.0

-- Less room for what each host has. Measured in docs/decisions/0091-bytes-of-a-finding.md.

-- Addresses are found by 4 bytes of each. Several can share them, so whoever asks compares the addresses too.
create function hashes_of(texts text[]) returns int[] language plpgsql immutable strict parallel safe as $$
declare
    hashes int[] := '{}';
    value text;
begin
    foreach value in array texts loop
        hashes := hashes || hashtext(value);
    end loop;
    return hashes;
end $$;

drop index if exists asset_by_mac, asset_by_address;  -- a first load goes without them
-- Little memory makes them a third smaller: entries that come sorted, all at once, leave each page half full.
set local maintenance_work_mem = '4MB';
create index asset_by_mac on asset using gin (hashes_of(mac_addresses)) with (fastupdate = off);
create index asset_by_address on asset using gin (hashes_of(addresses)) with (fastupdate = off);
