-- SPDX-License-Identifier: Apache-2.0

-- The first hosts of a system by name are looked up by the first letters of it: names begin in few ways, so an entry is still kept once
-- for many hosts, also where hosts are few: some 7 bytes a host, as before.
drop index asset_by_system;
create index asset_by_system on asset (os_name, left(lower(name), 4));
analyze asset;
