-- SPDX-License-Identifier: Apache-2.0

-- The version of its transform map that a profile is pinned to; null: the newest there is when a run begins.
alter table profile add column transform_map_version int;

-- Days after which what a host that is no longer reported has left is deleted; null: never.
alter table connection add column retention_days int check (retention_days > 0);
