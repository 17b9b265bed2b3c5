-- SPDX-License-Identifier: Apache-2.0

-- The few names that systems have are found by going from one to the next, and their hosts without comparing each. Equal names
-- are kept once: 7 bytes a host.
create index asset_by_system on asset (os_name);
